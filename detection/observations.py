"""What detection tells whoever listens: facts about tracks in one analysed frame, and never a pixel.

The registry at the end is how an upper app listens: it registers a factory in its `AppConfig.ready()`; the watcher opens one
listener per camera it watches. A listener's errors are logged and isolated from the watch.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from detection.vision.geometry import Box, Point


@dataclass(frozen=True, slots=True)
class ObservedTrack:
    """One object in one analysed frame.

    Attributes:
        track: number of the track, unique within one watch of one camera.
        label: COCO class name, e.g. ``person``.
        confidence: 0..1.
        box: where it is, normalised.
        zones: the camera's zones in which its foot point is.
        first_seen: when the track began, seconds of the epoch.
    """

    track: int
    label: str
    confidence: float
    box: Box
    zones: frozenset[UUID]
    first_seen: float


@dataclass(frozen=True, slots=True)
class LineCrossing:
    """A track's foot point crossed a line. `forward` is from the line's left to its right, seen from its start."""

    track: int
    label: str
    line: UUID
    forward: bool
    at: Point


@dataclass(frozen=True, slots=True)
class Observation:
    """Everything known about one analysed frame of one camera.

    Attributes:
        camera: its id.
        captured_at: seconds of the epoch.
        number: the frame's number.
        tracks: confirmed tracks in view.
        crossings: line crossings since the frame before.
    """

    camera: UUID
    captured_at: float
    number: int
    tracks: tuple[ObservedTrack, ...]
    crossings: tuple[LineCrossing, ...] = ()


class Recorder(Protocol):
    """What a listener may ask the watch to keep. Pictures are blurred and encoded before they get here."""

    def snapshot(self, at: float, done: Callable[[bytes | None], None]) -> None:
        """Give the JPEG of the public frame nearest to `at` to `done`, from another thread; ``None`` if there is none."""

    def clip(self, start: float, end: float, done: Callable[[bytes | None], None]) -> None:
        """Give an MP4 of the ring from `start` to `end` (epoch seconds, `end` may lie ahead) to `done` when it is whole."""


class CameraListener(Protocol):
    """Listens to one camera for as long as it is watched here."""

    @property
    def wants_recordings(self) -> bool:
        """Whether it may ask the recorder for what was seen: the ring is filled only then."""

    @property
    def fired(self) -> AbstractSet[int]:
        """Tracks of the newest observation because of which something is the matter now: drawn apart for who watches live."""

    def observe(self, observation: Observation) -> None:
        """One analysed frame; called in the watch's thread: must not block on network, disk or database."""

    def lost(self, at: float) -> None:
        """The source went away: nothing is known from now on until the next observation."""

    def close(self) -> None:
        """The watch ends."""


class ListenerFactory(Protocol):
    """Opens a listener for a camera."""

    def __call__(self, camera: UUID, organisation: UUID, recorder: Recorder) -> CameraListener:
        """Open it; called in the watcher, when the watch of `camera` begins."""


_factories: list[ListenerFactory] = []


def register_listener(factory: ListenerFactory) -> None:
    """Register a factory, once, from an upper app's `AppConfig.ready()`."""
    if factory not in _factories:
        _factories.append(factory)


def listener_factories() -> tuple[ListenerFactory, ...]:
    """All registered factories, in the order of registration."""
    return tuple(_factories)
