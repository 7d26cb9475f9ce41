"""The database itself refuses a row that names something of another organisation."""

from django.db import migrations

from soc.people.integrity import same_organisation


class Migration(migrations.Migration):
    dependencies = [("alerts_logbook", "0001_initial")]

    operations = [
        same_organisation("alerts_logbook_shift", "site_id", "soc_people_site"),
        same_organisation("alerts_logbook_shift", "member_id", "soc_people_member"),
        same_organisation("alerts_logbook_shift", "handed_over_to_id", "soc_people_member"),
    ]
