"""Append-only by the database itself, as the journal is; and every row names its own organisation's things only.

Words can be removed, not changed: that is how their time ends. What an entry says is then still held by its digest, here and in
the sealed journal.
"""

from django.db import migrations

from soc.people.integrity import same_organisation

_REFUSE = """
CREATE FUNCTION alerts_logbook_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The logbook is append-only: % of % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""


def refuse(table: str, operations: str) -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(
            f"CREATE TRIGGER {table}_{name} BEFORE {what} ON {table} FOR EACH {each} EXECUTE FUNCTION alerts_logbook_refuse()",
            f"DROP TRIGGER {table}_{name} ON {table}",
        )
        for name, what, each in (("no_change", operations, "ROW"), ("no_truncate", "TRUNCATE", "STATEMENT"))
    ]


class Migration(migrations.Migration):
    dependencies = [("alerts_logbook", "0003_entries")]

    operations = [
        migrations.RunSQL(_REFUSE, "DROP FUNCTION alerts_logbook_refuse()"),
        *refuse("alerts_logbook_logbookentry", "UPDATE OR DELETE"),
        *refuse("alerts_logbook_alertlink", "UPDATE OR DELETE"),
        *refuse("alerts_logbook_cameralink", "UPDATE OR DELETE"),
        *refuse("alerts_logbook_logbookwords", "UPDATE"),
        same_organisation("alerts_logbook_logbookentry", "site_id", "soc_people_site"),
        same_organisation("alerts_logbook_logbookentry", "category_id", "alerts_logbook_category"),
        same_organisation("alerts_logbook_logbookentry", "refers_to_id", "alerts_logbook_logbookentry"),
        same_organisation("alerts_logbook_logbookentry", "author_id", "soc_people_member"),
        same_organisation("alerts_logbook_alertlink", "entry_id", "alerts_logbook_logbookentry"),
        same_organisation("alerts_logbook_alertlink", "alert_id", "alerts_alert"),
        same_organisation("alerts_logbook_cameralink", "entry_id", "alerts_logbook_logbookentry"),
        same_organisation("alerts_logbook_cameralink", "camera_id", "detection_camera"),
    ]
