"""Who wants to know of runs: upper rooms register here, and are called in the transaction in which a run ends or asks."""

from __future__ import annotations

from collections.abc import Callable

from crisis.devices.models import ScriptRun

RunListener = Callable[[ScriptRun], None]
_listeners: list[RunListener] = []


def register_run_listener(listener: RunListener) -> None:
    """Have `listener` called with each run that ends or asks. It writes rows only: what it raises undoes the run's step."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(run: ScriptRun) -> None:
    """Call all of them."""
    for listener in _listeners:
        listener(run)
