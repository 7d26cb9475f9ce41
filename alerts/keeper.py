"""Keeps snapshots and clips once their alert is committed: a thread of its own, bounded in bytes."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import DatabaseError, close_old_connections, connections

from alerts import recordings
from alerts.committer import Committer
from alerts.models import RecordingFailure, RecordingKind
from alerts.workers import AWAY, Backoff, start_thread

log = structlog.get_logger(__name__)

MAX_BYTES = 64 * 1024 * 1024
_LOOK_AGAIN_S = 0.2


@dataclass(frozen=True, slots=True)
class _Picture:
    firing: UUID
    kind: RecordingKind
    data: bytes | None
    missing: RecordingFailure

    @property
    def size(self) -> int:
        return len(self.data or b"")


class Keeper:
    """Holds blurred, encoded recordings until they are kept. Past `max_bytes` the oldest is let go, and its row says so."""

    def __init__(self, committer: Committer, *, max_bytes: int = MAX_BYTES) -> None:
        self._committer = committer
        self._max_bytes = max_bytes
        self._changed = threading.Condition()
        self._stopping = False
        self._pictures: deque[_Picture] = deque()
        self._bytes = 0
        self._thread: threading.Thread | None = None
        self._backoff = Backoff()

    def start(self) -> None:
        """Start the thread."""
        self._thread = start_thread("alerts-keep", self._loop)

    def stop(self, patience_s: float) -> None:
        """Keep what can be kept within `patience_s`."""
        with self._changed:
            self._changed.wait_for(lambda: not self._pictures, timeout=patience_s)
            self._stopping = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(patience_s)

    def recorded(self, alert: UUID, kind: RecordingKind, data: bytes | None) -> None:
        """Take a recording, or the news that there is none. Returns at once."""
        with self._changed:
            self._pictures.append(_Picture(alert, kind, data, RecordingFailure.NO_PICTURE))
            self._bytes += len(data or b"")
            self._let_go()
            self._changed.notify_all()

    def _let_go(self) -> None:
        for place, picture in enumerate(self._pictures):
            if self._bytes <= self._max_bytes:
                return
            if picture.data is not None:
                log.error("recording.let_go", alert=str(picture.firing), kind=picture.kind, size=picture.size)
                self._bytes -= picture.size
                self._pictures[place] = _Picture(picture.firing, picture.kind, None, RecordingFailure.NO_ROOM)

    def _loop(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopping or bool(self._pictures))
                if self._stopping:
                    return
                picture = self._pictures[0]
            alert = self._committer.standing(picture.firing)
            if alert is None:
                self._pause(_LOOK_AGAIN_S)
                continue
            close_old_connections()
            try:
                recordings.keep(alert, picture.kind, picture.data, picture.missing)
            except AWAY:
                connections.close_all()
                self._pause(self._backoff.next())
                continue
            except DatabaseError:
                log.exception("recording.not_kept", alert=str(alert), kind=picture.kind)
            self._backoff.reset()
            self._done()

    def _done(self) -> None:
        with self._changed:
            self._bytes -= self._pictures.popleft().size
            self._changed.notify_all()

    def _pause(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopping, timeout=seconds)
