"""Where a frame's masks lie, and how they are held while what they hide is briefly not found.

Masked are heads, faces whose body is not seen, whoever moves at a vehicle that stands, and the place of number plates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.vision.detections import Detections, Floats, intersection_over_union
from detection.vision.labels import LABELS, PERSON, VEHICLES
from detection.vision.motion import Blocks

HEAD_SHARE: Final = 0.32
"""Of a standing person's height, from the top, that is masked; the margin comes on top."""

HEAD_CELLS: Final = 4
"""Cells of mosaic along the mean side of a head's mask, margin included."""

PLATE_CELLS: Final = 10
"""The same of a vehicle's lower part: a plate is a third of it, and lower than one cell."""

CUT_OFF: Final = 0.97
"""Of the frame's height: whose box reaches it is cut off by the lower edge."""

LARGE: Final = 0.4
LARGE_FLOOR: Final = 0.1
"""Confidence that people taller than `LARGE` of the frame need to be masked: what is that large and that unsure is several
people taken for one, or a shadow; the face detector sees faces of that size."""

UPRIGHT: Final = 0.5
LYING: Final = 0.85
"""Width by height: up to `UPRIGHT` somebody stands, from `LYING` on all of them is masked, in between more and more."""

LEAST_MARGIN: Final = 0.002
"""Of the frame's height: about a pixel of the analysis, by which a box of a few pixels may be off."""

MOVES_ITSELF: Final = 0.5
"""Of a vehicle's blocks: when more have changed, the vehicle moves, not somebody at it."""

_IS_VEHICLE: Final = np.isin(np.arange(len(LABELS)), VEHICLES)

SAME: Final = 0.05
"""Overlap from which a mask is taken to be that of the frame before."""

SAME_PLACE: Final = 0.4
"""Overlap from which a mask of the frame before is superseded by any new one."""

GROWTH: Final = 0.04
"""Share of its size by which a held mask grows in each frame."""

SMOOTHING: Final = 0.5
"""Weight of the newest step in a mask's speed."""

SAME_SPEED: Final = 0.3
"""Overlap from which a mask goes on at the speed of the one before: less may be somebody else's."""

LONGEST_STEP_S: Final = 1.0
"""Beyond it nothing is known of where a mask would be by now: it stays where it was."""

FASTEST: Final = 4.0
"""Of a mask's own sides a second: a runner's head. What seems faster is two people taken for one."""


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """What is to be masked in one frame.

    Attributes:
        boxes: (n, 4) float32, normalised, may reach beyond the frame.
        cells: (n,) int64, how many cells of mosaic go along the mean side of each.
    """

    boxes: Floats
    cells: NDArray[np.int64]

    @classmethod
    def of(cls, boxes: Floats, cells: int) -> Places:
        """Places that are all masked alike."""
        return cls(boxes, np.full(len(boxes), cells))

    def and_also(self, other: Places) -> Places:
        """Both."""
        return Places(np.concatenate((self.boxes, other.boxes)), np.concatenate((self.cells, other.cells)))

    def where(self, mask: NDArray[np.bool_]) -> Places:
        """Those for which `mask`, (n,) bool, is true."""
        return Places(self.boxes[mask], self.cells[mask])


NOWHERE: Final = Places.of(np.zeros((0, 4), np.float32), HEAD_CELLS)


def heads(people: Floats, faces: Floats, aspect: float, margin: float) -> Floats:
    """Return where the heads of people are.

    The top part of who stands; the more somebody leans, the more; all of who lies. Who is cut off by the frame's lower edge
    and shows a face in the upper part does not lie, but is close: then the part down to below the chin is masked.

    Args:
        people: (n, 4) float32, normalised boxes of whole people.
        faces: (m, 4) float32, normalised boxes of faces.
        aspect: the frame's width by its height.
        margin: share of the masked part's size by which it is grown on each side.
    """
    width = people[:, 2] - people[:, 0]
    height = people[:, 3] - people[:, 1]
    shape = width * aspect / np.maximum(height, 1e-6)
    lean = np.clip((shape - UPRIGHT) / (LYING - UPRIGHT), 0.0, 1.0)
    masked = people.copy()
    masked[:, 3] = people[:, 1] + height * (HEAD_SHARE + (1 - HEAD_SHARE) * lean)
    for index in np.flatnonzero((people[:, 3] > CUT_OFF) & (lean > 0)) if len(faces) else ():
        chin = _chin(people[index], faces)
        if chin is not None:
            masked[index, 3] = max(chin, people[index, 1] + HEAD_SHARE * height[index])
    return grown(masked, margin, aspect)


