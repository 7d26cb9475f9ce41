"""The database itself refuses a way in, an invitation or a link that names something of another organisation."""

from django.db import migrations

from soc.people.integrity import same_organisation


class Migration(migrations.Migration):
    dependencies = [("soc_people", "0004_ways_in")]

    operations = [
        same_organisation("soc_people_passkey", "member_id", "soc_people_member"),
        same_organisation("soc_people_codesecret", "member_id", "soc_people_member"),
        same_organisation("soc_people_recoverycode", "member_id", "soc_people_member"),
        same_organisation("soc_people_resetlink", "member_id", "soc_people_member"),
        same_organisation("soc_people_resetlink", "made_by_id", "soc_people_member"),
        same_organisation("soc_people_invitation", "invited_by_id", "soc_people_member"),
        same_organisation("soc_people_invitation", "accepted_by_id", "soc_people_member"),
        same_organisation("soc_people_invitedrole", "invitation_id", "soc_people_invitation"),
        same_organisation("soc_people_invitedrole", "site_id", "soc_people_site"),
    ]
