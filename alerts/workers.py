"""Threads of a watcher that talk to the database, and stop when told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog
from django.db import InterfaceError, OperationalError, connections

log = structlog.get_logger(__name__)

#: What a database that is away raises: try again. Anything else will not get better by trying.
AWAY = (OperationalError, InterfaceError)
_BACKOFF_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class Backoff:
    """How long to wait after each failure in a row."""

    def __init__(self) -> None:
        self.failures = 0

    def next(self) -> float:
        """Seconds to wait after one more failure."""
        wait = _BACKOFF_S[min(self.failures, len(_BACKOFF_S) - 1)]
        self.failures += 1
        return wait

    def reset(self) -> None:
        """It works again."""
        self.failures = 0


_AGAIN_S = 1.0


def start_thread(name: str, loop: Callable[[], None]) -> threading.Thread:
    """Run `loop` in a daemon thread until it returns. An error that it did not foresee is logged and it runs again."""

    def run() -> None:
        while True:
            try:
                loop()
            except Exception:
                log.exception("thread.failed", thread=name)
                time.sleep(_AGAIN_S)
            else:
                return
            finally:
                connections.close_all()

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread
