"""What is approved is never changed, and nobody approves what they wrote: the database refuses both, whoever asks.

An audit begins as a draft. Its content changes while it is one, and never again: what was submitted is what is approved. It is
approved out of its review, by a member who neither wrote nor edited it. Approved, it can only be superseded or withdrawn.
"""

from django.db import migrations

_GUARD_AUDIT = """
CREATE FUNCTION crisis_audits_guard_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb;
    after jsonb;
    may_change text[] := ARRAY['state', 'superseded_at', 'withdrawn_at', 'withdrawn_by_id', 'version'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'An audit begins as a draft.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.approved_at IS NOT NULL THEN
            RAISE EXCEPTION 'An approved audit is never deleted.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF (OLD.id, OLD.organisation_id, OLD.site_id, OLD.number, OLD.author_id, OLD.created_at)
        IS DISTINCT FROM (NEW.id, NEW.organisation_id, NEW.site_id, NEW.number, NEW.author_id, NEW.created_at) THEN
        RAISE EXCEPTION 'Whose an audit is, of which site and version, is never changed.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.approved_at IS NOT NULL THEN
        before := to_jsonb(OLD) - may_change;
        after := to_jsonb(NEW) - may_change;
        IF before IS DISTINCT FROM after OR NOT (
            (OLD.state = 'approved' AND NEW.state IN ('superseded', 'withdrawn'))
            OR (OLD.state = NEW.state AND to_jsonb(OLD) = to_jsonb(NEW))
        ) THEN
            RAISE EXCEPTION 'An approved audit is never changed.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state = 'withdrawn' THEN
        RAISE EXCEPTION 'A withdrawn audit is never changed.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.approved_at IS NOT NULL OR NEW.state IN ('approved', 'superseded') THEN
        IF OLD.state <> 'in_review' OR NEW.state <> 'approved' THEN
            RAISE EXCEPTION 'An audit is approved out of its review.' USING ERRCODE = 'restrict_violation';
        END IF;
        may_change := may_change || ARRAY['approved_at', 'approver_id', 'reviewed_at', 'reviewer_id', 'digest'];
        IF to_jsonb(OLD) - may_change IS DISTINCT FROM to_jsonb(NEW) - may_change THEN
            RAISE EXCEPTION 'What is approved is what was submitted.' USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.approver_id = NEW.author_id OR NEW.approver_id = NEW.last_editor_id OR EXISTS (
            SELECT 1 FROM crisis_audits_auditeditor WHERE audit_id = NEW.id AND member_id = NEW.approver_id
        ) THEN
            RAISE EXCEPTION 'Nobody approves an audit that they wrote.' USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF OLD.state = 'in_review' AND (OLD.scope, OLD.review_on, OLD.last_editor_id, OLD.previous_id)
        IS DISTINCT FROM (NEW.scope, NEW.review_on, NEW.last_editor_id, NEW.previous_id) THEN
        RAISE EXCEPTION 'An audit in review is sent back before it is changed.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

# Locks the audit's row, so that nothing is added between the reading of what is approved and its approval.
_GUARD_CONTENT = """
CREATE FUNCTION crisis_audits_must_be_draft(audit uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    SELECT state INTO found FROM crisis_audits_riskaudit WHERE id = audit FOR SHARE;
    IF found IS NOT NULL AND found <> 'draft' THEN
        RAISE EXCEPTION 'The content of an audit is changed while it is a draft only.' USING ERRCODE = 'restrict_violation';
    END IF;
END $$;
CREATE FUNCTION crisis_audits_guard_risk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP IN ('UPDATE', 'DELETE') THEN PERFORM crisis_audits_must_be_draft(OLD.audit_id); END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    PERFORM crisis_audits_must_be_draft(NEW.audit_id);
    RETURN NEW;
END $$;
CREATE FUNCTION crisis_audits_guard_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        PERFORM crisis_audits_must_be_draft((SELECT audit_id FROM crisis_audits_auditedrisk WHERE id = OLD.risk_id));
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    PERFORM crisis_audits_must_be_draft((SELECT audit_id FROM crisis_audits_auditedrisk WHERE id = NEW.risk_id));
    RETURN NEW;
END $$;
CREATE FUNCTION crisis_audits_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'This is append-only: % of % is refused.', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""
_UNGUARD = """
DROP FUNCTION crisis_audits_refuse();
DROP FUNCTION crisis_audits_guard_part();
DROP FUNCTION crisis_audits_guard_risk();
DROP FUNCTION crisis_audits_must_be_draft(uuid)
"""


def guard(table: str, operations: str, function: str) -> migrations.RunSQL:
    name = f"crisis_audits_{table}"
    return migrations.RunSQL(
        f"CREATE TRIGGER {name}_guard BEFORE {operations} ON {name} FOR EACH ROW EXECUTE FUNCTION crisis_audits_{function}()",
        f"DROP TRIGGER {name}_guard ON {name}",
    )


_ALL, _AFTER = "INSERT OR UPDATE OR DELETE", "UPDATE OR DELETE"


class Migration(migrations.Migration):
    dependencies = [("crisis_audits", "0002_same_organisation")]

    operations = [
        migrations.RunSQL(_GUARD_AUDIT, "DROP FUNCTION crisis_audits_guard_audit()"),
        migrations.RunSQL(_GUARD_CONTENT, _UNGUARD),
        guard("riskaudit", _ALL, "guard_audit"),
        guard("auditedrisk", _ALL, "guard_risk"),
        guard("measure", _ALL, "guard_part"),
        guard("protection", _ALL, "guard_part"),
        guard("auditeditor", _AFTER, "refuse"),
        guard("auditremark", _AFTER, "refuse"),
        guard("measureprogress", _AFTER, "refuse"),
        guard("protectiontest", _AFTER, "refuse"),
        guard("keptcontradiction", _AFTER, "refuse"),
    ]
