"""Rows of one organisation only; nobody approves what they wrote; what was approved is what was read."""

from django.db import migrations

from soc.people.integrity import same_organisation

_FUNCTIONS = """
CREATE FUNCTION crisis_entrances_four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    written boolean := TG_OP = 'INSERT';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.organisation_id, NEW.kind) IS DISTINCT FROM (OLD.organisation_id, OLD.kind) THEN
            RAISE EXCEPTION 'A way in stays of its kind.' USING ERRCODE = 'check_violation';
        END IF;
        written := (NEW.plan_id, NEW.how, NEW.countdown_s, NEW.starts_when_silent, NEW.settings)
            IS DISTINCT FROM (OLD.plan_id, OLD.how, OLD.countdown_s, OLD.starts_when_silent, OLD.settings);
        -- Who wrote before counts no more once somebody else has approved that, and it is written in again.
        IF NEW.edition <> OLD.edition AND NOT (
            written AND OLD.approved_by_id IS NOT NULL AND NEW.approved_by_id IS NULL AND NEW.edition = OLD.edition + 1
        ) THEN
            RAISE EXCEPTION 'Who wrote in a way in stays written down.' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.approved_by_id IS NOT NULL AND (written OR EXISTS (
        SELECT 1 FROM crisis_entrances_entranceeditor
        WHERE entrance_id = NEW.id AND edition = NEW.edition AND member_id = NEW.approved_by_id
    )) THEN
        RAISE EXCEPTION 'A way in is approved as it was read, by somebody who did not write in it.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION crisis_entrances_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR (NEW.plan_id, NEW.how, NEW.countdown_s, NEW.starts_when_silent, NEW.settings, NEW.written_by_id)
        IS DISTINCT FROM (OLD.plan_id, OLD.how, OLD.countdown_s, OLD.starts_when_silent, OLD.settings, OLD.written_by_id) THEN
        INSERT INTO crisis_entrances_entranceeditor (organisation_id, entrance_id, edition, member_id)
            VALUES (NEW.organisation_id, NEW.id, NEW.edition, NEW.written_by_id) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION crisis_entrances_editors_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM crisis_entrances_entrance WHERE id = OLD.entrance_id) THEN
        RAISE EXCEPTION 'Who wrote in a way in stays written down.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER crisis_entrances_four_eyes BEFORE INSERT OR UPDATE ON crisis_entrances_entrance
    FOR EACH ROW EXECUTE FUNCTION crisis_entrances_four_eyes();
CREATE TRIGGER crisis_entrances_written AFTER INSERT OR UPDATE ON crisis_entrances_entrance
    FOR EACH ROW EXECUTE FUNCTION crisis_entrances_written();
CREATE TRIGGER crisis_entrances_editors_stay BEFORE UPDATE OR DELETE ON crisis_entrances_entranceeditor
    FOR EACH ROW EXECUTE FUNCTION crisis_entrances_editors_stay();
"""
_UNDONE = """
DROP TRIGGER crisis_entrances_editors_stay ON crisis_entrances_entranceeditor;
DROP TRIGGER crisis_entrances_written ON crisis_entrances_entrance;
DROP TRIGGER crisis_entrances_four_eyes ON crisis_entrances_entrance;
DROP FUNCTION crisis_entrances_editors_stay();
DROP FUNCTION crisis_entrances_written();
DROP FUNCTION crisis_entrances_four_eyes();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("crisis_entrances", "0001_initial"),
        ("crisis_plans", "0002_four_eyes"),
        ("crisis_activations", "0003_called_at"),
        ("soc_people", "0001_initial"),
        ("soc_directory", "0001_initial"),
    ]

    operations = [
        same_organisation("crisis_entrances_entrance", "site_id", "soc_people_site"),
        same_organisation("crisis_entrances_entrance", "plan_id", "crisis_plans_plan"),
        same_organisation("crisis_entrances_entrance", "written_by_id", "soc_people_member"),
        same_organisation("crisis_entrances_entrance", "approved_by_id", "soc_people_member"),
        same_organisation("crisis_entrances_entranceeditor", "entrance_id", "crisis_entrances_entrance"),
        same_organisation("crisis_entrances_entranceeditor", "member_id", "soc_people_member"),
        same_organisation("crisis_entrances_entrancecall", "entrance_id", "crisis_entrances_entrance"),
        same_organisation("crisis_entrances_entrancecall", "activation_id", "crisis_activations_activation"),
        same_organisation("crisis_entrances_entrancecall", "member_id", "soc_people_member"),
        same_organisation("crisis_entrances_entrancecall", "person_id", "soc_directory_person"),
        same_organisation("crisis_entrances_press", "entrance_id", "crisis_entrances_entrance"),
        same_organisation("crisis_entrances_press", "member_id", "soc_people_member"),
        migrations.RunSQL(_FUNCTIONS, _UNDONE),
    ]
