"""The database itself: rows name things of their own organisation only, turns are taken by somebody, the past is not rewritten."""

from django.db import migrations

from soc.people.integrity import same_organisation

# An override is in the place of a rotation of its own schedule.
_OWN_ROTATION = migrations.RunSQL(
    """
    ALTER TABLE soc_on_call_override ADD CONSTRAINT soc_on_call_override_rotation_of_the_schedule
        FOREIGN KEY (schedule_id, rotation_id) REFERENCES soc_on_call_rotation (schedule_id, id)
        ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED
    """,
    "ALTER TABLE soc_on_call_override DROP CONSTRAINT soc_on_call_override_rotation_of_the_schedule",
)

# Terms are opened (`until` becomes empty) when their participants are there: no trigger has to wait for the transaction's end.
_SOMEBODY = migrations.RunSQL(
    """
    CREATE FUNCTION soc_on_call_somebody() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        wanted uuid;
    BEGIN
        IF TG_TABLE_NAME = 'soc_on_call_terms' THEN wanted := NEW.id; ELSE wanted := OLD.terms_id; END IF;
        IF EXISTS (SELECT 1 FROM soc_on_call_terms WHERE id = wanted AND until IS NULL)
            AND NOT EXISTS (SELECT 1 FROM soc_on_call_participant WHERE terms_id = wanted)
        THEN
            RAISE EXCEPTION 'A rotation needs somebody who takes turns.' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER soc_on_call_terms_somebody AFTER INSERT OR UPDATE ON soc_on_call_terms
        FOR EACH ROW EXECUTE FUNCTION soc_on_call_somebody();
    CREATE TRIGGER soc_on_call_participant_somebody AFTER DELETE OR UPDATE ON soc_on_call_participant
        FOR EACH ROW EXECUTE FUNCTION soc_on_call_somebody();
    """,
    """
    DROP TRIGGER soc_on_call_terms_somebody ON soc_on_call_terms;
    DROP TRIGGER soc_on_call_participant_somebody ON soc_on_call_participant;
    DROP FUNCTION soc_on_call_somebody();
    """,
)

_PAST = migrations.RunSQL(
    """
    CREATE FUNCTION soc_on_call_past() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'What a rotation said is not rewritten: end these terms and open others.'
            USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE TRIGGER soc_on_call_terms_past BEFORE UPDATE ON soc_on_call_terms FOR EACH ROW
        WHEN (OLD.until > OLD.since OR to_jsonb(OLD) - 'until' IS DISTINCT FROM to_jsonb(NEW) - 'until')
        EXECUTE FUNCTION soc_on_call_past();
    """,
    """
    DROP TRIGGER soc_on_call_terms_past ON soc_on_call_terms;
    DROP FUNCTION soc_on_call_past();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("soc_on_call", "0003_rotations"), ("soc_directory", "0002_same_organisation")]

    operations = [
        same_organisation("soc_on_call_rotation", "schedule_id", "soc_on_call_schedule"),
        same_organisation("soc_on_call_terms", "rotation_id", "soc_on_call_rotation"),
        same_organisation("soc_on_call_participant", "terms_id", "soc_on_call_terms"),
        same_organisation("soc_on_call_participant", "person_id", "soc_directory_person"),
        same_organisation("soc_on_call_override", "schedule_id", "soc_on_call_schedule"),
        same_organisation("soc_on_call_override", "rotation_id", "soc_on_call_rotation"),
        same_organisation("soc_on_call_override", "person_id", "soc_directory_person"),
        same_organisation("soc_on_call_override", "replaces_id", "soc_directory_person"),
        _OWN_ROTATION,
        _SOMEBODY,
        _PAST,
    ]
