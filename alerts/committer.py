"""Carries firings to the database: on disk when accepted, in their order, retried until committed."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import structlog
from django.db import close_old_connections, connections

from alerts import raising
from alerts.firing import Firing, dump
from alerts.spool import Spool, SpoolError, set_aside
from alerts.workers import AWAY, Backoff, start_thread

log = structlog.get_logger(__name__)

MAX_WAITING = 10_000
_MAX_JOINED = 4_096


@dataclass(frozen=True, slots=True)
class _End:
    """A situation ended; written in its turn, before a firing that came after it."""

    alert: UUID
    at: float


class Committer:
    """One process's way from accepted to committed. `fire`, `seen` and `ended` return at once.

    Args:
        folder: where this machine's spools lie.
        commit: commits one firing and returns the alert that stands for it.
    """

    def __init__(self, folder: Path, *, commit: Callable[[Firing], UUID] = raising.commit) -> None:
        self._folder = folder
        self._commit = commit
        self._changed = threading.Condition()
        self._stopping = False
        self._queue: deque[Firing | _End] = deque()
        self._waiting: set[UUID] = set()
        self._joined: OrderedDict[UUID, UUID] = OrderedDict()
        self._seen: dict[UUID, float] = {}
        self._spool: Spool | None = None
        self._thread: threading.Thread | None = None
        self._backoff = Backoff()
        self.unspooled = 0
        """Firings that were in memory only, because the disk refused them."""

    def start(self) -> None:
        """Make the spool and start the thread. A disk that refuses the spool is logged; alerts go on without it."""
        try:
            self._spool = Spool(self._folder)
        except SpoolError as error:
            log.exception("spool.unavailable", why=str(error))
        self._thread = start_thread("alerts-commit", self._loop)

    def stop(self, patience_s: float) -> None:
        """Commit what can be committed within `patience_s`; the rest stays on disk for whoever adopts it."""
        with self._changed:
            self._changed.wait_for(self._is_idle, timeout=patience_s)
            self._stopping = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(patience_s)
            if not self._thread.is_alive() and self._spool is not None:
                self._spool.close()

    def fire(self, firing: Firing) -> None:
        """Accept a firing: it is on disk when this returns, or at least in memory when the disk refuses."""
        if self._spool is None:
            self.unspooled += 1
        else:
            try:
                self._spool.put(firing.id, dump(firing))
            except SpoolError as error:
                self.unspooled += 1
                log.exception("spool.refused", alert=str(firing.id), why=str(error))
        with self._changed:
            if self._enqueue(firing):
                self._waiting.add(firing.id)

    def seen(self, alert: UUID, at: float) -> None:
        """The alert's situation was there at `at`."""
        with self._changed:
            self._seen[alert] = at
            self._changed.notify_all()

    def ended(self, alert: UUID, at: float) -> None:
        """The alert's situation ended, last seen at `at`."""
        with self._changed:
            self._seen.pop(alert, None)
            self._enqueue(_End(alert, at))

    def standing(self, firing: UUID) -> UUID | None:
        """The committed alert that stands for a firing, or ``None`` while it waits."""
        with self._changed:
            return None if firing in self._waiting else self._joined.get(firing, firing)

    def harden(self) -> None:
        """Have the disk itself hold what waits. Waits for the disk: not for a watch's thread."""
        if self._spool is not None:
            self._spool.harden()

    @property
    def waiting(self) -> int:
        """How many firings are accepted and not yet committed."""
        return len(self._waiting)

    @property
    def failures(self) -> int:
        """How many times in a row the database was found to be away."""
        return self._backoff.failures

    def _enqueue(self, one: Firing | _End) -> bool:
        if len(self._queue) >= MAX_WAITING:
            log.error("alerts.queue_full", refused=str(one), waiting=len(self._queue))
            return False
        self._queue.append(one)
        self._changed.notify_all()
        return True

    def _is_idle(self) -> bool:
        return not self._queue and not self._seen

    def _loop(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopping or not self._is_idle())
                if self._stopping:
                    return
                first = self._queue[0] if self._queue else None
            close_old_connections()
            try:
                if isinstance(first, Firing):
                    self._settle(first)
                elif first is not None:
                    self._end(first)
                else:
                    self._write_seen()
            except AWAY as error:
                self._wait_for_database(error)
            else:
                self._backoff.reset()

    def _settle(self, firing: Firing) -> None:
        """Commit the oldest firing; one that no retry can commit is set aside, so that it does not hold up the rest."""
        alert = firing.id
        try:
            alert = self._commit(firing)
        except AWAY:
            raise
        except Exception:
            log.exception("alert.unraisable", alert=str(firing.id), rule=str(firing.rule), camera=str(firing.camera))
            self._set_aside(firing)
        if self._spool is not None:
            self._spool.remove(firing.id)
        with self._changed:
            self._queue.popleft()
            self._waiting.discard(firing.id)
            if alert != firing.id:
                self._joined[firing.id] = alert
                while len(self._joined) > _MAX_JOINED:
                    self._joined.popitem(last=False)
            self._changed.notify_all()

    def _set_aside(self, firing: Firing) -> None:
        try:
            set_aside(self._folder, dump(firing))
        except OSError:
            log.exception("alert.not_set_aside", firing=dump(firing).decode())

    def _end(self, end: _End) -> None:
        try:
            raising.ended(self.standing(end.alert) or end.alert, raising.moment(end.at))
        except AWAY:
            raise
        except Exception:
            log.exception("alert.not_ended", alert=str(end.alert))  # the clock ends it, when nobody sees it any more
        with self._changed:
            self._queue.popleft()
            self._changed.notify_all()

    def _write_seen(self) -> None:
        with self._changed:
            seen = dict(self._seen)
        for alert, at in seen.items():
            raising.seen(self.standing(alert) or alert, raising.moment(at))
            with self._changed:
                if self._seen.get(alert) == at:
                    del self._seen[alert]
                self._changed.notify_all()

    def _wait_for_database(self, error: Exception) -> None:
        connections.close_all()
        wait = self._backoff.next()
        log.warning("alerts.database_away", waiting=self.waiting, again_in_s=wait, error=type(error).__name__)
        self.harden()
        with self._changed:
            self._changed.wait_for(lambda: self._stopping, timeout=wait)
