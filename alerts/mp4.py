"""Reads from a clip when each of its frames is shown and when the first was captured. Only the index is read, no picture.

`detection.vision.encoders.write_mp4` writes the capture time as the file's comment; everything else is ISO 14496-12.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_MOST_FRAMES = 20_000
_NO_TIME = 2.0**35  # a thousand years on: another program's comment


@dataclass(frozen=True, slots=True)
class ClipTimes:
    """When a clip's frames are shown, in ms from its start, and the epoch seconds of the first frame's capture."""

    frames: list[int]
    began_at: float | None


def clip_times(data: bytes) -> ClipTimes | None:
    """The times of an MP4 with one video track, or ``None`` when its index cannot be read."""
    try:
        index = _child(memoryview(data), b"moov")
        media = _child(_child(index, b"trak"), b"mdia")
        scale = _timescale(_child(media, b"mdhd"))
        deltas = _child(_child(_child(media, b"minf"), b"stbl"), b"stts")
        return ClipTimes(_frames(deltas, scale), _began_at(index))
    except (LookupError, ValueError, struct.error):
        return None


def _boxes(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, at + 8)
            head = 16
        elif size == 0:
            size = len(data) - at
        if size < head:
            raise ValueError("A box is smaller than its head.")
        yield kind, data[at + head : at + size]
        at += size


def _child(data: memoryview, wanted: bytes) -> memoryview:
    for kind, body in _boxes(data):
        if kind == wanted:
            return body
    raise LookupError(wanted)


def _timescale(header: memoryview) -> int:
    (scale,) = struct.unpack_from(">I", header, 20 if header[0] == 1 else 12)
    if not scale:
        raise ValueError("No time scale.")
    return int(scale)


def _frames(table: memoryview, scale: int) -> list[int]:
    (runs,) = struct.unpack_from(">I", table, 4)
    shown: list[int] = []
    at = 0
    for run in range(runs):
        count, delta = struct.unpack_from(">II", table, 8 + 8 * run)
        if len(shown) + count > _MOST_FRAMES:
            raise ValueError("More frames than a clip has.")
        for _frame in range(count):
            shown.append(round(at * 1000 / scale))
            at += delta
    return shown


def _began_at(index: memoryview) -> float | None:
    try:
        meta = _child(_child(index, b"udta"), b"meta")
        items = _child(meta[4:], b"ilst")
        text = _child(_child(items, b"\xa9cmt"), b"data")
        began_at = float(bytes(text[8:]).decode("ascii"))
    except (LookupError, ValueError, UnicodeDecodeError):
        return None
    return began_at if 0 < began_at < _NO_TIME else None
