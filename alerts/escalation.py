"""An alert that nobody takes within its time goes to the supervisor: marked, logged, journalled and told, once."""

from __future__ import annotations

from django.db import transaction

from alerts import feed
from alerts.models import Alert, AlertLog, AlertState, LogKind
from soc import clock
from soc.journal.actions import Action
from soc.journal.services import record

MOST_AT_ONCE = 200


def escalate_due() -> int:
    """Escalate what is due, each alert in its own transaction; how many. Any number of processes may do it at once."""
    escalated = 0
    while escalated < MOST_AT_ONCE and _escalate_one():
        escalated += 1
    return escalated


@transaction.atomic
def _escalate_one() -> bool:
    now = clock.now()
    alert = (
        Alert.objects.select_for_update(skip_locked=True)
        .filter(state=AlertState.OPEN, escalated_at=None, take_by__lte=now)
        .order_by("take_by")
        .first()
    )
    if alert is None:
        return False
    alert.escalated_at = now
    # The version stays: who takes it at this very moment is not too late.
    alert.save(update_fields=["escalated_at"])
    AlertLog.objects.create(organisation_id=alert.organisation_id, alert=alert, kind=LogKind.ESCALATED, at=now)
    record(
        alert.organisation_id,
        Action.ALERT_ESCALATED,
        subject=alert,
        site_id=alert.site_id,
        details={"severity": alert.severity, "take_by": alert.take_by.isoformat() if alert.take_by else None},
    )
    feed.changed(alert)
    return True
