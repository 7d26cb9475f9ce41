"""What the tests of the watcher's side share: synthetic observations, a recorder, a desk, and waiting for a condition."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from uuid import UUID, uuid4

from alerts.firing import Firing
from alerts.models import Rule
from detection.observations import LineCrossing, Observation, ObservedTrack
from detection.vision.geometry import Box, Point

BOX = Box(0.4, 0.4, 0.5, 0.6)


def track(number: int = 1, label: str = "person", zones: Iterable[UUID] = (), confidence: float = 0.9) -> ObservedTrack:
    return ObservedTrack(number, label, confidence, BOX, frozenset(zones), first_seen=0.0)


def crossed(line: UUID, *, forward: bool = True, label: str = "person", number: int = 1) -> LineCrossing:
    return LineCrossing(number, label, line, forward, Point(0.5, 0.5))


def seen(
    at: float, *tracks: ObservedTrack, crossings: Iterable[LineCrossing] = (), camera: UUID | None = None
) -> Observation:
    return Observation(camera or UUID(int=0), at, int(at * 10) % 1_000_000, tracks, tuple(crossings))


class Pictures:
    """A recorder that hands out these bytes at once."""

    def __init__(self, snapshot: bytes | None = b"a blurred picture", clip: bytes | None = b"a blurred clip") -> None:
        self._snapshot = snapshot
        self._clip = clip
        self.spans: list[tuple[float, float]] = []

    def snapshot(self, at: float, done: Callable[[bytes | None], None]) -> None:
        self.spans.append((at, at))
        done(self._snapshot)

    def clip(self, start: float, end: float, done: Callable[[bytes | None], None]) -> None:
        self.spans.append((start, end))
        done(self._clip)


def firing_of(rule: Rule, at: float | None = None, *, alert: UUID | None = None) -> Firing:
    now = time.time() if at is None else at
    return Firing(
        id=alert or uuid4(),
        organisation=rule.organisation_id,
        camera=rule.camera_id,
        rule=rule.pk,
        rule_name=rule.name,
        rule_version=rule.version,
        severity=rule.severity,
        area_name="",
        situation=f"{rule.pk}:all",
        code=rule.kind,
        things={"person": 1},
        params={},
        captured_at=now,
        raised_at=now,
    )


def eventually(condition: Callable[[], bool], what: str, ceiling_s: float = 30.0) -> None:
    """Wait for `condition`; the ceiling only bounds a failure."""
    deadline = time.monotonic() + ceiling_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"It did not happen: {what}")
        time.sleep(0.02)
