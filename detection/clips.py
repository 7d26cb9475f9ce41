"""The ring of a camera's encoded blurred frames in RAM, and the clips and snapshots that alerts take from it.

Nothing is decoded to keep it and nothing reaches a disk. A clip whose end lies ahead waits until frames of that time have
come, until the source is lost, or until they should long have come.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from uuid import UUID

import av
import structlog

from detection.vision.encoders import Packet, picture_of, write_mp4

log = structlog.get_logger(__name__)

MOST_BYTES: Final = 24 * 1024 * 1024
"""What one camera's ring holds at most, packets' own bytes."""

PATIENCE_S: Final = 10.0
"""How long after its end a clip waits for frames before it is made of what there is."""

MOST_WAITING: Final = 64
"""Requests that one ring holds at most; more are answered with ``None``."""

CLOCK_JUMP_S: Final = 1.0
SNAPSHOT_REACH_S: Final = 1.0
"""How far from the wanted time a snapshot's frame may be."""

GROUP_REACH_S: Final = 1.0
"""How long before a clip's start the newest frame may be for the clip to be made of it."""

Done = Callable[[bytes | None], None]

# One thread for all rings of a process: clips are rare, and the watch comes first.
_worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="clips")


@dataclass(frozen=True, slots=True)
class _Request:
    """A clip, or a snapshot, whose start and end are the same."""

    start: float
    end: float
    snapshot: bool
    give_up_at: float  # monotonic
    done: Done


@dataclass(frozen=True, slots=True)
class _Ready:
    """A request and what of the ring it is made of, taken out under the lock."""

    request: _Request
    packets: list[Packet]


