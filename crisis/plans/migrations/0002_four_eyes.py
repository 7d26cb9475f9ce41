"""Rows of one organisation only; nobody approves what they wrote; what is approved stays as it is."""

from django.db import migrations

from soc.people.integrity import same_organisation

_FUNCTIONS = """
CREATE FUNCTION crisis_plans_four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.approved_by_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM crisis_plans_planeditor WHERE version_id = NEW.id AND member_id = NEW.approved_by_id
    ) THEN
        RAISE EXCEPTION 'Who wrote in a version cannot approve it.' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state IN ('approved', 'superseded') THEN
        -- Everything but that it is superseded.
        IF NEW.state NOT IN ('approved', 'superseded') OR (OLD.state = 'superseded' AND NEW.state = 'approved')
            OR to_jsonb(NEW) - 'state' IS DISTINCT FROM to_jsonb(OLD) - 'state' THEN
            RAISE EXCEPTION 'A plan that was approved is not changed: write its next version.'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION crisis_plans_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('approved', 'superseded') THEN
        RAISE EXCEPTION 'A plan that was approved is not deleted.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE FUNCTION crisis_plans_editors_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM crisis_plans_planversion WHERE id = OLD.version_id) THEN
        RAISE EXCEPTION 'Who wrote in a version stays written down.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER crisis_plans_four_eyes BEFORE INSERT OR UPDATE ON crisis_plans_planversion
    FOR EACH ROW EXECUTE FUNCTION crisis_plans_four_eyes();
CREATE TRIGGER crisis_plans_keep BEFORE DELETE ON crisis_plans_planversion
    FOR EACH ROW EXECUTE FUNCTION crisis_plans_keep();
CREATE TRIGGER crisis_plans_editors_stay BEFORE UPDATE OR DELETE ON crisis_plans_planeditor
    FOR EACH ROW EXECUTE FUNCTION crisis_plans_editors_stay();
"""
_UNDONE = """
DROP TRIGGER crisis_plans_editors_stay ON crisis_plans_planeditor;
DROP TRIGGER crisis_plans_keep ON crisis_plans_planversion;
DROP TRIGGER crisis_plans_four_eyes ON crisis_plans_planversion;
DROP FUNCTION crisis_plans_editors_stay();
DROP FUNCTION crisis_plans_keep();
DROP FUNCTION crisis_plans_four_eyes();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("crisis_plans", "0001_initial"),
        ("soc_people", "0001_initial"),
        ("alerts", "0001_initial"),
    ]

    operations = [
        same_organisation("crisis_plans_plan", "site_id", "soc_people_site"),
        same_organisation("crisis_plans_planversion", "plan_id", "crisis_plans_plan"),
        same_organisation("crisis_plans_planversion", "author_id", "soc_people_member"),
        same_organisation("crisis_plans_planversion", "edited_by_id", "soc_people_member"),
        same_organisation("crisis_plans_planversion", "approved_by_id", "soc_people_member"),
        same_organisation("crisis_plans_planeditor", "version_id", "crisis_plans_planversion"),
        same_organisation("crisis_plans_planeditor", "member_id", "soc_people_member"),
        same_organisation("crisis_plans_ruleplan", "rule_id", "alerts_rule"),
        same_organisation("crisis_plans_ruleplan", "plan_id", "crisis_plans_plan"),
        migrations.RunSQL(_FUNCTIONS, _UNDONE),
    ]
