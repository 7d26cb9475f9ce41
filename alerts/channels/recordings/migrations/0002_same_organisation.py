"""A recording names a site and a member of its own organisation only, and what it says is never changed."""

from django.db import migrations

from soc.people.integrity import same_organisation

_TABLE = "alerts_recordings_soundrecording"
_KEPT = f"""
CREATE FUNCTION alerts_recordings_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.organisation_id, OLD.site_id, OLD.language, OLD.origin, OLD.file, OLD.sha256, OLD.size, OLD.seconds,
            OLD.made_by_id, OLD.made_at)
        IS DISTINCT FROM (NEW.organisation_id, NEW.site_id, NEW.language, NEW.origin, NEW.file, NEW.sha256, NEW.size,
            NEW.seconds, NEW.made_by_id, NEW.made_at)
        OR (NEW.text IS DISTINCT FROM OLD.text AND (NEW.text <> '' OR NEW.destroyed_at IS NULL))
        OR (OLD.destroyed_at IS NOT NULL AND NEW.destroyed_at IS NULL)
    THEN
        RAISE EXCEPTION 'What a recording says is not changed.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER alerts_recordings_keep BEFORE UPDATE ON {_TABLE}
    FOR EACH ROW EXECUTE FUNCTION alerts_recordings_keep();
"""
_UNDONE = f"""
DROP TRIGGER alerts_recordings_keep ON {_TABLE};
DROP FUNCTION alerts_recordings_keep();
"""


class Migration(migrations.Migration):
    dependencies = [("alerts_recordings", "0001_initial")]

    operations = [
        same_organisation(_TABLE, "site_id", "soc_people_site"),
        same_organisation(_TABLE, "made_by_id", "soc_people_member"),
        migrations.RunSQL(_KEPT, _UNDONE),
    ]
