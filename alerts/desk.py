"""One watcher process's desk: what its listeners notice goes from here to the database, and a watch never waits for it.

listeners → committer (firings, situations) → database
          → keeper (snapshots, clips)       → storage, database
poll, each second: rules, trials, silent hits, spools of processes that died
"""

from __future__ import annotations

import atexit
import threading
import time
from collections import deque
from pathlib import Path
from uuid import UUID

import structlog
from django.db import DatabaseError, close_old_connections, connections, transaction

from alerts import orphanage, trials
from alerts.committer import Committer
from alerts.duty import RuleDuty, duties, pasts
from alerts.firing import Firing
from alerts.keeper import Keeper
from alerts.listener import RuleListener
from alerts.models import RecordingKind, RuleTrialHit
from alerts.raising import moment
from alerts.workers import AWAY, start_thread
from detection.observations import Recorder
from soc import clock
from soc.config import config

log = structlog.get_logger(__name__)

POLL_S = 1.0
ORPHANS_EVERY_S = 10.0
MAX_HITS = 1_000


class Desk:
    """The outlet of this process's listeners. Everything but `start` and `stop` returns at once.

    Args:
        folder: where this machine's spools lie.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.committer = Committer(folder)
        self.keeper = Keeper(self.committer)
        self._offset = 0.0
        self._hits: deque[tuple[RuleDuty, float]] = deque(maxlen=MAX_HITS)
        self._listeners: dict[UUID, RuleListener] = {}
        self._instructed: dict[UUID, tuple[RuleDuty, ...]] = {}
        self._lock = threading.Lock()
        self._poll_now = threading.Event()
        self._stopping = False
        self._orphans_due = 0.0
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the threads."""
        self._offset = _offset()
        self.committer.start()
        self.keeper.start()
        self._thread = start_thread("alerts-poll", self._poll_loop)

    def stop(self, patience_s: float = 5.0) -> None:
        """Commit and keep what can be within `patience_s` each; firings that cannot stay in the spool."""
        self._stopping = True
        self._poll_now.set()
        if self._thread is not None:
            self._thread.join(patience_s)  # first: its last round still hardens the committer's spool
        self.committer.stop(patience_s)
        self.keeper.stop(patience_s)

    def open_listener(self, camera: UUID, organisation: UUID, recorder: Recorder) -> RuleListener:
        """A listener for a camera whose watch begins; its rules are read at once."""
        listener = DeskListener(camera, organisation, recorder, self)
        with self._lock:
            self._listeners[camera] = listener
            self._instructed.pop(camera, None)
        self._poll_now.set()
        return listener

    def closed(self, listener: RuleListener) -> None:
        """A watch ended. A newer listener of the same camera stays."""
        with self._lock:
            if self._listeners.get(listener.camera) is listener:
                del self._listeners[listener.camera]
                self._instructed.pop(listener.camera, None)

    @property
    def offset(self) -> float:
        """Business time less the frames' time, seconds."""
        return self._offset

    def fire(self, firing: Firing) -> None:
        """A situation began whose rule is on."""
        self.committer.fire(firing)

    def hit(self, duty: RuleDuty, at: float) -> None:
        """A situation began whose rule runs silently."""
        self._hits.append((duty, at))

    def seen(self, alert: UUID, at: float) -> None:
        """A situation lasts."""
        self.committer.seen(alert, at)

    def ended(self, alert: UUID, at: float) -> None:
        """A situation ended."""
        self.committer.ended(alert, at)

    def recorded(self, alert: UUID, kind: RecordingKind, data: bytes | None) -> None:
        """A snapshot or clip is ready, or there is none."""
        self.keeper.recorded(alert, kind, data)

    def _poll_loop(self) -> None:
        while not self._stopping:
            self._poll_now.wait(POLL_S)
            self._poll_now.clear()
            close_old_connections()
            try:
                self._poll()
            except AWAY as error:
                connections.close_all()
                log.warning("alerts.database_away", error=type(error).__name__)
            except (DatabaseError, OSError):
                log.exception("alerts.poll_failed")

    def _poll(self) -> None:
        self._offset = _offset()
        self.committer.harden()
        with self._lock:
            listeners = dict(self._listeners)
        if listeners:
            self._instruct(listeners)
            trials.answer({camera: listener.memory for camera, listener in listeners.items()}, self._offset)
        self._write_hits()
        if time.monotonic() >= self._orphans_due:
            self._orphans_due = time.monotonic() + ORPHANS_EVERY_S
            orphanage.adopt(self._folder)

    def _instruct(self, listeners: dict[UUID, RuleListener]) -> None:
        for camera, own in duties(listeners).items():
            with self._lock:
                before = self._instructed.get(camera)
                if before == own or self._listeners.get(camera) is not listeners[camera]:
                    continue
            known = {duty.rule for duty in before or ()}
            new = [duty.rule for duty in own if duty.rule not in known]
            listeners[camera].instruct(own, pasts(new) if new else {})
            with self._lock:
                self._instructed[camera] = own

    def _write_hits(self) -> None:
        hits = [self._hits.popleft() for _ in range(len(self._hits))]
        if not hits:
            return
        try:
            with transaction.atomic():
                RuleTrialHit.objects.bulk_create(
                    RuleTrialHit(
                        organisation_id=duty.organisation,
                        rule_id=duty.rule,
                        rule_version=duty.version,
                        at=moment(at),
                    )
                    for duty, at in hits
                )
        except AWAY:
            self._hits.extendleft(reversed(hits))
            raise


class DeskListener(RuleListener):
    """A listener that tells its desk when it is closed."""

    def __init__(self, camera: UUID, organisation: UUID, recorder: Recorder, desk: Desk) -> None:
        super().__init__(camera, organisation, recorder, desk)
        self._desk = desk

    def close(self) -> None:
        """The watch ends here."""
        super().close()
        self._desk.closed(self)


def _offset() -> float:
    return round(clock.now().timestamp() - time.time(), 1)  # the two clocks are read one after the other


_desk: Desk | None = None
_making = threading.Lock()


def open_listener(camera: UUID, organisation: UUID, recorder: Recorder) -> RuleListener:
    """What `alerts` registers with `detection`: the first listener of a process opens its desk."""
    global _desk
    with _making:
        if _desk is None:
            _desk = Desk(spool_folder())
            _desk.start()
            atexit.register(_desk.stop)
    return _desk.open_listener(camera, organisation, recorder)


def spool_folder() -> Path:
    """Where this machine's spools lie."""
    return config().var / "spool"
