"""Rules that were made before versions were kept begin with the one they are at; who wrote it is in the journal."""

from typing import Any

from django.db import migrations

_FIELDS = ("name", "kind", "purpose", "settings", "schedule", "severity", "quiet_s", "state", "authorising_text")
_DAYS = ("authorised_from", "authorised_until")


def write_down(apps: Any, _schema_editor: Any) -> None:
    rules = apps.get_model("alerts", "Rule").objects.select_related("zone", "line").filter(versions=None)
    versions = apps.get_model("alerts", "RuleVersion").objects
    for rule in rules.iterator():
        area = rule.zone or rule.line
        written = {name: getattr(rule, name) for name in _FIELDS}
        written |= {name: day.isoformat() if (day := getattr(rule, name)) else None for name in _DAYS}
        written |= {
            "zone": str(rule.zone_id) if rule.zone_id else None,
            "line": str(rule.line_id) if rule.line_id else None,
        }
        versions.create(
            organisation_id=rule.organisation_id,
            rule=rule,
            version=rule.version,
            at=rule.created_at,
            written=written,
            area_name=area.name if area else "",
            expires_at=rule.expires_at,
        )


class Migration(migrations.Migration):
    dependencies = [("alerts", "0004_rule_versions")]

    operations = [migrations.RunPython(write_down, migrations.RunPython.noop)]
