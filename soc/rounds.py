"""What each responder does every second by itself: a thread that needs the database only, whether or not the broker is there."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connections

log = structlog.get_logger(__name__)

EVERY_S = 1.0
_LEFT_AFTER_S = 5.0
"""A round that is not done by then ends with its process: another responder takes up what it left."""

Act = Callable[[], int]
"""Does what is due and says how much that was. Any number of processes may do it at once."""


class Round:
    """Calls `act` again and again until it is stopped: a database that is away is waited for, an error logged and tried again."""

    def __init__(self, name: str, act: Act, every_s: float = EVERY_S) -> None:
        self._name = name
        self._act = act
        self._every_s = every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after what is being done, or leave it after some seconds."""
        self._stopping.set()
        self._thread.join(_LEFT_AFTER_S)

    def _loop(self) -> None:
        while not self._stopping.wait(self._every_s):
            close_old_connections()
            try:
                if done := self._act():
                    log.info("round.done", round=self._name, count=done)
            except (OperationalError, InterfaceError) as error:
                connections.close_all()
                log.warning("round.database_away", round=self._name, error=type(error).__name__)
            except Exception:
                connections.close_all()
                log.exception("round.failed", round=self._name)  # the next second tries again
        connections.close_all()
