"""The only place where a raw frame becomes a public one. There is no way through it that shows what lies under a mask.

Masked places are replaced by a mosaic of few cells: each cell is the mean of its pixels, so what was inside cannot be
computed back. The cells lie on a grid that does not move with the mask, so a still head has a still mosaic. Neighbouring
cells are made a little lighter and darker in turn: a mask is seen to be one on a plain wall too, and no pixel stays as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.vision.frames import Pixels, PublicFrame, RawFrame
from detection.vision.geometry import Polygon
from detection.vision.masks import Places

SMALLEST_CELL: Final = 8
CELLS_WHOLE: Final = 12
"""Cells along the longer side of a frame that is pixelated whole."""

_CELL_SIZES: Final = np.array(
    (8, 12, 16, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256, 320, 384, 512, 640, 768, 1024, 1280, 1536, 2048)
)
"""Sides of cells: few, so that a mask that grows a little keeps its grid; multiples of 4, the unit in which area is counted."""

_UNIT: Final = 4

_CONTRAST: Final = 8
"""Grey levels by which cells are made lighter and darker in turn."""

_MOST_CELLS: Final = 64
_CHECKS: Final = np.where(
    np.indices((_MOST_CELLS, _MOST_CELLS)).sum(axis=0)[..., None] % 2, _CONTRAST, -_CONTRAST
).astype(np.int16)


def blacked_out(raw: RawFrame, private: Sequence[Polygon]) -> Pixels:
    """Return a copy of a raw frame's pixels in which private areas are black: all that anything else ever reads.

    Returns:
        (height, width, 3) uint8, BGR, contiguous; the raw frame is left as it was.
    """
    pixels = raw.pixels
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
        raise ValueError("A frame is (height, width, 3) uint8 and not empty.")
    if not private:
        return np.array(pixels, order="C")
    copy = np.array(pixels, order="C")
    _fill(copy, private, (0, 0, 0))
    # `fillPoly` includes its border; a wider line on it leaves nothing to rounding.
    for outline in _outlines(copy, private):
        cv2.polylines(copy, [outline], isClosed=True, color=(0, 0, 0), thickness=3)
    return copy


def _outlines(canvas: Pixels, polygons: Sequence[Polygon]) -> list[NDArray[np.int32]]:
    height, width = canvas.shape[:2]
    return [
        np.round([(point.x * width, point.y * height) for point in polygon.points]).astype(np.int32)
        for polygon in polygons
    ]


def _fill(canvas: Pixels, polygons: Sequence[Polygon], colour: tuple[int, int, int]) -> None:
    for outline in _outlines(canvas, polygons):
        cv2.fillPoly(canvas, [outline], colour)


def public_frame(pixels: Pixels, masks: Places, raw: RawFrame, private: Sequence[Polygon]) -> PublicFrame:
    """Return the public frame of a covered frame.

    Args:
        pixels: what `blacked_out` gave; taken over and changed.
        masks: everything that must be masked in this frame.
        raw: whose number and time it takes.
        private: the areas that are black in `pixels`, for the share.
    """
    height, width = pixels.shape[:2]
    altered = np.zeros((-(-height // _UNIT), -(-width // _UNIT)), np.uint8)
    if private:
        _fill(altered[:, :, None], private, (1, 1, 1))
    places = _snapped(masks, width, height)
    # All means are taken before the first is written: masks that overlap must not depend on their order.
    means = [_cells(pixels, place) for place in places]
    for (left, top, right, bottom, _cell), few in zip(places, means, strict=True):
        _spread(few, pixels[top:bottom, left:right])
        altered[top // _UNIT : -(-bottom // _UNIT), left // _UNIT : -(-right // _UNIT)] = 1
    return _sealed(pixels, raw, share=float(altered.mean()), whole=False)


def pixelated_whole(pixels: Pixels, raw: RawFrame) -> PublicFrame:
    """Return the public frame of a frame that is not covered: nothing of it but a few large cells."""
    height, width = pixels.shape[:2]
    cell = max(SMALLEST_CELL, -(-max(height, width) // CELLS_WHOLE))
    _spread(_cells(pixels, (0, 0, width, height, cell)), pixels)
    return _sealed(pixels, raw, share=1.0, whole=True)


def _sealed(pixels: Pixels, raw: RawFrame, *, share: float, whole: bool) -> PublicFrame:
    pixels.setflags(write=False)
    return PublicFrame(pixels, raw.captured_at, raw.number, pixelated_whole=whole, share_altered=share)


_Place = tuple[int, int, int, int, int]
"""Left, top, right, bottom and the cells' side, pixels."""


def _snapped(masks: Places, width: int, height: int) -> list[_Place]:
    """Return masks in pixels, grown to the cells' grid, the coarsest last."""
    if not len(masks.boxes):
        return []
    if not np.isfinite(masks.boxes).all():
        raise ValueError("A mask's place is not a number.")
    frame = np.array((width, height, width, height), np.float64)
    boxes = np.clip(masks.boxes, -1.0, 2.0) * frame
    side = np.sqrt(np.maximum(boxes[:, 2] - boxes[:, 0], 1.0) * np.maximum(boxes[:, 3] - boxes[:, 1], 1.0))
    cells = _CELL_SIZES[np.minimum(np.searchsorted(_CELL_SIZES, side / masks.cells), len(_CELL_SIZES) - 1)]
    first = np.floor(boxes[:, :2] / cells[:, None]) * cells[:, None]
    last = np.ceil(boxes[:, 2:] / cells[:, None]) * cells[:, None]
    snapped = np.clip(np.concatenate((first, last), axis=1), 0, frame).astype(int)
    seen = (snapped[:, 2] > snapped[:, 0]) & (snapped[:, 3] > snapped[:, 1])
    table = np.column_stack((snapped, cells))[seen]
    return [
        (left, top, right, bottom, cell) for left, top, right, bottom, cell in table[np.argsort(table[:, 4])].tolist()
    ]


def _cells(pixels: Pixels, place: _Place) -> Pixels:
    """Return the cells of a place of `pixels`, (h, w, 3) uint8, as (rows, columns, 3) uint8."""
    left, top, right, bottom, cell = place
    few = (-(-(right - left) // cell), -(-(bottom - top) // cell))
    means = cv2.resize(pixels[top:bottom, left:right], few, interpolation=cv2.INTER_AREA).astype(np.int16)
    parity = (left // cell + top // cell) % 2
    checks = _CHECKS[parity : parity + means.shape[0], : means.shape[1]]
    # Where there is no lighter or darker, the other way.
    means += np.where(means > 255 - _CONTRAST, -_CONTRAST, np.where(means < _CONTRAST, _CONTRAST, checks))
    return means.astype(np.uint8)


def _spread(means: Pixels, target: Pixels) -> None:
    """Fill `target`, (h, w, 3) uint8, with as many even cells as there are `means`."""
    height, width = target.shape[:2]
    target[:] = cv2.resize(means, (width, height), interpolation=cv2.INTER_NEAREST)
