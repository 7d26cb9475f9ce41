"""Where a frame's masks lie: heads, faces, number plates; and how they are held while what they hide is briefly not found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detection.vision.detections import Detections, Floats, intersection_over_union
from detection.vision.labels import LABELS, PERSON, VEHICLES

HEAD_SHARE: Final = 0.32
"""Of a standing person's height, from the top, that is masked; the margin comes on top."""

UPRIGHT: Final = 0.5
LYING: Final = 0.85
"""Width by height: up to `UPRIGHT` somebody stands, from `LYING` on all of them is masked, in between more and more."""

LEAST_MARGIN: Final = 0.002
"""Of the frame's height: about a pixel of the analysis, by which a box of a few pixels may be off."""

_IS_VEHICLE: Final = np.isin(np.arange(len(LABELS)), VEHICLES)

SAME: Final = 0.05
"""Overlap from which a mask is taken to be that of the frame before."""

GROWTH: Final = 0.05
"""Share of its size by which a held mask grows in each frame."""

SMOOTHING: Final = 0.5
"""Weight of the newest step in a mask's speed."""

SAME_SPEED: Final = 0.3
"""Overlap from which a mask goes on at the speed of the one before: less may be somebody else's."""

LONGEST_STEP_S: Final = 1.0
"""Beyond it nothing is known of where a mask would be by now: it stays where it was."""

FASTEST: Final = 4.0
"""Of a mask's own sides a second: a runner's head. What seems faster is two people taken for one."""


def heads(people: Floats, aspect: float, margin: float) -> Floats:
    """Return where the heads of people are.

    Args:
        people: (n, 4) float32, normalised boxes of whole people.
        aspect: the frame's width by its height.
        margin: share of the masked part's size by which it is grown on each side.
    """
    width = people[:, 2] - people[:, 0]
    height = people[:, 3] - people[:, 1]
    shape = width * aspect / np.maximum(height, 1e-6)
    lean = np.clip((shape - UPRIGHT) / (LYING - UPRIGHT), 0.0, 1.0)
    masked = people.copy()
    masked[:, 3] = people[:, 1] + height * (HEAD_SHARE + (1 - HEAD_SHARE) * lean)
    return grown(masked, margin, aspect)


def plates(vehicles: Floats, aspect: float, margin: float) -> Floats:
    """Return where the number plates of vehicles may be: the lower middle part; arguments as of `heads`."""
    width = vehicles[:, 2:3] - vehicles[:, 0:1]
    height = vehicles[:, 3:4] - vehicles[:, 1:2]
    part = np.concatenate(
        (
            vehicles[:, 0:1] + 0.15 * width,
            vehicles[:, 1:2] + 0.5 * height,
            vehicles[:, 2:3] - 0.15 * width,
            vehicles[:, 3:4],
        ),
        axis=1,
    )
    return grown(part.astype(np.float32), margin, aspect)


def grown(boxes: Floats, margin: float, aspect: float) -> Floats:
    """Return boxes grown on each side, not clipped to the frame: by `margin` times the mean of their width and height, and by
    `LEAST_MARGIN`."""
    width = (boxes[:, 2] - boxes[:, 0]) * aspect
    height = boxes[:, 3] - boxes[:, 1]
    by = margin * (width + height) / 2 + LEAST_MARGIN
    steps = np.stack((-by / aspect, -by, by / aspect, by), axis=1)
    return np.asarray(boxes + steps, np.float32)


def wanted(found: Detections, faces: Floats, aspect: float, margin: float) -> Floats:
    """Return every place that one analysed frame asks to mask, (n, 4) float32.

    Args:
        found: all detections, weak ones too.
        faces: (n, 4) float32, what the face detector found.
        aspect: the frame's width by its height.
        margin: see `grown`; faces, whose box ends at chin and forehead, get twice as much.
    """
    people = found.boxes[found.classes == PERSON]
    vehicles = found.boxes[_IS_VEHICLE[found.classes]]
    places = [heads(people, aspect, margin)]
    if len(faces):
        places.append(grown(faces, 2 * margin, aspect))
    if len(vehicles):
        places.append(plates(vehicles, aspect, margin))
    return np.concatenate(places)


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """Masks and what is known of their movement: (n, 4), (n, 2) a second, (n,) frames since they were found."""

    boxes: Floats
    speeds: Floats
    lost: NDArray[np.int64]


_NONE = _Held(np.zeros((0, 4), np.float32), np.zeros((0, 2), np.float32), np.zeros(0, np.int64))


class MaskKeeper:
    """The masks of one camera over its analysed frames.

    A mask that is not found again stays for `hold_frames` analysed frames, goes on at the speed it had and grows: a head
    that the detector loses for some frames stays covered.

    Args:
        hold_frames: for how many analysed frames a mask outlives its last detection.
    """

    def __init__(self, hold_frames: int) -> None:
        self._hold_frames = hold_frames
        self._held = _NONE
        self._at = 0.0

    def update(self, boxes: Floats, at: float) -> Floats:
        """Take the places that a frame asks to mask; return all that must be masked, (m, 4) float32.

        Args:
            boxes: (n, 4) float32, of `wanted`.
            at: when the frame was captured, seconds of the epoch.
        """
        step = at - self._at
        if not 0.0 <= step <= LONGEST_STEP_S:
            step = 0.0
        self._at = at
        before = self._moved(step)
        overlap = intersection_over_union(before.boxes, boxes)
        found_again = (overlap > SAME).any(axis=1) if len(boxes) else np.zeros(len(before.boxes), bool)
        speeds = self._speeds(boxes, before, overlap, step)
        stays = ~found_again & (before.lost <= self._hold_frames)
        self._held = _Held(
            np.concatenate((boxes, before.boxes[stays])),
            np.concatenate((speeds, before.speeds[stays])),
            np.concatenate((np.zeros(len(boxes), np.int64), before.lost[stays])),
        )
        return self._held.boxes

    def _moved(self, step: float) -> _Held:
        """Return the masks of the frame before where they would be now, grown if they were lost already."""
        held = self._held
        shift = np.tile(held.speeds * step, 2)
        sides = held.boxes[:, 2:] - held.boxes[:, :2]
        growth = np.where(held.lost[:, None] > 0, GROWTH, 0.0) * sides / 2
        boxes = held.boxes + shift + np.concatenate((-growth, growth), axis=1)
        return _Held(boxes.astype(np.float32), held.speeds, held.lost + 1)

    @staticmethod
    def _speeds(boxes: Floats, before: _Held, overlap: Floats, step: float) -> Floats:
        """Return the speed of each new mask: smoothed, from the mask before that it overlaps most."""
        speeds = np.zeros((len(boxes), 2), np.float32)
        if not len(boxes) or not len(before.boxes) or step <= 0:
            return speeds
        best = overlap.argmax(axis=0)
        known = overlap[best, np.arange(len(boxes))] > SAME_SPEED
        # `before` lies where its speed took it already: what is left to explain is the change of speed.
        miss = (boxes[:, :2] + boxes[:, 2:] - before.boxes[best, :2] - before.boxes[best, 2:]) / 2
        speeds[known] = (before.speeds[best] + SMOOTHING * miss / step)[known]
        most = FASTEST * (boxes[:, 2:] - boxes[:, :2])
        return np.clip(speeds, -most, most)
