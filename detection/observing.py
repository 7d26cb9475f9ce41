"""Tracks and a camera's zones and lines into observations: pure geometry, no pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from detection.observations import LineCrossing, Observation, ObservedTrack
from detection.vision.geometry import Point, Polygon, Segment
from detection.vision.tracker import Track

FORGET_AFTER_S = 10.0
"""A track not seen for this long is over: its last place is forgotten."""


@dataclass(frozen=True, slots=True)
class SceneZone:
    """A zone that rules may name."""

    zone: UUID
    polygon: Polygon


@dataclass(frozen=True, slots=True)
class SceneLine:
    """A line that tracks may cross."""

    line: UUID
    segment: Segment


@dataclass(frozen=True, slots=True)
class Scene:
    """What an administrator drew on a camera's picture; `private` areas are black before anything reads them."""

    zones: tuple[SceneZone, ...] = ()
    private: tuple[Polygon, ...] = ()
    lines: tuple[SceneLine, ...] = ()


@dataclass(slots=True)
class _Past:
    first_seen: float
    last_seen: float
    foot: Point


@dataclass(slots=True)
class Observer:
    """Remembers where each track of one watch was, and says what is new in a frame."""

    camera: UUID
    scene: Scene
    _past: dict[int, _Past] = field(default_factory=dict)

    def observe(self, tracks: Sequence[Track], captured_at: float, number: int) -> Observation:
        """The facts of one analysed frame: which track is in which zone, and which line it crossed since it was last seen."""
        seen: list[ObservedTrack] = []
        crossings: list[LineCrossing] = []
        for track in tracks:
            foot = track.box.foot
            past = self._past.get(track.number)
            if past is None:
                past = self._past[track.number] = _Past(captured_at, captured_at, foot)
            else:
                crossings += self._crossings(track, past.foot, foot)
                past.last_seen, past.foot = captured_at, foot
            zones = frozenset(zone.zone for zone in self.scene.zones if zone.polygon.contains(foot))
            seen.append(ObservedTrack(track.number, track.label, track.confidence, track.box, zones, past.first_seen))
        self._forget(captured_at)
        return Observation(self.camera, captured_at, number, tuple(seen), tuple(crossings))

    def _crossings(self, track: Track, before: Point, after: Point) -> list[LineCrossing]:
        crossed: list[LineCrossing] = []
        for line in self.scene.lines:
            forward = line.segment.crossing(before, after)
            if forward is not None:
                crossed.append(LineCrossing(track.number, track.label, line.line, forward, after))
        return crossed

    def _forget(self, now: float) -> None:
        over = [number for number, past in self._past.items() if now - past.last_seen > FORGET_AFTER_S]
        for number in over:
            del self._past[number]
