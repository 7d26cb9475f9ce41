"""The database itself refuses a row that names something of another organisation."""

from django.db import migrations

from soc.people.integrity import same_organisation


class Migration(migrations.Migration):
    dependencies = [("soc_people", "0001_initial")]

    operations = [
        same_organisation("soc_people_rolegrant", "member_id", "soc_people_member"),
        same_organisation("soc_people_rolegrant", "site_id", "soc_people_site"),
        same_organisation("soc_people_apitoken", "member_id", "soc_people_member"),
    ]
