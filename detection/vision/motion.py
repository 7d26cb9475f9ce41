"""The motion gate: which blocks of the picture have changed since the last frame on which detection ran.

It compares with that frame and not with the one before, so that what moves slowly adds up until it is seen.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.vision.frames import Pixels

WIDTH: Final = 320
"""Width of the grey picture in which changes are looked for, at most, pixels."""

BLOCK: Final = 8
"""Side of a block, pixels of the grey picture."""

PIXELS_CHANGED: Final = 2
"""Pixels of a block that must have changed: one alone is the sensor's noise."""

_SHARE_CHANGED: Final = PIXELS_CHANGED * 255 // BLOCK**2

Blocks = NDArray[np.bool_]
"""(rows, columns) bool: one value a block of the picture."""


class MotionGate:
    """Remembers the last analysed frame of one camera.

    Args:
        threshold: grey levels by which a pixel must differ, 4 to 40.
    """

    def __init__(self, threshold: int) -> None:
        self._threshold = threshold
        self._reference: Pixels | None = None
        self._seen: Pixels | None = None

    def look(self, frame: Pixels) -> Blocks:
        """Return the blocks of `frame`, (h, w, 3) uint8, that differ from the reference; all when there is none."""
        grey = _small_grey(frame)
        self._seen = grey
        rows, columns = grey.shape[0] // BLOCK, grey.shape[1] // BLOCK
        if self._reference is None or self._reference.shape != grey.shape:
            return np.ones((rows, columns), bool)
        difference = cv2.absdiff(grey, self._reference)
        _, changed = cv2.threshold(difference, self._threshold, 255, cv2.THRESH_BINARY)
        shares = cv2.resize(changed, (columns, rows), interpolation=cv2.INTER_AREA)
        return np.asarray(shares >= _SHARE_CHANGED)

    def keep(self) -> None:
        """Make the frame looked at last the reference: detection runs on it."""
        self._reference = self._seen

    def forget(self) -> None:
        """Have no reference: everything has changed."""
        self._reference = None


def _small_grey(frame: Pixels) -> Pixels:
    """Return the frame as a smoothed grey picture whose sides are multiples of `BLOCK`."""
    height, width = frame.shape[:2]
    columns = max(1, min(WIDTH, width) // BLOCK)
    rows = max(1, min(4 * WIDTH, round(columns * BLOCK * height / width)) // BLOCK)
    small = cv2.resize(frame, (columns * BLOCK, rows * BLOCK), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.blur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (3, 3)), np.uint8)


def covered_blocks(rectangles: NDArray[np.float32], shape: tuple[int, int]) -> Blocks:
    """Return the blocks that lie wholly within one of the rectangles.

    Args:
        rectangles: (n, 4) float32, left, top, right, bottom, normalised.
        shape: (rows, columns) of the grid.
    """
    rows, columns = shape
    covered = np.zeros(shape, bool)
    scaled = rectangles * np.array((columns, rows, columns, rows), np.float32)
    first = np.ceil(scaled[:, :2]).astype(int)
    last = np.floor(scaled[:, 2:]).astype(int)
    for (left, top), (right, bottom) in zip(first.tolist(), last.tolist(), strict=True):
        covered[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = True
    return covered
