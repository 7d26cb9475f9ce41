"""MJPEG over HTTP taken apart: multipart bodies into JPEG pictures, with every length bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from detection.reasons import Reason
from detection.sources.source import check_size
from detection.sources.spec import SourceFault

LONGEST_PART = 16 * 1_048_576
LONGEST_HEAD = 16_384
_START, _END = b"\xff\xd8", b"\xff\xd9"
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

Read = Callable[[int], bytes]


def parts(read: Read, boundary: bytes) -> Iterator[bytes]:
    """The bodies of a multipart stream, in order.

    Args:
        read: gives at most so many bytes, none at the end.
        boundary: without the leading dashes.

    Raises:
        SourceFault: CORRUPT when a part is longer than `LONGEST_PART` or no boundary comes for as long.
    """
    marker = b"--" + boundary
    held = bytearray()

    def more() -> bool:
        data = read(65536)
        held.extend(data)
        return bool(data)

    while True:
        start = _until(held, marker, more, LONGEST_PART)
        if start is None:
            return
        del held[: start + len(marker)]
        end = _until(held, b"\n\r\n", more, LONGEST_HEAD, b"\n\n")
        if end is None:
            return
        length = _content_length(bytes(held[:end]))
        del held[: held.find(b"\n", end + 1) + 1]
        if length is not None:
            if length > LONGEST_PART:
                raise SourceFault(Reason.CORRUPT)
            while len(held) < length:
                if not more():
                    return
            yield bytes(held[:length])
            del held[:length]
        else:
            stop = _until(held, marker, more, LONGEST_PART)
            if stop is None:
                return
            yield bytes(held[:stop]).rstrip(b"\r\n")


def _until(held: bytearray, mark: bytes, more: Callable[[], bool], longest: int, other: bytes = b"") -> int | None:
    """Where `mark` (or `other`) begins in `held`, reading on until it does; ``None`` at the end of the stream."""
    searched = 0
    while True:
        found = [at for at in (held.find(sign, searched) for sign in (mark, other) if sign) if at >= 0]
        if found:
            return min(found)
        if len(held) > longest:
            raise SourceFault(Reason.CORRUPT)
        searched = max(0, len(held) - len(mark))
        if not more():
            return None


def _content_length(head: bytes) -> int | None:
    for line in head.split(b"\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return int(value)
    return None


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """(width, height) from a JPEG's header, or ``None`` when it has none.

    >>> jpeg_size(b"no picture") is None
    True
    """
    if not data.startswith(_START):
        return None
    at = 2
    while at + 9 < len(data):
        if data[at] != 0xFF:
            return None
        kind = data[at + 1]
        if kind in _FRAME_HEADERS:
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        at += 2 if kind in (0x01, 0xFF) or 0xD0 <= kind <= 0xD7 else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def is_whole_picture(data: bytes) -> bool:
    """Whether `data` is a JPEG that is not cut short; its size is checked before anything decodes it.

    Raises:
        SourceFault: BAD_SIZE.
    """
    size = jpeg_size(data)
    if size is None or data.rfind(_END) < 0:
        return False
    check_size(*size)
    return True
