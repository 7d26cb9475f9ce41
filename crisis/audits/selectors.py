"""What can be asked of audits: reads, scoped to the member; and what is in force, for plans."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from crisis.audits.facts import today_of
from crisis.audits.models import (
    AuditedRisk,
    AuditRemark,
    AuditState,
    Measure,
    MeasureProgress,
    Protection,
    RiskAudit,
)
from soc import clock
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped


def audits(member: Member, right: Right = Right.SEE_CRISIS) -> QuerySet[RiskAudit]:
    """The audits in the member's reach, by site, the newest first."""
    rows = RiskAudit.objects.select_related(
        "organisation",
        "site",
        "author",
        "last_editor",
        "submitted_by",
        "reviewer",
        "approver",
        "withdrawn_by",
        "previous",
    )
    return scoped(rows, member, right)


def with_risks(rows: QuerySet[RiskAudit]) -> QuerySet[RiskAudit]:
    """The same, with everything that an audit's page reads."""
    return rows.prefetch_related(
        Prefetch("risks", queryset=risks()),
        Prefetch("remarks", queryset=AuditRemark.objects.select_related("member")),
        "editors",
    )


def risks() -> QuerySet[AuditedRisk]:
    """Risks with their measures and protections."""
    responsible = ("responsible_member", "responsible_person")
    return AuditedRisk.objects.select_related(*responsible).prefetch_related(
        Prefetch("measures", queryset=Measure.objects.select_related(*responsible)),
        Prefetch("protections", queryset=Protection.objects.select_related("camera", "schedule")),
    )


def measures(member: Member, right: Right) -> QuerySet[Measure]:
    """The measures in the member's reach."""
    return scoped(Measure.objects.select_related("risk__audit__site"), member, right)


def protections(member: Member, right: Right) -> QuerySet[Protection]:
    """The protections in the member's reach."""
    return scoped(Protection.objects.select_related("risk__audit__site"), member, right)


def approved_audit(site_id: UUID) -> RiskAudit | None:
    """The audit of a site that is in force, whether or not its review date is over (`expired`); not scoped."""
    return (
        RiskAudit.objects.select_related("organisation", "site").filter(site=site_id, state=AuditState.APPROVED).first()
    )


def expired(audit: RiskAudit, now: dt.datetime | None = None) -> bool:
    """Whether the last day on which an approved audit holds is over."""
    return days_left(audit, now) is not None and (days_left(audit, now) or 0) < 0


def days_left(audit: RiskAudit, now: dt.datetime | None = None) -> int | None:
    """Days until the last one on which an approved audit holds: 0 on that day, negative after it; ``None`` if not in force."""
    if audit.state != AuditState.APPROVED or audit.review_on is None:
        return None
    return (audit.review_on - today_of(audit, now or clock.now())).days


@dataclass(frozen=True, slots=True)
class RiskInForce:
    """A risk as the audit in force has it.

    Attributes:
        risk: its row in that audit; `risk.audit` is that audit.
        expired: the audit's review date is over. What was decided by it stands until there is another.
    """

    risk: AuditedRisk
    expired: bool


def risks_in_force(organisation_id: UUID, site_id: UUID) -> list[RiskInForce]:
    """The risks of the audit in force at a site, by number; not scoped. What plans may answer."""
    rows = risks().filter(organisation=organisation_id, audit__site=site_id, audit__state=AuditState.APPROVED)
    found = rows.select_related("audit__organisation", "audit__site", "responsible_member", "responsible_person")
    return [RiskInForce(risk, expired(risk.audit)) for risk in found]


def risk_in_force(risk_id: UUID) -> RiskInForce | None:
    """What became of a risk: the one of the same number in the audit that is in force now; ``None``: there is none any more.

    Not scoped: for who keeps a risk of an earlier audit, as plans do.
    """
    known = AuditedRisk.objects.select_related("audit").filter(pk=risk_id).first()
    if known is None:
        return None
    found = risks_in_force(known.organisation_id, known.audit.site_id)
    return next((one for one in found if one.risk.number == known.number), None)


def states_of(listed: list[Measure]) -> dict[UUID, MeasureProgress]:
    """The last progress of each measure that has any, by its key."""
    rows = MeasureProgress.objects.filter(key__in={one.key for one in listed}).select_related("member")
    return {one.key: one for one in rows.order_by("at", "pk")}
