"""Whoever writes in a version is written down by the database itself, and nothing changes once approval is asked for."""

from django.db import migrations

_FUNCTIONS = """
CREATE FUNCTION crisis_plans_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO crisis_plans_planeditor (organisation_id, version_id, member_id)
        VALUES (NEW.organisation_id, NEW.id, NEW.author_id) ON CONFLICT DO NOTHING;
    INSERT INTO crisis_plans_planeditor (organisation_id, version_id, member_id)
        VALUES (NEW.organisation_id, NEW.id, NEW.edited_by_id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE FUNCTION crisis_plans_as_reviewed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'draft' AND NEW.state = 'draft' THEN
        RETURN NEW;
    END IF;
    IF OLD.state = 'draft' AND NEW.state = 'approved' THEN
        RAISE EXCEPTION 'Approval is asked for before it is given.' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.document, NEW.risk, NEW.author_id, NEW.edited_by_id) IS DISTINCT FROM
        (OLD.document, OLD.risk, OLD.author_id, OLD.edited_by_id) THEN
        RAISE EXCEPTION 'What is approved is what was read: only a draft is written in.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER crisis_plans_written AFTER INSERT OR UPDATE ON crisis_plans_planversion
    FOR EACH ROW EXECUTE FUNCTION crisis_plans_written();
CREATE TRIGGER crisis_plans_as_reviewed BEFORE UPDATE ON crisis_plans_planversion
    FOR EACH ROW EXECUTE FUNCTION crisis_plans_as_reviewed();
"""
_UNDONE = """
DROP TRIGGER crisis_plans_as_reviewed ON crisis_plans_planversion;
DROP TRIGGER crisis_plans_written ON crisis_plans_planversion;
DROP FUNCTION crisis_plans_as_reviewed();
DROP FUNCTION crisis_plans_written();
"""


class Migration(migrations.Migration):
    dependencies = [("crisis_plans", "0002_four_eyes")]

    operations = [migrations.RunSQL(_FUNCTIONS, _UNDONE)]
