"""Reads one camera for ever: reconnects with backoff, notices a frozen stream, and holds the latest picture only."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from detection.models import WatchState
from detection.reasons import Reason
from detection.sources.registry import open_source
from detection.sources.source import Picture, Source
from detection.sources.spec import SourceFault, SourcePolicy, SourceSpec
from detection.sources.timestamps import wall_clock
from detection.vision.frames import RawFrame

log = logging.getLogger(__name__)

Opener = Callable[[SourceSpec, SourcePolicy], Source]


@dataclass(frozen=True, slots=True)
class ReaderState:
    """How the reading goes.

    Attributes:
        state: CONNECTING until the first picture or fault, then LIVE or DOWN.
        reason: why it is down.
        details: what fills the reason's sentence; never a credential.
        since: seconds of the epoch.
        next_try: when it is tried again, seconds of the epoch; ``None`` while it is well.
    """

    state: WatchState
    reason: Reason | None
    details: dict[str, str]
    since: float
    next_try: float | None = None


@dataclass(frozen=True, slots=True)
class ReaderTiming:
    """The reader's patience, in seconds."""

    opening: float = 15.0
    frozen: float = 5.0
    first_backoff: float = 1.0
    longest_backoff: float = 30.0
    good_after: float = 10.0
    """A connection that lasted so long starts the backoff anew."""


@dataclass(slots=True, eq=False)
class _Session:
    """One connection: its thread reads until it fails or is abandoned. Guarded by the reader's condition."""

    number: int
    source: Source | None = None
    fault: SourceFault | None = None
    ended: bool = False
    abandoned: bool = False
    began: float = field(default_factory=time.monotonic)
    opened: float | None = None
    last_picture: float | None = None

    def silent_until(self, timing: ReaderTiming) -> float:
        """When patience ends, if nothing more happens; monotonic seconds."""
        if self.last_picture is not None:
            return self.last_picture + timing.frozen
        return (self.began if self.opened is None else self.opened) + timing.opening


