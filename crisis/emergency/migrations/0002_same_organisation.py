"""The database itself refuses a row that names something of another organisation, and a change of a CAP message."""

from django.db import migrations

from soc.people.integrity import same_organisation

_REFUSE = """
CREATE FUNCTION crisis_emergency_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A CAP message is never changed: % of % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""
_MESSAGES = "crisis_emergency_capmessage"


class Migration(migrations.Migration):
    dependencies = [("crisis_emergency", "0001_initial"), ("soc_people", "0002_same_organisation")]

    operations = [
        same_organisation("crisis_emergency_emergencycontact", "site_id", "soc_people_site"),
        same_organisation("crisis_emergency_sheet", "contact_id", "crisis_emergency_emergencycontact"),
        same_organisation("crisis_emergency_sheetline", "sheet_id", "crisis_emergency_sheet"),
        same_organisation("crisis_emergency_capsender", "site_id", "soc_people_site"),
        same_organisation("crisis_emergency_capreader", "site_id", "soc_people_site"),
        same_organisation(_MESSAGES, "site_id", "soc_people_site"),
        same_organisation(_MESSAGES, "received_from_id", "crisis_emergency_capsender"),
        migrations.RunSQL(_REFUSE, "DROP FUNCTION crisis_emergency_refuse()"),
        migrations.RunSQL(
            f"CREATE TRIGGER {_MESSAGES}_no_change BEFORE UPDATE ON {_MESSAGES} "
            "FOR EACH ROW EXECUTE FUNCTION crisis_emergency_refuse()",
            f"DROP TRIGGER {_MESSAGES}_no_change ON {_MESSAGES}",
        ),
    ]
