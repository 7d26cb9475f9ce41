"""What audits tell browsers."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from uuid import UUID

from crisis.audits.models import AuditState, RiskAudit
from soc.broadcast.events import Event, Payload
from soc.broadcast.services import publish
from soc.people.rights import Right


class AuditChanged(Payload):
    """An audit, its risks, or what goes on after its approval changed. `version` counts the audit's changes."""

    kind: Literal["audit.changed"] = "audit.changed"
    audit: UUID
    site: UUID
    version: int
    number: int
    state: AuditState


class AuditReviewDue(Payload):
    """An audit in force ends soon, or has ended: it is to be reviewed."""

    kind: Literal["audit.review_due"] = "audit.review_due"
    audit: UUID
    site: UUID
    number: int
    review_on: dt.date
    days_left: int


class PcsChanged(Payload):
    """A communal safeguard plan changed. Who is vulnerable is told nothing of."""

    kind: Literal["pcs.changed"] = "pcs.changed"
    pcs: UUID
    site: UUID
    version: int


def tell(audit: RiskAudit) -> None:
    """Tell who sees the crisis module there. Last in the transaction."""
    payload = AuditChanged(
        audit=audit.pk,
        site=audit.site_id,
        version=audit.version,
        number=audit.number,
        state=AuditState(audit.state),
    )
    publish(Event(audit.organisation_id, payload, Right.SEE_CRISIS, audit.site_id))


def tell_review_due(audit: RiskAudit, review_on: dt.date, days_left: int) -> None:
    """Tell who sees the crisis module there that an audit ends. Last in the transaction."""
    payload = AuditReviewDue(
        audit=audit.pk, site=audit.site_id, number=audit.number, review_on=review_on, days_left=days_left
    )
    publish(Event(audit.organisation_id, payload, Right.SEE_CRISIS, audit.site_id))
