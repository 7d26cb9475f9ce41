"""The words by which the alerts there are already are found. Apart: a table whose rows wait for their checks cannot be altered."""

from typing import Any

from django.db import migrations


def keep_words(apps: Any, _schema_editor: Any) -> None:
    """The words of the alerts there are, with what was written about them."""
    from alerts import search  # how words are folded and kept is not the database's history

    alerts = apps.get_model("alerts", "Alert").objects.select_related("camera", "site")
    for alert in alerts.prefetch_related("log").iterator(chunk_size=500):
        texts = [alert.rule_name, alert.area_name, alert.camera.name, alert.site.name, *search.why_texts(alert.why)]
        texts += [line.text for line in alert.log.all()]
        apps.get_model("alerts", "AlertWords").objects.create(
            alert=alert, organisation_id=alert.organisation_id, words=search.vector(texts)
        )


class Migration(migrations.Migration):
    dependencies = [("alerts", "0006_answers")]

    operations = [migrations.RunPython(keep_words, migrations.RunPython.noop)]