def _chin(person: Floats, faces: Floats) -> float | None:
    """How far down the lowest face in the upper part of a person reaches, and as much again as half of it."""
    middle = (faces[:, :2] + faces[:, 2:]) / 2
    inside = ((middle >= person[:2]) & (middle <= person[2:])).all(axis=1)
    upper = middle[:, 1] < (person[1] + person[3]) / 2
    own = faces[inside & upper]
    if not len(own):
        return None
    return float((own[:, 3] + (own[:, 3] - own[:, 1]) / 2).max())


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


def at_vehicles(vehicles: Floats, changed: Blocks, aspect: float, margin: float) -> Floats:
    """Return where something moves at vehicles that stand.

    The detector often takes somebody who gets in, loads or looks out of a vehicle for a part of it. On a street camera these
    were most of the heads that were left bare, and the only ones for longer than a frame.

    Args:
        vehicles: (n, 4) float32, normalised boxes.
        changed: the blocks that differ from the analysed frame before.
        aspect: the frame's width by its height.
        margin: as of `heads`.
    """
    rows, columns = changed.shape
    grid = np.array((columns, rows, columns, rows), np.float32)
    first = np.floor(vehicles[:, :2] * grid[:2]).astype(int)
    last = np.ceil(vehicles[:, 2:] * grid[2:]).astype(int)
    moving: list[tuple[int, int, int, int]] = []
    for (left, top), (right, bottom) in zip(first.tolist(), last.tolist(), strict=True):
        part = changed[top:bottom, left:right]
        if not part.any() or part.mean() > MOVES_ITSELF:
            continue
        _count, _labels, stats, _centres = cv2.connectedComponentsWithStats(part.astype(np.uint8))
        # The first component is what has not changed.
        for x, y, width, height, _area in stats[1:].tolist():
            moving.append((left + x, top + y, left + x + width, top + y + height))
    return grown(np.array(moving, np.float32).reshape(-1, 4) / grid, margin, aspect)


def grown(boxes: Floats, margin: float, aspect: float) -> Floats:
    """Return boxes grown on each side, not clipped to the frame: by `margin` times the lesser of their width and height, and by
    `LEAST_MARGIN`."""
    width = (boxes[:, 2] - boxes[:, 0]) * aspect
    height = boxes[:, 3] - boxes[:, 1]
    by = margin * np.minimum(width, height) + LEAST_MARGIN
    steps = np.stack((-by / aspect, -by, by / aspect, by), axis=1)
    return np.asarray(boxes + steps, np.float32)


def wanted(found: Detections, faces: Floats, changed: Blocks, aspect: float, margin: float) -> Places:
    """Return every place that one analysed frame asks to mask.

    Args:
        found: all detections, weak ones too.
        faces: (n, 4) float32, what the face detector found.
        changed: the blocks that differ from the analysed frame before.
        aspect: the frame's width by its height.
        margin: see `grown`; faces, whose box ends at chin and forehead, get twice as much.
    """
    tall = found.boxes[:, 3] - found.boxes[:, 1] > LARGE
    people = found.boxes[(found.classes == PERSON) & ~(tall & (found.confidences < LARGE_FLOOR))]
    vehicles = found.boxes[_IS_VEHICLE[found.classes]]
    places = Places.of(heads(people, faces, aspect, margin), HEAD_CELLS)
    if len(faces):
        places = places.and_also(Places.of(grown(faces, 2 * margin, aspect), HEAD_CELLS))
    if len(vehicles):
        places = places.and_also(Places.of(at_vehicles(vehicles, changed, aspect, margin), HEAD_CELLS))
        places = places.and_also(Places.of(plates(vehicles, aspect, margin), PLATE_CELLS))
    return places


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """Masks and what is known of their movement: (n, 2) speed a second, (n,) frames since they were found."""

    places: Places
    speeds: Floats
    lost: NDArray[np.int64]


