"""Public frames for tests, made as the product makes them: a raw frame through `anonymise`."""

from __future__ import annotations

import numpy as np

from detection.vision import anonymise
from detection.vision.frames import PublicFrame, RawFrame
from detection.vision.masks import NOWHERE


def noise(number: int, captured_at: float, size: tuple[int, int] = (640, 360)) -> PublicFrame:
    """A picture that cannot be compressed well: coarse noise, new in each frame."""
    width, height = size
    cells = np.random.default_rng(number).integers(0, 255, (height // 4, width // 4, 3), np.uint8)
    raw = RawFrame(cells.repeat(4, axis=0).repeat(4, axis=1), captured_at, number)
    return anonymise.public_frame(anonymise.blacked_out(raw, ()), NOWHERE, raw, ())


def public(number: int, captured_at: float, size: tuple[int, int] = (320, 180)) -> PublicFrame:
    """A picture that says its number: a bright bar whose left edge moves by 8 pixels a frame, over a soft pattern."""
    width, height = size
    rows, columns = np.mgrid[0:height, 0:width]
    pixels = np.stack([(columns // 3) % 120, (rows // 2) % 120, np.full_like(rows, 60)], axis=2).astype(np.uint8)
    left = (number * 8) % width
    pixels[:, left : left + 8] = 255
    raw = RawFrame(pixels, captured_at, number)
    return anonymise.public_frame(anonymise.blacked_out(raw, ()), NOWHERE, raw, ())
