"""Which answer is allowed in which state of an alert, and where it leads: one small table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from alerts.models import AlertState, LogKind
from soc.journal.actions import Action


class Answer(StrEnum):
    """What a person may do with an alert."""

    ACKNOWLEDGE = "acknowledge"
    ASSIGN = "assign"
    COMMENT = "comment"
    RESOLVE = "resolve"
    FALSE_ALARM = "false_alarm"


@dataclass(frozen=True, slots=True)
class Transition:
    """An answer: the states in which it is allowed, the state it leads to (``None``: the same), and how it is written."""

    allowed: frozenset[AlertState]
    to: AlertState | None
    log: LogKind
    action: Action


_UNCLOSED = frozenset({AlertState.OPEN, AlertState.ACKNOWLEDGED})
_ANY = frozenset(AlertState)

TRANSITIONS: dict[Answer, Transition] = {
    Answer.ACKNOWLEDGE: Transition(
        frozenset({AlertState.OPEN}), AlertState.ACKNOWLEDGED, LogKind.ACKNOWLEDGED, Action.ALERT_ACKNOWLEDGED
    ),
    Answer.ASSIGN: Transition(_UNCLOSED, None, LogKind.ASSIGNED, Action.ALERT_ASSIGNED),
    Answer.COMMENT: Transition(_ANY, None, LogKind.COMMENTED, Action.ALERT_COMMENTED),
    Answer.RESOLVE: Transition(_UNCLOSED, AlertState.RESOLVED, LogKind.RESOLVED, Action.ALERT_RESOLVED),
    Answer.FALSE_ALARM: Transition(_UNCLOSED, AlertState.FALSE_ALARM, LogKind.FALSE_ALARM, Action.ALERT_FALSE),
}
