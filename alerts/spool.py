"""A bounded spool on disk: what a watcher has accepted and not yet committed survives its death.

One file a process, of a fixed number of slots whose room is reserved when it is made, so that a disk that fills up later
does not stop an alert. The owner holds a lock on its file; the kernel lets go of it when the process dies, however it dies, and
any process that looks may then adopt what is left. Records are small JSON texts; there are never pictures in them.

    slot: b"VGS1", length (u32), CRC-32 of the record (u32), the record
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

_HEADER = struct.Struct("<4sII")
_MAGIC = b"VGS1"
SLOT_BYTES = 8192
SLOTS = 512
_SUFFIX = ".spool"


class SpoolError(Exception):
    """A record could not be put on disk: no free slot, too large, or the disk refused. The caller still holds it."""


class Spool:
    """This process's spool. Every method may be called from any thread.

    Args:
        folder: where the spools of this machine lie; made when missing.
        slots: how many records fit.

    Raises:
        SpoolError: the file cannot be made.
    """

    def __init__(self, folder: Path, slots: int = SLOTS) -> None:
        self.path = folder / f"{os.getpid()}-{uuid4().hex}{_SUFFIX}"
        self._lock = threading.Lock()
        self._free = list(range(slots - 1, -1, -1))
        self._used: dict[UUID, int] = {}
        self._dirty = False
        draft = self.path.with_suffix(".draft")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise SpoolError(f"The spool cannot be made: {error.strerror}.") from error
        try:
            # Locked before it has its name: whoever finds it by name finds it owned.
            fcntl.flock(self._file, fcntl.LOCK_EX)
            # Written, not only reserved: to use reserved room a file system may need room of its own.
            os.pwrite(self._file, bytes(slots * SLOT_BYTES), 0)
            os.fdatasync(self._file)
            draft.rename(self.path)
            _sync_folder(folder)
        except OSError as error:
            os.close(self._file)
            draft.unlink()
            raise SpoolError(f"The spool cannot be made: {error.strerror}.") from error

    def put(self, key: UUID, record: bytes) -> None:
        """Keep `record` under `key`. It survives the process at once, and a power cut after `harden`.

        Raises:
            SpoolError: it is not kept.
        """
        if len(record) > SLOT_BYTES - _HEADER.size:
            raise SpoolError(f"A record of {len(record)} bytes does not fit the spool.")
        slot_bytes = _HEADER.pack(_MAGIC, len(record), zlib.crc32(record)) + record
        with self._lock:
            if key in self._used:
                return
            if not self._free:
                raise SpoolError("The spool is full.")
            slot = self._free.pop()
            try:
                os.pwrite(self._file, slot_bytes, slot * SLOT_BYTES)
            except OSError as error:
                self._free.append(slot)
                raise SpoolError(f"The disk refused a record: {error.strerror}.") from error
            self._used[key] = slot
            self._dirty = True

    def remove(self, key: UUID) -> None:
        """Forget a record that is committed."""
        with self._lock:
            slot = self._used.pop(key, None)
            if slot is not None:
                os.pwrite(self._file, bytes(_HEADER.size), slot * SLOT_BYTES)
                self._free.append(slot)

    def harden(self) -> None:
        """Wait until the disk itself holds every record: they now survive a power cut."""
        with self._lock:
            if not self._dirty:
                return
            self._dirty = False
        os.fdatasync(self._file)

    def __len__(self) -> int:
        return len(self._used)

    def close(self) -> None:
        """Let go of the file; an empty one is removed, another is left, hardened, for whoever adopts it."""
        with self._lock:
            if not self._used:
                self.path.unlink(missing_ok=True)
            elif self._dirty:
                os.fdatasync(self._file)
            self._dirty = False
            os.close(self._file)


class Orphan:
    """A spool whose owner died: read it, commit what is in it, then `discard` it."""

    def __init__(self, path: Path, file: int) -> None:
        self.path = path
        self._file = file

    def records(self) -> list[bytes]:
        """Every whole record; a slot that was being written when the owner died is no record."""
        found: list[bytes] = []
        for slot in range(os.fstat(self._file).st_size // SLOT_BYTES):
            raw = os.pread(self._file, SLOT_BYTES, slot * SLOT_BYTES)
            magic, length, checksum = _HEADER.unpack_from(raw)
            record = raw[_HEADER.size : _HEADER.size + length]
            if magic == _MAGIC and len(record) == length and zlib.crc32(record) == checksum:
                found.append(record)
        return found

    def discard(self) -> None:
        """Remove the file: all of it is committed."""
        self.path.unlink(missing_ok=True)


def orphans(folder: Path) -> Iterator[Orphan]:
    """The spools in `folder` that nobody owns any more. Each is locked while it is looked at."""
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        try:
            file = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            continue
        try:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield Orphan(path, file)
        finally:
            os.close(file)


def set_aside(folder: Path, record: bytes) -> None:
    """Keep a record that cannot be committed in ``rejected/``, for a person to look at.

    Raises:
        OSError: the disk refuses.
    """
    rejected = folder / "rejected"
    rejected.mkdir(exist_ok=True)
    (rejected / f"{uuid4().hex}.json").write_bytes(record)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
