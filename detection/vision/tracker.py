"""The same object over frames: ByteTrack of the `trackers` library, in the pipeline's types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import supervision as sv
from trackers import ByteTrackTracker

from detection.vision.detections import Detections
from detection.vision.geometry import Box
from detection.vision.labels import LABELS

STRONG: Final = 0.4
"""Confidence from which a detection begins a track and is matched first; weaker ones only prolong tracks."""

WEAK: Final = 0.1
"""Confidence below which a detection is masked, but no part of a track."""

FRAMES_TO_CONFIRM: Final = 2
"""Frames in which a thing must be seen before it is a track."""

_CLASS_STEP: Final = 10_000.0
"""ByteTrack knows no classes: each class gets a plane of its own, so that a car never goes on as a person."""

_LEAST_STEP_S: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Track:
    """One object in the frame on which detection ran.

    Attributes:
        number: unique within one pipeline.
        label: COCO class name.
        confidence: of this frame's detection, 0..1.
        box: where it is, normalised.
        first_seen: when the track was confirmed, seconds of the epoch.
    """

    number: int
    label: str
    confidence: float
    box: Box
    first_seen: float


class Tracker:
    """The tracks of one camera.

    Args:
        hold_s: for how long a lost track waits to be found again, seconds.
        scale: pixels that a normalised length of 1 stands for; ByteTrack's noise is meant in pixels.
    """

    def __init__(self, hold_s: float, scale: float) -> None:
        # The library counts its buffer in frames of 1/30 s and converts by the timestamps it is given.
        self._tracker = ByteTrackTracker(
            lost_track_buffer=max(1, round(hold_s * 30)),
            track_activation_threshold=STRONG,
            minimum_consecutive_frames=FRAMES_TO_CONFIRM,
            high_conf_det_threshold=STRONG,
        )
        self._scale = scale
        self._first_seen: dict[int, float] = {}
        self._last_at = float("-inf")

    def update(self, detections: Detections, at: float) -> tuple[Track, ...]:
        """Match one frame's detections to the tracks; returns the confirmed tracks in view.

        Args:
            detections: everything found.
            at: when the frame was captured, seconds of the epoch. A clock that stands or runs back is taken as a small step.
        """
        self._last_at = max(at, self._last_at + _LEAST_STEP_S)
        detections = detections.where(detections.confidences >= WEAK)
        planes = detections.classes[:, None] * _CLASS_STEP
        found = self._tracker.update(
            sv.Detections(
                xyxy=detections.boxes * self._scale + planes,
                confidence=detections.confidences,
                class_id=np.arange(len(detections)),
            ),
            timestamp=self._last_at,
        )
        numbers = found.tracker_id if found.tracker_id is not None else ()
        indices = found.class_id if found.class_id is not None else ()
        tracks = []
        for number, index in zip(map(int, numbers), map(int, indices), strict=True):
            if number < 0:
                continue
            first_seen = self._first_seen.setdefault(number, at)
            left, top, right, bottom = detections.boxes[index].tolist()
            label = LABELS[detections.classes[index]]
            confidence = float(detections.confidences[index])
            tracks.append(Track(number, label, confidence, Box(left, top, right, bottom), first_seen))
        self._forget_ended()
        return tuple(tracks)

    def _forget_ended(self) -> None:
        alive = {track.tracker_id for track in self._tracker.tracks}
        for number in [number for number in self._first_seen if number not in alive]:
            del self._first_seen[number]
