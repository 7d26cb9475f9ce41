"""What the outbox says to browsers."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from alerts.deliveries.models import Incoming, Limits, NoticeRun, RunState
from soc.broadcast.events import Event, Payload
from soc.broadcast.services import publish
from soc.people.rights import Right


class IncomingChanged(Payload):
    """A text that needs an agent came, or was settled: the list is read again."""

    kind: Literal["incoming.changed"] = "incoming.changed"
    incoming: UUID
    settled: bool
    help: bool


def incoming_changed(incoming: Incoming) -> None:
    """Tell agents. Last in the transaction."""
    payload = IncomingChanged(
        incoming=incoming.pk, settled=incoming.settled_at is not None, help=incoming.kind == "help"
    )
    publish(Event(incoming.organisation_id, payload, Right.DIRECT))


class LimitReached(Payload):
    """More alerts came in a minute than the organisation sends messages of: some are held back."""

    kind: Literal["limits.reached"] = "limits.reached"
    alarms: int
    deliveries: int


class NoticeMoved(Payload):
    """The telling of an alert went on, or ended: its page reads it again."""

    kind: Literal["notice.moved"] = "notice.moved"
    alert: UUID
    state: RunState
    held_back: int


def limit_reached(limits: Limits) -> None:
    """Tell agents. Last in the transaction."""
    payload = LimitReached(alarms=limits.alarms, deliveries=limits.deliveries)
    publish(Event(limits.organisation_id, payload, Right.HANDLE_ALERTS))


def notice_moved(run: NoticeRun, site: UUID) -> None:
    """Tell who sees the alert. Last in the transaction."""
    payload = NoticeMoved(alert=run.alert_id, state=RunState(run.state), held_back=run.held_back)
    publish(Event(run.organisation_id, payload, Right.SEE_ALERTS, site))
