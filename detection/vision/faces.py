"""Faces whose body is not seen: close, cut off, behind glass. CenterFace, on the whole analysed frame.

The heads of people whose body is seen are masked without it (`masks`), so it may run small: a face that is too small for it
belongs to a body that the detector sees.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detection.vision.detections import Floats, suppress
from detection.vision.frames import Pixels
from detection.vision.letterbox import Letterbox
from detection.vision.network import Network, Run

OUTPUTS: Final = ("537", "538", "539", "540")
"""CenterFace's outputs: heat map, scales, offsets, face points."""

SIZE: Final = 256
"""Longer side of the frame that the face detector sees, pixels."""

FLOOR: Final = 0.3
"""Lowest confidence of a face that is masked."""

OVERLAP: Final = 0.4
CELL: Final = 4
"""Input pixels a cell of the heat map, each way."""


class FaceJob:
    """A frame under way through the face detector."""

    def __init__(self, run: Run, letterbox: Letterbox) -> None:
        self._run = run
        self._letterbox = letterbox

    def faces(self) -> Floats:
        """Wait and return the faces' boxes, (n, 4) float32 normalised, once; gives the model's buffers back.

        Raises:
            ModelUnusable: the model failed on this frame.
        """
        try:
            heat, scales, offsets, _points = self._run.wait()
            return decode(heat[0], scales, offsets, self._letterbox)
        finally:
            self._run.release()

    def abandon(self) -> None:
        """Give the buffers back without a result."""
        self._run.release()


class FaceFinder:
    """CenterFace, shared by all cameras of a process. Thread-safe."""

    def __init__(self, network: Network, size: int = SIZE) -> None:
        self._network = network
        self._size = size

    def submit(self, frame: Pixels) -> FaceJob:
        """Start a frame, (h, w, 3) uint8 BGR; returns at once unless too many are under way.

        Raises:
            ModelUnusable: the model cannot run frames of this size.
        """
        letterbox = Letterbox.of(frame.shape[1], frame.shape[0], self._size)
        run = self._network.submit(letterbox.height, letterbox.width, lambda buffer: letterbox.fill(frame, buffer))
        return FaceJob(run, letterbox)


def decode(heat: Floats, scales: Floats, offsets: Floats, letterbox: Letterbox) -> Floats:
    """Turn CenterFace's maps into boxes.

    Args:
        heat: (rows, columns) float32, confidence that a face's centre is in a cell.
        scales: (2, rows, columns) float32, logarithms of height and width in cells.
        offsets: (2, rows, columns) float32, the centre within the cell, y then x.
        letterbox: how the frame lay in the input.
    """
    rows, columns = np.nonzero(heat > FLOOR)
    if not len(rows):
        return np.zeros((0, 4), np.float32)
    order = np.argsort(-heat[rows, columns], kind="stable")
    rows, columns = rows[order], columns[order]
    half_height = np.exp(scales[0, rows, columns]) * CELL / 2
    half_width = np.exp(scales[1, rows, columns]) * CELL / 2
    y = (rows + offsets[0, rows, columns] + 0.5) * CELL
    x = (columns + offsets[1, rows, columns] + 0.5) * CELL
    boxes: NDArray[np.float32] = np.stack((x - half_width, y - half_height, x + half_width, y + half_height), 1).astype(
        np.float32
    )
    boxes /= np.array((letterbox.inner_width, letterbox.inner_height) * 2, np.float32)
    np.clip(boxes, 0.0, 1.0, out=boxes)
    return boxes[suppress(boxes, OVERLAP)]