class ClipRing:
    """One camera's ring. `add`, `tick` and `lost` are the publisher's; `snapshot` and `clip` may come from any thread.

    Implements `detection.observations.Recorder`.

    Args:
        camera: for the log.
        keep_s: seconds of capture time that are kept: the longest clip, before and after, and a margin.
        most_bytes: the bound in bytes, whatever `keep_s` says.
    """

    def __init__(self, camera: UUID, keep_s: float, most_bytes: int = MOST_BYTES) -> None:
        self._camera = camera
        self.keep_s = keep_s
        self._most_bytes = most_bytes
        self._packets: deque[Packet] = deque()
        self._bytes = 0
        self._waiting: list[_Request] = []
        self._lock = threading.Lock()
        self._closed = False

    @property
    def bytes_held(self) -> int:
        """Bytes of packets in the ring."""
        return self._bytes

    @property
    def waits(self) -> bool:
        """Whether a request waits for frames that are still to come."""
        return bool(self._waiting)

    @property
    def span(self) -> tuple[float, float] | None:
        """Capture times of the oldest and the newest packet; ``None`` while it is empty."""
        with self._lock:
            return (self._packets[0].captured_at, self._packets[-1].captured_at) if self._packets else None

    def add(self, packet: Packet) -> None:
        """Keep a packet; the oldest go, a whole group from key frame to key frame at a time."""
        ready: list[_Ready] = []
        with self._lock:
            if self._closed:
                return
            if self._packets and packet.captured_at < self._packets[-1].captured_at - CLOCK_JUMP_S:
                # The source's clock was set back: what was before cannot be put in order with what comes.
                ready = self._take(lambda _: True)
                self._clear()
            self._packets.append(packet)
            self._bytes += len(packet.data)
            self._trim()
            ready += self._take(lambda request: request.end <= packet.captured_at)
        self._answer(ready)

    def tick(self) -> None:
        """Answer what has waited in vain. Called now and then, also while no frames come."""
        now = time.monotonic()
        with self._lock:
            ready = self._take(lambda request: request.give_up_at <= now)
        self._answer(ready)

    def lost(self) -> None:
        """The source went away: what waits is made of what there is."""
        with self._lock:
            ready = self._take(lambda _: True)
        self._answer(ready)

    def close(self) -> None:
        """The watch ends: what waits is answered, and the ring is emptied."""
        self.lost()
        with self._lock:
            self._closed = True
            self._clear()

    def snapshot(self, at: float, done: Done) -> None:
        """Give the JPEG of the public frame nearest to `at` to `done`, from another thread; ``None`` if there is none."""
        self._ask(at, at, done, snapshot=True)

    def clip(self, start: float, end: float, done: Done) -> None:
        """Give an MP4 from `start` to `end` (epoch seconds) to `done`, from another thread, when it is whole.

        It begins with the last key frame before `start`. ``None`` when the ring has nothing of that time. Where the
        picture changed its size in between, it is the longest piece of one size.
        """
        self._ask(start, max(start, end), done, snapshot=False)

    def _ask(self, start: float, end: float, done: Done, *, snapshot: bool) -> None:
        give_up_at = time.monotonic() + max(0.0, end - time.time()) + PATIENCE_S
        request = _Request(start, end, snapshot, give_up_at, done)
        with self._lock:
            if self._closed or len(self._waiting) >= MOST_WAITING:
                ready = [_Ready(request, [])]
            else:
                self._waiting.append(request)
                newest = self._packets[-1].captured_at if self._packets else float("-inf")
                ready = self._take(lambda each: each.end <= newest)
        self._answer(ready)

    # Under the lock:

    def _take(self, is_ready: Callable[[_Request], bool]) -> list[_Ready]:
        ready = [_Ready(request, self._cut(request)) for request in self._waiting if is_ready(request)]
        if ready:
            taken = {id(each.request) for each in ready}
            self._waiting = [request for request in self._waiting if id(request) not in taken]
        return ready

    def _cut(self, request: _Request) -> list[Packet]:
        """The packets that a request needs, from a key frame on."""
        end = request.end + (SNAPSHOT_REACH_S if request.snapshot else 0.0)
        start = request.start - (SNAPSHOT_REACH_S if request.snapshot else 0.0)
        groups: list[list[Packet]] = []
        for packet in self._packets:
            if packet.captured_at > end:
                break
            if packet.key:
                groups.append([])
            if groups:
                groups[-1].append(packet)
        # A frame is shown until the next one comes: a group before the start counts while no other has begun.
        begun = [index for index, group in enumerate(groups) if group[0].captured_at <= start]
        first = begun[-1] if begun else 0
        if groups and groups[-1][-1].captured_at < start - GROUP_REACH_S:
            return []  # all of it is long past
        return [packet for group in groups[first:] for packet in group]

    def _trim(self) -> None:
        """Drop whole groups, so that the ring begins with a key frame, but keep the newest group."""
        newest = self._packets[-1].captured_at
        while len(self._packets) > 1:
            too_much = self._bytes > self._most_bytes
            if not too_much and newest - self._packets[0].captured_at <= self.keep_s:
                return
            self._drop_oldest()
            while self._packets and not self._packets[0].key:
                self._drop_oldest()

    def _drop_oldest(self) -> None:
        self._bytes -= len(self._packets.popleft().data)

    def _clear(self) -> None:
        self._packets.clear()
        self._bytes = 0

    # Outside the lock:

    def _answer(self, ready: list[_Ready]) -> None:
        for each in ready:
            _worker.submit(self._make, each)

    def _make(self, ready: _Ready) -> None:
        request = ready.request
        data: bytes | None = None
        try:
            if request.snapshot:
                data = picture_of(ready.packets, request.start)
            elif ready.packets:
                data = write_mp4(_longest_run(ready.packets))
        except (av.FFmpegError, ValueError) as error:
            log.warning("clip_failed", camera=str(self._camera), error=type(error).__name__)
        try:
            request.done(data)
        except Exception:  # the listener's error must not stop other listeners' clips
            log.exception("clip_not_taken", camera=str(self._camera))


def _longest_run(packets: list[Packet]) -> list[Packet]:
    runs = [list(run) for _, run in groupby(packets, key=lambda packet: packet.run)]
    return max(runs, key=len)
