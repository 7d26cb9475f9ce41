"""The heads of the seal chains, outside the database: who cuts a chain's end off is told by them.

One file an organisation, only ever appended to and synced to the disk. Each head also goes to the log, which an installation that
takes its journal seriously collects elsewhere.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedRandom
from pathlib import Path
from uuid import UUID

import structlog

from soc.config import config
from soc.journal.models import Seal

log = structlog.get_logger()
_TAIL = 4096


@dataclass(frozen=True, slots=True)
class Head:
    """A seal as it was exported."""

    number: int
    digest: str


def path(organisation: UUID) -> Path:
    """The file of an organisation's heads on this machine."""
    return config().var / "journal" / f"{organisation}.heads"


def export(organisation: UUID) -> int:
    """Append every head that the file lacks; how many that were.

    Raises:
        OSError: when the disk takes it not.
    """
    file = path(organisation)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+b") as heads:
        fcntl.flock(heads, fcntl.LOCK_EX)
        last, torn = _last(heads)
        missing = Seal.objects.filter(organisation=organisation, number__gt=last).order_by("number")
        lines = [
            json.dumps({"number": seal.number, "digest": seal.digest, "sealed_at": seal.sealed_at.isoformat()})
            for seal in missing.defer("entry_ids", "entry_digests").iterator()
        ]
        if lines:
            heads.write((("\n" if torn else "") + "\n".join(lines) + "\n").encode())
            heads.flush()
            os.fsync(heads.fileno())
            log.info("journal.sealed", organisation=str(organisation), head=lines[-1])
    return len(lines)


def exported(organisation: UUID) -> Iterator[Head]:
    """The heads in this machine's file, in the order of export."""
    try:
        lines = path(organisation).read_bytes().splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        if head := _parse(line):
            yield head


def _last(heads: BufferedRandom) -> tuple[int, bool]:
    """The last number in the file (0 when there is none), and whether a crash tore the last line."""
    size = heads.seek(0, os.SEEK_END)
    heads.seek(max(0, size - _TAIL))
    tail = heads.read()
    whole = [head.number for line in tail.splitlines() if (head := _parse(line))]
    heads.seek(0, os.SEEK_END)
    return max(whole, default=0), bool(tail) and not tail.endswith(b"\n")


def _parse(line: bytes) -> Head | None:
    """A line's head; ``None`` for a line that a crash tore: its head was exported again after it."""
    try:
        entry = json.loads(line)
        return Head(int(entry["number"]), str(entry["digest"]))
    except (ValueError, KeyError, TypeError):
        return None
