"""What of an audit is signed: its content in a canonical form, and the digest over it. Copying it into a new version."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import uuid

from crisis.audits.models import AuditedRisk, Measure, Protection, RiskAudit
from crisis.audits.selectors import risks, states_of
from soc.journal.digests import Json, canonical


def digest_of(audit: RiskAudit) -> str:
    """SHA-256 over what was found, of which site and version, and who wrote, reviewed and approved it, in hexadecimal.

    Names of members, people, cameras and schedules are left out, for their rows: what they are called may change.
    """
    return hashlib.sha256(canonical(content(audit)).encode()).hexdigest()


def intact(audit: RiskAudit) -> bool:
    """Whether an approved audit's content is still what its digest says."""
    return hmac.compare_digest(digest_of(audit), audit.digest)


def content(audit: RiskAudit) -> dict[str, Json]:
    """All that is signed."""
    return {
        "organisation": str(audit.organisation_id),
        "site": str(audit.site_id),
        "number": audit.number,
        "scope": audit.scope,
        "author": str(audit.author_id),
        "submitted_at": _moment(audit.submitted_at),
        "reviewer": _id(audit.reviewer_id),
        "reviewed_at": _moment(audit.reviewed_at),
        "approver": _id(audit.approver_id),
        "approved_at": _moment(audit.approved_at),
        "review_on": _moment(audit.review_on),
        "risks": [_risk(risk) for risk in risks().filter(audit=audit).order_by("number")],
    }


def _risk(risk: AuditedRisk) -> dict[str, Json]:
    return {
        "number": risk.number,
        "code": risk.code,
        "own_name": risk.own_name,
        "likelihood": risk.likelihood,
        "severity": risk.severity,
        "exposed": risk.exposed,
        "missing": risk.missing,
        "notes": risk.notes,
        "responsible": _id(risk.responsible_member_id) or _id(risk.responsible_person_id),
        "due_on": _moment(risk.due_on),
        "measures": [
            {
                "key": str(one.key),
                "what": one.what,
                "responsible": _id(one.responsible_member_id) or _id(one.responsible_person_id),
                "due_on": _moment(one.due_on),
                "state": str(one.state),
            }
            for one in sorted(risk.measures.all(), key=lambda one: str(one.key))
        ],
        "protections": [
            {
                "key": str(one.key),
                "kind": str(one.kind),
                "of": _id(one.camera_id) or _id(one.device) or _id(one.schedule_id),
                "name": one.name,
                "last_tested": _moment(one.last_tested),
            }
            for one in sorted(risk.protections.all(), key=lambda one: str(one.key))
        ],
    }


def copy_risks(source: RiskAudit, target: RiskAudit) -> None:
    """Give a new version the risks of an earlier one, with measures and protections under the same keys.

    A measure begins in the state that it has come to meanwhile.
    """
    for risk in risks().filter(audit=source):
        measures, protections = list(risk.measures.all()), list(risk.protections.all())
        reached = states_of(measures)
        risk.pk, risk.audit, risk.version = uuid.uuid4(), target, 1
        risk.save(force_insert=True)
        for measure in measures:
            if measure.key in reached:
                measure.state = reached[measure.key].state
            measure.pk, measure.risk = uuid.uuid4(), risk
        Measure.objects.bulk_create(measures)
        for protection in protections:
            protection.pk, protection.risk = uuid.uuid4(), risk
        Protection.objects.bulk_create(protections)


def _id(value: uuid.UUID | None) -> str | None:
    return str(value) if value else None


def _moment(value: dt.date | None) -> str | None:
    """A day or a moment: the same text, whatever clock the row was read by."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return value.isoformat() if value else None
