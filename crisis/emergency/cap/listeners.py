"""Who is told of a CAP message that came, in the transaction that keeps it: what they write is there if and only if it is."""

from __future__ import annotations

from collections.abc import Callable

from crisis.emergency.models import CapMessage

CapListener = Callable[[CapMessage], None]
"""Writes rows about a message that came. An error of its undoes the message too: its sender is told, and sends it again."""

_listeners: list[CapListener] = []


def register_cap_listener(listener: CapListener) -> None:
    """Call `listener` with each message that comes, once; from an upper app's `AppConfig.ready()`."""
    if listener not in _listeners:
        _listeners.append(listener)


def unregister_cap_listener(listener: CapListener) -> None:
    """Call it no more."""
    _listeners.remove(listener)


def tell(message: CapMessage) -> None:
    """Call every listener, in the order in which they registered."""
    for listener in _listeners:
        listener(message)
