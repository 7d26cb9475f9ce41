"""The two kinds of picture: `RawFrame`, which stays here, and `PublicFrame`, which may be shown.

They are unrelated types, so mypy refuses one in the place of the other. Only `detection.sources` and `detection.vision` may
touch a raw frame's pixels, and only `detection.vision.anonymise` makes a public frame: `tests/detection/test_borders.py`
reads the syntax trees.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class RawFrame:
    """A picture as the camera gave it.

    Attributes:
        pixels: (height, width, 3) uint8, BGR. Never shown, sent, stored, logged or pickled.
        captured_at: when it was captured, seconds of the epoch: the stream's timestamps mapped to the wall clock.
        number: counts the source's frames, gaps are dropped frames.
    """

    pixels: Pixels = field(repr=False)
    captured_at: float
    number: int

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]

    def __reduce__(self) -> NoReturn:
        raise TypeError("A raw frame never leaves its process.")


@dataclass(frozen=True, slots=True, eq=False)
class PublicFrame:
    """A picture in which nobody is recognisable. Made by `detection.vision.anonymise` only.

    Attributes:
        pixels: (height, width, 3) uint8, BGR, blurred, read-only.
        captured_at: seconds of the epoch, as the raw frame's.
        number: the raw frame's number.
        pixelated_whole: true when the frame was not covered and everything in it was made coarse.
        share_altered: share of pixels that differ in kind from the raw frame, 0 to 1.
    """

    pixels: Pixels = field(repr=False)
    captured_at: float
    number: int
    pixelated_whole: bool = False
    share_altered: float = 0.0

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]

    def __reduce__(self) -> NoReturn:
        raise TypeError("A public frame travels encoded, not pickled.")