class CameraReader:
    """A camera's latest frame, whatever the camera does.

    Two threads: one supervises, one reads; a read that hangs inside a library is left behind, so that `stop` never hangs.

    Args:
        spec: the camera.
        policy: what the operator allows.
        frames_per_second: how many frames `next` hands out at most; what lies between them is never converted.
        timing: the reader's patience.
        opener: opens the source; `open_source` unless a bench brings its own.
    """

    def __init__(
        self,
        spec: SourceSpec,
        policy: SourcePolicy,
        *,
        frames_per_second: float,
        timing: ReaderTiming | None = None,
        opener: Opener = open_source,
    ) -> None:
        self._spec = spec
        self._policy = policy
        self._interval = 1 / frames_per_second
        self._timing = timing or ReaderTiming()
        self._opener = opener
        self._changed = threading.Condition()
        self._session: _Session | None = None
        self._latest: Picture | None = None
        self._due = float("-inf")
        self._numbers = 0
        self._dropped = 0
        self._stopped = False
        self._state = ReaderState(WatchState.CONNECTING, None, {}, wall_clock())
        self._supervisor = threading.Thread(target=self._supervise, name="camera-reader", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._supervisor.start()

    def stop(self) -> None:
        """End at once; what hangs is left behind in a daemon thread."""
        with self._changed:
            self._stopped = True
            self._latest = None
            self._changed.notify_all()
        if self._supervisor.is_alive():
            self._supervisor.join(timeout=5.0)

    def next(self, timeout: float) -> RawFrame | None:
        """The newest frame not handed out yet; waits up to `timeout` seconds for one, ``None`` if none came."""
        deadline = time.monotonic() + timeout
        while True:
            with self._changed:
                while self._latest is None and not self._stopped:
                    left = deadline - time.monotonic()
                    if left <= 0 or not self._changed.wait(left):
                        break
                picture, self._latest = self._latest, None
            if picture is None:
                return None
            try:
                return picture.raw()
            except SourceFault:
                with self._changed:
                    self._dropped += 1

    @property
    def dropped(self) -> int:
        """Frames that were due and were replaced by a newer one before anybody took them."""
        with self._changed:
            return self._dropped

    @property
    def state(self) -> ReaderState:
        """How the reading goes now."""
        with self._changed:
            return self._state

    def _supervise(self) -> None:
        backoff = self._timing.first_backoff
        number = 0
        while True:
            number += 1
            session = _Session(number)
            with self._changed:
                if self._stopped:
                    return
                self._session = session
            threading.Thread(target=self._read, args=(session,), name=f"camera-session-{number}", daemon=True).start()
            fault = self._wait_for_end(session)
            if fault is None:
                return
            lasted = session.last_picture is not None and time.monotonic() - session.began > self._timing.good_after
            backoff = self._timing.first_backoff if lasted else backoff
            with self._changed:
                # Jitter: cameras behind one switch come back together and must not be asked together.
                pause = backoff * random.uniform(0.75, 1.25)  # noqa: S311
                self._turn(WatchState.DOWN, fault.reason, fault.details, wall_clock() + pause)
                if self._latest is not None:
                    # From before the fault: whoever sees a frame after it may take the camera to be back.
                    self._latest = None
                    self._dropped += 1
                self._changed.wait_for(lambda: self._stopped, pause)
            backoff = min(backoff * 2, self._timing.longest_backoff)

    def _wait_for_end(self, session: _Session) -> SourceFault | None:
        """Why the session ended, or ``None`` when the reader was stopped."""
        with self._changed:
            while not (self._stopped or session.ended):
                left = session.silent_until(self._timing) - time.monotonic()
                if left <= 0:
                    session.fault = SourceFault(Reason.UNREACHABLE if session.opened is None else Reason.FROZEN)
                    break
                self._changed.wait(left)
            session.abandoned = True
            self._session = None
            source, fault, stopped = session.source, session.fault, self._stopped
        if source is not None:
            source.close()
        return None if stopped else fault or SourceFault(Reason.ENDED)

    def _read(self, session: _Session) -> None:
        fault = SourceFault(Reason.ENDED)
        source: Source | None = None
        try:
            source = self._opener(self._spec, self._policy)
            if self._adopt(session, source):
                for picture in source.pictures():
                    if not self._offer(session, picture):
                        break
        except SourceFault as found:
            fault = found
        except Exception:
            # A fault of ours in one camera's thread must show as that camera being down, not as silence.
            log.exception("reading a camera failed", extra={"source": self._spec.kind.value})
            fault = SourceFault(Reason.CORRUPT)
        finally:
            if source is not None:
                source.close()
            with self._changed:
                session.fault = session.fault or fault
                session.ended = True
                self._changed.notify_all()

    def _adopt(self, session: _Session, source: Source) -> bool:
        with self._changed:
            session.source, session.opened = source, time.monotonic()
            self._changed.notify_all()
            return not session.abandoned

    def _offer(self, session: _Session, picture: Picture) -> bool:
        """Make `picture` the latest if it is due; false when the session was abandoned."""
        with self._changed:
            if session.abandoned:
                return False
            session.last_picture = time.monotonic()
            number, self._numbers = self._numbers, self._numbers + 1
            if self._state.state is not WatchState.LIVE:
                self._turn(WatchState.LIVE, None, {})
            if not self._is_due(picture.captured_at):
                return True
            if self._latest is not None:
                self._dropped += 1
            self._latest = Picture(frame=picture.frame, captured_at=picture.captured_at, number=number)
            self._changed.notify_all()
            return True

    def _is_due(self, at: float) -> bool:
        """Paces by capture time; a quarter of a period of slack, so that 10 frames/s asked of a 10 frames/s camera are 10."""
        if at < self._due - self._interval / 4 and at > self._due - 4 * self._interval:
            return False
        # On a grid rather than from the last frame, so that 5 of 8 frames a second come out as 5 and not as 4.
        late = at - self._due
        self._due = self._due + self._interval if abs(late) < self._interval else at + self._interval
        return True

    def _turn(
        self, state: WatchState, reason: Reason | None, details: dict[str, str], next_try: float | None = None
    ) -> None:
        same = self._state.state is state and self._state.reason is reason
        since = self._state.since if same else wall_clock()
        self._state = ReaderState(state, reason, dict(details), since, next_try)
