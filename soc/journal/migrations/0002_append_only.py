"""Append-only by the database itself: entries and seals cannot be changed or removed, personal data only removed.

The owner of the tables can switch triggers off. What is then changed, the seals tell.
"""

from django.db import migrations

_REFUSE = """
CREATE FUNCTION soc_journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The journal is append-only: % of % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""

_WAIT = """
CREATE FUNCTION soc_journal_wait_for_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO soc_journal_unsealed (entry_id, organisation_id) VALUES (NEW.id, NEW.organisation_id);
    RETURN NULL;
END $$
"""


def refuse(table: str, name: str, operations: str, each: str) -> migrations.RunSQL:
    trigger = f"{table}_{name}"
    return migrations.RunSQL(
        f"CREATE TRIGGER {trigger} BEFORE {operations} ON {table} FOR EACH {each} EXECUTE FUNCTION soc_journal_refuse()",
        f"DROP TRIGGER {trigger} ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("soc_journal", "0001_initial")]

    operations = [
        migrations.RunSQL(_REFUSE, "DROP FUNCTION soc_journal_refuse()"),
        migrations.RunSQL(_WAIT, "DROP FUNCTION soc_journal_wait_for_seal()"),
        refuse("soc_journal_entry", "no_change", "UPDATE OR DELETE", "ROW"),
        refuse("soc_journal_entry", "no_truncate", "TRUNCATE", "STATEMENT"),
        refuse("soc_journal_seal", "no_change", "UPDATE OR DELETE", "ROW"),
        refuse("soc_journal_seal", "no_truncate", "TRUNCATE", "STATEMENT"),
        refuse("soc_journal_personal", "no_change", "UPDATE", "ROW"),
        refuse("soc_journal_personal", "no_truncate", "TRUNCATE", "STATEMENT"),
        migrations.RunSQL(
            "CREATE TRIGGER soc_journal_entry_wait_for_seal AFTER INSERT ON soc_journal_entry "
            "FOR EACH ROW EXECUTE FUNCTION soc_journal_wait_for_seal()",
            "DROP TRIGGER soc_journal_entry_wait_for_seal ON soc_journal_entry",
        ),
    ]
