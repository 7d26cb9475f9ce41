"""What is open and what was taken: how many, and which waits longest."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from alerts.models import Alert, AlertState, Severity
from alerts.overview.wire import OpenAlerts, TakenAlerts, WaitingAlert
from alerts.rules.forms import why_text
from alerts.wire import Named
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped


def open_alerts(member: Member, now: dt.datetime) -> list[OpenAlerts]:
    """Alerts that nobody has taken, by severity, critical ones first."""
    found = []
    for severity in reversed(Severity):
        rows = _alerts(member).filter(state=AlertState.OPEN, severity=severity)
        found.append(
            OpenAlerts(
                severity=severity,
                count=rows.count(),
                late=rows.filter(take_by__lte=now).count(),
                longest=_longest(rows, "raised_at"),
            )
        )
    return found


def taken_alerts(member: Member) -> TakenAlerts:
    """Alerts that are in somebody's hands."""
    rows = _alerts(member).filter(state=AlertState.ACKNOWLEDGED)
    return TakenAlerts(count=rows.count(), longest=_longest(rows, "acknowledged_at"))


def _alerts(member: Member) -> QuerySet[Alert]:
    return scoped(Alert.objects.select_related("camera"), member, Right.SEE_OVERVIEW)


def _longest(rows: QuerySet[Alert], since: str) -> WaitingAlert | None:
    alert = rows.order_by(since, "pk").first()
    if alert is None:
        return None
    return WaitingAlert(
        id=alert.pk,
        why=why_text(str(alert.why["code"]), alert.why["params"]),
        camera=Named(id=alert.camera_id, name=alert.camera.name),
        since=getattr(alert, since) or alert.raised_at,
    )
