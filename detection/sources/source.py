"""What every kind of source gives: pictures that are decoded, and turned into a `RawFrame` only if somebody takes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import av
import numpy as np

from detection.reasons import Reason
from detection.sources.spec import SourceFault
from detection.vision.frames import RawFrame

MIN_SIDE = 64
MAX_SIDE = 7680


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One decoded picture, still in the camera's colour space.

    Attributes:
        frame: what the decoder gave.
        captured_at: seconds of the epoch.
        number: counts the source's pictures from 0.
    """

    frame: av.VideoFrame = field(repr=False)
    captured_at: float
    number: int

    def raw(self) -> RawFrame:
        """Convert it to BGR. An odd last row or column is cut off: 4:2:0 encoders downstream cannot write it.

        Raises:
            SourceFault: CORRUPT when the colours cannot be converted.
        """
        try:
            pixels = self.frame.to_ndarray(format="bgr24")
        except (av.FFmpegError, ValueError):
            pixels = None
        if pixels is None:
            raise SourceFault(Reason.CORRUPT)
        height, width = pixels.shape[0] & ~1, pixels.shape[1] & ~1
        even = np.ascontiguousarray(pixels[:height, :width], dtype=np.uint8)
        return RawFrame(pixels=even, captured_at=self.captured_at, number=self.number)


class Source(Protocol):
    """An open source. `frames` and `pictures` are read by one thread; `close` may be called by any."""

    def pictures(self) -> Iterator[Picture]:
        """All pictures as they come, until `close` is called.

        Raises:
            SourceFault: when there are no more; ENDED when the other side closed.
        """

    def frames(self) -> Iterator[RawFrame]:
        """`pictures`, each converted."""

    def close(self) -> None:
        """End `pictures` soon and release everything. May be called twice, and from another thread."""


def check_size(width: int, height: int) -> None:
    """Refuse a picture that is too small to see in or too large to hold.

    Raises:
        SourceFault: BAD_SIZE.
    """
    if not (MIN_SIDE <= width <= MAX_SIDE and MIN_SIDE <= height <= MAX_SIDE):
        raise SourceFault(Reason.BAD_SIZE, {"width": str(width), "height": str(height)})
