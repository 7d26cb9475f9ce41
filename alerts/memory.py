"""What a watcher remembers of a camera: 15 minutes of observations in RAM, packed, bounded, never written anywhere."""

from __future__ import annotations

import struct
import threading
from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar
from uuid import UUID

from detection.observations import LineCrossing, Observation, ObservedTrack
from detection.vision.geometry import Box, Point

REMEMBERED_S = 900.0
MAX_BYTES = 16 * 1024 * 1024
_HEAD = struct.Struct("<dIHH")  # captured_at, number, tracks, crossings
_TRACK = struct.Struct("<IBfHHHHQd")  # track, label, confidence, box, zones, first_seen
_CROSSING = struct.Struct("<IBBBHH")  # track, label, line, forward, at
_MOST = 65_535
_ZONES = 64


K = TypeVar("K", str, UUID)


class _Table(Generic[K]):
    """Gives small numbers to a few distinct values."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._numbers: dict[K, int] = {}
        self.values: list[K] = []

    def number(self, value: K) -> int | None:
        """The value's number, or ``None`` when there are already too many values."""
        found = self._numbers.get(value)
        if found is None and len(self.values) < self._room:
            found = self._numbers[value] = len(self.values)
            self.values.append(value)
        return found


class Memory:
    """The last 15 minutes of one camera's observations, about 30 bytes a track. Appended by one thread, read by others.

    Boxes come back rounded to 1/65,535 and certainties to single precision, which is what the model gives.
    """

    def __init__(self, camera: UUID, *, seconds: float = REMEMBERED_S, max_bytes: int = MAX_BYTES) -> None:
        self._camera = camera
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._packed: deque[tuple[float, bytes]] = deque()
        self._bytes = 0
        self._lock = threading.Lock()
        self._labels = _Table[str](256)
        self._zones = _Table[UUID](_ZONES)
        self._lines = _Table[UUID](256)

    def __len__(self) -> int:
        return len(self._packed)

    @property
    def size(self) -> int:
        """Bytes of packed observations."""
        return self._bytes

    @property
    def oldest(self) -> float | None:
        """When the oldest that is remembered was captured."""
        with self._lock:
            return self._packed[0][0] if self._packed else None

    def append(self, observation: Observation) -> None:
        """Remember one observation, and forget what is too old or too much."""
        at = observation.captured_at
        packed = self._pack(observation)
        with self._lock:
            self._packed.append((at, packed))
            self._bytes += len(packed)
            while self._packed and (at - self._packed[0][0] > self._seconds or self._bytes > self._max_bytes):
                self._bytes -= len(self._packed.popleft()[1])

    def replay(self) -> Iterator[Observation]:
        """What is remembered now, oldest first."""
        with self._lock:
            packed = list(self._packed)
        for _at, data in packed:
            yield self._unpack(data)

    def _pack(self, observation: Observation) -> bytes:
        tracks = [self._pack_track(track) for track in observation.tracks[:_MOST]]
        crossings = [self._pack_crossing(crossing) for crossing in observation.crossings[:_MOST]]
        kept = [one for one in tracks if one is not None]
        crossed = [one for one in crossings if one is not None]
        head = _HEAD.pack(observation.captured_at, observation.number & 0xFFFFFFFF, len(kept), len(crossed))
        return b"".join((head, *kept, *crossed))

    def _pack_track(self, track: ObservedTrack) -> bytes | None:
        label = self._labels.number(track.label)
        if label is None:
            return None
        zones = 0
        for zone in track.zones:
            bit = self._zones.number(zone)
            if bit is not None:
                zones |= 1 << bit
        box = track.box
        return _TRACK.pack(
            track.track & 0xFFFFFFFF,
            label,
            track.confidence,
            _fraction(box.left),
            _fraction(box.top),
            _fraction(box.right),
            _fraction(box.bottom),
            zones,
            track.first_seen,
        )

    def _pack_crossing(self, crossing: LineCrossing) -> bytes | None:
        label, line = self._labels.number(crossing.label), self._lines.number(crossing.line)
        if label is None or line is None:
            return None
        at = crossing.at
        return _CROSSING.pack(
            crossing.track & 0xFFFFFFFF, label, line, crossing.forward, _fraction(at.x), _fraction(at.y)
        )

    def _unpack(self, data: bytes) -> Observation:
        captured_at, number, tracks, crossings = _HEAD.unpack_from(data)
        end = _HEAD.size + tracks * _TRACK.size
        return Observation(
            camera=self._camera,
            captured_at=captured_at,
            number=number,
            tracks=tuple(self._track(*one) for one in _TRACK.iter_unpack(data[_HEAD.size : end])),
            crossings=tuple(
                self._crossing(*one) for one in _CROSSING.iter_unpack(data[end : end + crossings * _CROSSING.size])
            ),
        )

    def _track(
        self,
        track: int,
        label: int,
        confidence: float,
        left: int,
        top: int,
        right: int,
        bottom: int,
        zones: int,
        first_seen: float,
    ) -> ObservedTrack:
        return ObservedTrack(
            track=track,
            label=self._labels.values[label],
            confidence=confidence,
            box=Box(left / _MOST, top / _MOST, right / _MOST, bottom / _MOST),
            zones=frozenset(zone for bit, zone in enumerate(self._zones.values) if zones >> bit & 1),
            first_seen=first_seen,
        )

    def _crossing(self, track: int, label: int, line: int, forward: int, x: int, y: int) -> LineCrossing:
        return LineCrossing(
            track, self._labels.values[label], self._lines.values[line], bool(forward), Point(x / _MOST, y / _MOST)
        )


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))


def _fraction(value: float) -> int:
    return round(_unit(value) * _MOST)
