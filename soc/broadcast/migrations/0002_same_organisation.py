"""The database itself refuses a row that names something of another organisation."""

from django.db import migrations

from soc.people.integrity import same_organisation


class Migration(migrations.Migration):
    dependencies = [("soc_broadcast", "0001_initial")]

    operations = [
        same_organisation("soc_broadcast_feedevent", "site_id", "soc_people_site"),
    ]
