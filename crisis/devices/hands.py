"""Who does what takes its time, sending and reading: threads of the responder, never more at once than there are."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import structlog
from django.db import close_old_connections, connections

log = structlog.get_logger(__name__)

Job = Callable[[], None]


class Hands(Protocol):
    """Does jobs; says how many more it can take now, so that nothing is claimed that nobody would do."""

    def free(self) -> int:
        """How many jobs would be begun at once."""

    def do(self, job: Job) -> None:
        """Do a job, now or at once elsewhere."""


class Here:
    """Does each job in the caller's thread, before it returns."""

    def free(self) -> int:
        """As many as come."""
        return 1_000_000

    def do(self, job: Job) -> None:
        """Do it."""
        job()


class Threads:
    """Does jobs in threads of its own, made when they are first needed."""

    def __init__(self, name: str, count: int) -> None:
        self._name = name
        self._count = count
        self._busy = 0
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    def free(self) -> int:
        """How many threads have nothing to do."""
        with self._lock:
            return self._count - self._busy

    def do(self, job: Job) -> None:
        """Begin it at once."""
        with self._lock:
            self._busy += 1
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._count, thread_name_prefix=self._name)
        self._pool.submit(self._run, job)

    def _run(self, job: Job) -> None:
        close_old_connections()
        try:
            job()
        except Exception:
            log.exception("devices.job_failed", hands=self._name)  # its claim runs out, and is seen to be lost
        finally:
            connections.close_all()
            with self._lock:
                self._busy -= 1
