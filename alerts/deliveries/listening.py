"""Who above is told, inside the transaction, of what people answered and of what became of deliveries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from alerts.deliveries.models import Answer, Incoming

AnswerListener = Callable[[Sequence[Answer]], None]
Claims = Callable[[UUID, str], bool]
"""Says of an organisation's text, by its words alone, whether its listener is asked first, whatever message it could answer."""
IncomingListener = Callable[[Incoming], bool]
"""Says whether it took the text for itself (a code that starts a plan, …): then no agent is asked."""

_answers: list[AnswerListener] = []
_incoming: list[IncomingListener] = []
_claims: list[Claims] = []


def register_answer_listener(listener: AnswerListener) -> None:
    """Be called with new answers, many of a crowd's at once, in their transaction: rows only, nothing that waits."""
    _answers.append(listener)


def register_incoming_listener(listener: IncomingListener, claims: Claims | None = None) -> None:
    """Be asked about every text that answers no message, in its transaction, before an agent is.

    Args:
        listener: who is asked.
        claims: which texts answer no message because of what they say: a code is none, whatever its number was sent last.
    """
    _incoming.append(listener)
    if claims is not None:
        _claims.append(claims)


def claimed(organisation: UUID, text: str) -> bool:
    """Whether a text is a listener's by its words."""
    return any(claims(organisation, text) for claims in _claims)


def answered(answers: Sequence[Answer]) -> None:
    """Tell the listeners."""
    for listener in _answers:
        listener(answers)


def taken(incoming: Incoming) -> bool:
    """Whether a listener took it."""
    return any(listener(incoming) for listener in _incoming)
