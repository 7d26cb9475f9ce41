"""Tells people before an audit ends, on its last day, and once more when that is over: each once."""

from __future__ import annotations

import datetime as dt
from typing import Final
from uuid import UUID

from django.db import transaction

from crisis.audits.editing import journal
from crisis.audits.events import tell_review_due
from crisis.audits.models import AuditReminder, AuditState, RiskAudit
from crisis.audits.selectors import days_left
from soc import clock
from soc.journal.actions import Action

DAYS: Final = (30, 7, 0, -1)
"""Days before the last day on which it holds; -1: it is over."""


def remind() -> int:
    """Tell of every audit whose end has come as near as `DAYS`; how many were told of."""
    last = clock.now().date() + dt.timedelta(days=max(DAYS) + 1)
    near = RiskAudit.objects.filter(state=AuditState.APPROVED, review_on__lte=last).values_list("pk", flat=True)
    return sum(_remind(pk) for pk in list(near))


@transaction.atomic
def _remind(audit_id: UUID) -> bool:
    audit = (
        RiskAudit.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("organisation", "site")
        .filter(pk=audit_id, state=AuditState.APPROVED)
        .first()
    )
    left = days_left(audit) if audit is not None else None
    if audit is None or left is None or audit.review_on is None:
        return False
    reached = [days for days in DAYS if left <= days]
    told = set(AuditReminder.objects.filter(audit=audit).values_list("days", flat=True))
    if not set(reached) - told:
        return False
    # Who begins to look a week before the end is told once, not of each date that is past.
    AuditReminder.objects.bulk_create(
        AuditReminder(organisation_id=audit.organisation_id, audit=audit, days=days)
        for days in reached
        if days not in told
    )
    journal(audit, Action.AUDIT_REVIEW_DUE, None, {"review_on": audit.review_on.isoformat(), "days_left": left})
    tell_review_due(audit, audit.review_on, left)
    return True
