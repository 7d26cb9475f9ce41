"""Calls to us: who above answers when somebody calls the organisation's number and keys something in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CallIn:
    """Somebody calls.

    Args:
        organisation: whose number.
        account: the provider's account that it came by.
        call: the provider's id of the call, the same however often it tells of it.
        sender: the number that calls, E.164; empty: it is withheld.
        keyed: the digits that were keyed in; null: the call has just begun.
        turn: how often was asked already.
    """

    organisation: UUID
    account: UUID
    call: str
    sender: str
    keyed: str | None = None
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """What the caller hears.

    Args:
        text: the words.
        language: theirs.
        asks: digits are waited for afterwards; not: the call ends.
    """

    text: str
    language: str
    asks: bool


CallListener = Callable[[CallIn], Said | None]
"""Answers a call, in transactions of its own; null: it is none of its."""

_listeners: list[CallListener] = []


def register_call_listener(listener: CallListener) -> None:
    """Be asked what callers hear; from an upper app's `AppConfig.ready()`."""
    if listener not in _listeners:
        _listeners.append(listener)


def answer(call: CallIn) -> Said | None:
    """What the caller hears; null: nobody takes calls here."""
    return next((said for listener in _listeners if (said := listener(call)) is not None), None)
