"""The last few sounds in this process's memory: a thousand who ask for the same one at once are given what one of them made."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Final
from uuid import UUID

from crisis.activations.sound import Sound
from soc.refusals import Refusal

Key = tuple[UUID, str]
"""Of which instruction, in which language."""

MOST_BYTES: Final = 16 * 1024 * 1024
"""Eight of the longest recordings and more: the few instructions of the moment, each in the languages of who is there."""
MOST: Final = 64
KEPT_S: Final = 300.0
"""A crowd comes within seconds. Later it is read anew: what was erased meanwhile, and what was spoken because its recording
could not be read, is not told for long."""
REFUSED_S: Final = 5.0
"""What could not be spoken is tried again after this, and not by each of the thousand."""


@dataclass(frozen=True, slots=True)
class _Kept:
    answer: Sound | Refusal
    until: float
    size: int


class SoundMemory:
    """Sounds by what they are of; the one asked for longest ago goes first.

    Args:
        most_bytes: of all sounds together; one that is larger is given to who asks and not kept.
        now: seconds that only grow.
    """

    def __init__(self, most_bytes: int = MOST_BYTES, now: Callable[[], float] = time.monotonic) -> None:
        self._most_bytes = most_bytes
        self._now = now
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()
        self._making = tuple(Lock() for _ in range(16))

    def sound(self, key: Key, make: Callable[[], Sound]) -> Sound | Refusal:
        """The sound, or why there is none: made by one while the others who ask for it wait.

        Args:
            key: which.
            make: makes it; what it raises but for a refusal is raised to who asked, and the next one tries.
        """
        if (found := self._found(key)) is not None:
            return found
        with self._making[hash(key) % len(self._making)]:
            if (found := self._found(key)) is not None:
                return found
            made = _made(make)
            self._keep(key, made)
            return made

    @property
    def size(self) -> int:
        """How many bytes are kept."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._kept)

    def _found(self, key: Key) -> Sound | Refusal | None:
        with self._lock:
            self._forget()
            kept = self._kept.get(key)
            if kept is None:
                return None
            self._kept.move_to_end(key)
            return kept.answer

    def _keep(self, key: Key, answer: Sound | Refusal) -> None:
        size, lasts = (len(answer.data), KEPT_S) if isinstance(answer, Sound) else (0, REFUSED_S)
        if size > self._most_bytes:
            return
        with self._lock:
            self._drop(key)
            self._kept[key] = _Kept(answer, self._now() + lasts, size)
            self._bytes += size
            while self._bytes > self._most_bytes or len(self._kept) > MOST:
                self._drop(next(iter(self._kept)))

    def _forget(self) -> None:
        now = self._now()
        for key in [key for key, kept in self._kept.items() if kept.until <= now]:
            self._drop(key)

    def _drop(self, key: Key) -> None:
        if (kept := self._kept.pop(key, None)) is not None:
            self._bytes -= kept.size


def _made(make: Callable[[], Sound]) -> Sound | Refusal:
    try:
        return make()
    except Refusal as refused:
        return refused.with_traceback(None)  # which would keep all that was at hand while it was made
