"""Looks each second whether an alert was not taken in time. A thread in each responder, which needs the database only."""

from __future__ import annotations

import threading

import structlog
from django.db import close_old_connections, connections

from alerts.escalation import escalate_due
from alerts.workers import AWAY, start_thread

log = structlog.get_logger(__name__)

EVERY_S = 1.0


class DeadlineClock:
    """Calls `escalate_due` until it is stopped; a database that is away is waited for."""

    def __init__(self, every_s: float = EVERY_S) -> None:
        self._every_s = every_s
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread = start_thread("alerts-deadlines", self._loop)

    def stop(self) -> None:
        """Stop after what is being done."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _loop(self) -> None:
        while not self._stopping.wait(self._every_s):
            close_old_connections()
            try:
                if escalated := escalate_due():
                    log.info("alerts.escalated", count=escalated)
            except AWAY as error:
                connections.close_all()
                log.warning("alerts.deadlines_unwatched", error=type(error).__name__)
            except Exception:
                connections.close_all()
                log.exception("alerts.not_escalated")  # the next second tries again
        connections.close_all()
