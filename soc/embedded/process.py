"""Starts a program so that it cannot outlive whoever started it, and dumps no core."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Account:
    """A system account that a program runs as when we are root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Program:
    """A program that is kept running.

    `stop_signal` asks it to end; `death_signal` is what the kernel sends it when its supervisor dies without a word.
    """

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    stop_grace_s: float = 15.0


def forbid_core_dumps() -> None:
    """A core file would hold raw pictures: none is written by this process and its children (promise 1)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def raise_open_files() -> None:
    """Allow as many open files as the system lets us: every browser's socket is one."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # A system that sets no bound refuses "unlimited" for this limit.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536) if hard > 0 else 65_536, hard))


def tied_to_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """Return what a child runs before its program: it gets `death_signal` when the thread that started it ends.

    Linux only; elsewhere a child notices at its next write. Start children from a thread that lives as long as they
    should: the main one.
    """
    parent = os.getpid()

    def in_child() -> None:
        forbid_core_dumps()
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:  # it died before we were tied to it
                os._exit(1)

    return in_child
