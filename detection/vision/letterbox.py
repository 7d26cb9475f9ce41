"""How a frame of any size is laid into a model's input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from detection.vision.frames import Pixels

STRIDE: Final = 32
"""Models' inputs are multiples of it."""

PADDING: Final = 114
"""Grey of what the frame does not fill, as in the models' training."""


@dataclass(frozen=True, slots=True)
class Letterbox:
    """How a frame lies in a model's input: at the top left, scaled, the rest grey.

    Attributes:
        height, width: the input's, multiples of `STRIDE`, pixels.
        inner_height, inner_width: the scaled frame's, pixels.
    """

    height: int
    width: int
    inner_height: int
    inner_width: int

    @classmethod
    def of(cls, frame_width: int, frame_height: int, size: int) -> Letterbox:
        """Fit a frame so that its longer side is `size` pixels.

        >>> Letterbox.of(768, 576, 640)
        Letterbox(height=480, width=640, inner_height=480, inner_width=640)
        """
        scale = size / max(frame_width, frame_height)
        width = max(1, round(frame_width * scale))
        height = max(1, round(frame_height * scale))
        return cls(-(-height // STRIDE) * STRIDE, -(-width // STRIDE) * STRIDE, height, width)

    def scaled(self, frame: Pixels) -> Pixels:
        """Return `frame`, (h, w, 3) uint8, as (inner_height, inner_width, 3) uint8; itself when it has that size."""
        if frame.shape[:2] == (self.inner_height, self.inner_width):
            return frame
        small = cv2.resize(frame, (self.inner_width, self.inner_height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(small, np.uint8)

    def fill(self, frame: Pixels, buffer: Pixels) -> None:
        """Write `frame`, (h, w, 3) uint8, scaled into `buffer`, (height, width, 3) uint8."""
        buffer[: self.inner_height, : self.inner_width] = self.scaled(frame)
        buffer[self.inner_height :] = PADDING
        buffer[: self.inner_height, self.inner_width :] = PADDING
