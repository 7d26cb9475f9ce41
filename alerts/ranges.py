"""Byte ranges of HTTP (RFC 9110, section 14), one range a request, which is what a video element asks for. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes `first` to `last`, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """How many bytes."""
        return self.last - self.first + 1


class Unsatisfiable(Exception):
    """The range lies outside of what there is."""


def parse(header: str, size: int) -> ByteRange | None:
    """The range that a ``Range`` header asks for of `size` bytes; ``None`` for all of it.

    What cannot be read, and several ranges at once, may be answered with everything, and are.

    >>> parse("bytes=2-", 10)
    ByteRange(first=2, last=9)
    >>> parse("bytes=-3", 10)
    ByteRange(first=7, last=9)

    Raises:
        Unsatisfiable: it begins past the end, or asks for nothing.
    """
    found = _ONE.fullmatch(header.strip())
    if found is None or found.group(0) == "bytes=-":
        return None
    first, last = found.groups()
    if not first:
        wanted = int(last)
        if wanted == 0 or size == 0:
            raise Unsatisfiable
        return ByteRange(max(0, size - wanted), size - 1)
    start, end = int(first), min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return ByteRange(start, end)