class MaskKeeper:
    """The masks of one camera over its analysed frames.

    A mask that is not found again stays for `hold_frames` analysed frames, goes on at the speed it had and grows: a head
    that the detector loses for some frames stays covered.

    Args:
        hold_frames: for how many analysed frames a mask outlives its last detection.
    """

    def __init__(self, hold_frames: int) -> None:
        self._hold_frames = hold_frames
        self._held = _Held(NOWHERE, np.zeros((0, 2), np.float32), np.zeros(0, np.int64))
        self._at = 0.0

    def update(self, places: Places, at: float) -> Places:
        """Take the places that a frame asks to mask; return all that must be masked.

        Args:
            places: of `wanted`.
            at: when the frame was captured, seconds of the epoch.
        """
        step = at - self._at
        if not 0.0 <= step <= LONGEST_STEP_S:
            step = 0.0
        self._at = at
        before = self._moved(step)
        overlap = intersection_over_union(_planes(before.places), _planes(places))
        stays = ~_found_again(overlap) & (before.lost <= self._hold_frames)
        speeds = self._speeds(places.boxes, before, overlap, step)
        self._held = _Held(
            places.and_also(before.places.where(stays)),
            np.concatenate((speeds, before.speeds[stays])),
            np.concatenate((np.zeros(len(places.boxes), np.int64), before.lost[stays])),
        )
        return self._held.places

    def _moved(self, step: float) -> _Held:
        """Return the masks of the frame before where they would be now, grown if they were lost already."""
        held = self._held
        boxes = held.places.boxes
        shift = np.tile(held.speeds * step, 2)
        growth = np.where(held.lost[:, None] > 0, GROWTH, 0.0) * (boxes[:, 2:] - boxes[:, :2]) / 2
        boxes = boxes + shift + np.concatenate((-growth, growth), axis=1)
        return _Held(Places(boxes.astype(np.float32), held.places.cells), held.speeds, held.lost + 1)

    @staticmethod
    def _speeds(boxes: Floats, before: _Held, overlap: Floats, step: float) -> Floats:
        """Return the speed of each new mask: smoothed, from the mask before that it overlaps most."""
        speeds = np.zeros((len(boxes), 2), np.float32)
        if not len(boxes) or not len(before.lost) or step <= 0:
            return speeds
        best = overlap.argmax(axis=0)
        known = overlap[best, np.arange(len(boxes))] > SAME_SPEED
        # `before` lies where its speed took it already: what is left to explain is the change of speed.
        past = before.places.boxes[best]
        miss = (boxes[:, :2] + boxes[:, 2:] - past[:, :2] - past[:, 2:]) / 2
        speeds[known] = (before.speeds[best] + SMOOTHING * miss / step)[known]
        most = FASTEST * (boxes[:, 2:] - boxes[:, :2])
        return np.clip(speeds, -most, most)


def _planes(places: Places) -> Floats:
    """Boxes of which heads overlap heads only, plates plates only."""
    return np.asarray(places.boxes + 4.0 * (places.cells[:, None] != HEAD_CELLS), np.float32)


def _found_again(overlap: Floats) -> NDArray[np.bool_]:
    """Say which masks of the frame before, (n, m) overlaps, were found: each new one stands for the one it overlaps most,
    and for what lies where it lies. A neighbour's mask that only touches a lost one does not end it."""
    found = np.zeros(overlap.shape[0], bool)
    if overlap.size:
        best = overlap.argmax(axis=0)
        found[best[overlap[best, np.arange(overlap.shape[1])] > SAME]] = True
        found |= (overlap > SAME_PLACE).any(axis=1)
    return found
