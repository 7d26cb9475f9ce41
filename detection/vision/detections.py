"""Boxes that a model found in one frame, as arrays, and how YOLO's output becomes them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """What was found in one frame.

    Attributes:
        boxes: (n, 4) float32, left, top, right, bottom, normalised to the frame, within 0..1.
        confidences: (n,) float32, 0..1, descending.
        classes: (n,) int64, indices of `labels.LABELS`.
    """

    boxes: Floats
    confidences: Floats
    classes: Indices

    def __len__(self) -> int:
        return len(self.boxes)

    def where(self, mask: NDArray[np.bool_]) -> Detections:
        """Return those for which `mask`, (n,) bool, is true."""
        return Detections(self.boxes[mask], self.confidences[mask], self.classes[mask])


NOTHING = Detections(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64))


def decode(output: Floats, scale_x: float, scale_y: float, floors: Floats, overlap: float, most: int) -> Detections:
    """Turn YOLOv8's output into detections: threshold, non-maximum suppression within each class.

    Args:
        output: (4 + classes, anchors) float32: centre x, centre y, width, height in input pixels, then the class scores.
        scale_x: normalised width of one input pixel.
        scale_y: normalised height of one input pixel.
        floors: (classes,) float32, the lowest confidence taken, per class.
        overlap: intersection over union above which the weaker of two boxes of a class goes.
        most: how many are kept at most, the strongest.
    """
    scores = output[4:]
    candidates = np.flatnonzero(scores.max(axis=0) > floors.min())
    if not len(candidates):
        return NOTHING
    chosen = scores[:, candidates]
    classes = chosen.argmax(axis=0)
    confidences = chosen[classes, np.arange(len(candidates))]
    taken = np.flatnonzero(confidences >= floors[classes])
    order = taken[np.argsort(-confidences[taken], kind="stable")[: 4 * most]]
    if not len(order):
        return NOTHING
    x, y, width, height = output[:4, candidates[order]]
    boxes = np.stack((x - width / 2, y - height / 2, x + width / 2, y + height / 2), axis=1)
    boxes *= np.array((scale_x, scale_y, scale_x, scale_y), np.float32)
    np.clip(boxes, 0.0, 1.0, out=boxes)
    classes = classes[order]
    keep = suppress(boxes + 2.0 * classes[:, None].astype(np.float32), overlap)[:most]
    return Detections(boxes[keep], confidences[order][keep], classes[keep])


def suppress(boxes: Floats, overlap: float) -> Indices:
    """Return the indices that survive non-maximum suppression.

    Args:
        boxes: (n, 4) float32, strongest first. Offset boxes of different classes to keep them apart.
        overlap: intersection over union above which the weaker goes.
    """
    clash = np.triu(intersection_over_union(boxes, boxes) > overlap, 1)
    gone = np.zeros(len(boxes), bool)
    for index in np.flatnonzero(clash.any(axis=1)):
        if not gone[index]:
            gone |= clash[index]
    return np.flatnonzero(~gone)


def intersection_over_union(first: Floats, second: Floats) -> Floats:
    """Return the (n, m) float32 overlaps of two sets of boxes, (n, 4) and (m, 4).

    >>> box = np.array([[0, 0, 1, 1]], np.float32)
    >>> float(intersection_over_union(box, box)[0, 0])
    1.0
    """
    corner = np.maximum(first[:, None, :2], second[None, :, :2])
    sides = np.minimum(first[:, None, 2:], second[None, :, 2:]) - corner
    np.maximum(sides, 0.0, out=sides)
    shared = sides[..., 0] * sides[..., 1]
    whole = area(first)[:, None] + area(second)[None] - shared
    return np.asarray(shared / np.maximum(whole, 1e-12), np.float32)


def area(boxes: Floats) -> Floats:
    """Return the (n,) areas of (n, 4) boxes."""
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), np.float32)
