"""The database itself refuses a row that names something of another organisation."""

from django.db import migrations

from soc.people.integrity import same_organisation


class Migration(migrations.Migration):
    dependencies = [("alerts_channels", "0001_initial")]

    operations = [
        same_organisation("alerts_channels_pushsubscription", "member_id", "soc_people_member"),
    ]
