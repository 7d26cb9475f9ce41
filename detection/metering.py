"""What each camera of a watcher costs: the process's processor time, shared out by the time that each camera's frames took.

Decoding, the models and the masks run in threads that all cameras share, so no clock counts one camera's work alone. What is
measured is the whole; a camera's share of it is its share of the time that frames were under way. The shares add up to the whole.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

SETTLES_IN_S = 20.0
"""Figures follow a change within about this time."""

MEASURED_AFTER_S = 10.0
"""A camera's first seconds load models and open streams: no figure of it is told before."""

_CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def usable_cores() -> float:
    """How many processor cores this process may use: those it may run on, and no more than its container's quota."""
    cores = float(len(os.sched_getaffinity(0)))
    try:
        quota, period = _CPU_QUOTA.read_text().split()
    except (OSError, ValueError):
        return cores
    return cores if quota == "max" else min(cores, int(quota) / int(period))


@dataclass(slots=True)
class _Counted:
    busy_s: float
    since: float
    cores: float = 0.0


class Meter:
    """Reads one process's processor time now and then, and says what each camera used of it lately, in cores."""

    def __init__(self) -> None:
        self._cameras: dict[UUID, _Counted] = {}
        self._cpu_s: float | None = None
        self._at = 0.0
        self._load = 0.0

    @property
    def load(self) -> float:
        """Cores that the whole process used lately."""
        return self._load

    def read(self, busy_s: Mapping[UUID, float], *, cpu_s: float, at: float) -> None:
        """Take a reading.

        Args:
            busy_s: of each camera that is watched now, seconds for which its frames were under way since its watch began.
            cpu_s: the process's processor time so far, seconds.
            at: a monotonic clock's time.
        """
        earlier, self._cpu_s = self._cpu_s, cpu_s
        passed, self._at = at - self._at, at
        if earlier is not None and passed > 0:
            self._share((cpu_s - earlier) / passed, busy_s, passed)
        for camera, seconds in busy_s.items():
            known = self._cameras.setdefault(camera, _Counted(seconds, at))
            if seconds < known.busy_s:  # a watch that began anew
                self._cameras[camera] = _Counted(seconds, at)
            known.busy_s = seconds
        for camera in self._cameras.keys() - busy_s.keys():
            del self._cameras[camera]

    def cores(self, camera: UUID) -> float | None:
        """Cores that a camera used lately; ``None`` before that is known."""
        known = self._cameras.get(camera)
        return None if known is None or self._at - known.since < MEASURED_AFTER_S else known.cores

    def _share(self, used: float, busy_s: Mapping[UUID, float], passed: float) -> None:
        weight = 1 - math.exp(-passed / SETTLES_IN_S)
        self._load += weight * (used - self._load)
        worked = {
            camera: max(0.0, busy_s[camera] - known.busy_s)
            for camera, known in self._cameras.items()
            if camera in busy_s
        }
        total = sum(worked.values())
        for camera, seconds in worked.items():
            known = self._cameras[camera]
            share = used * seconds / total if total > 0 else 0.0
            # The first readings count in full, so that the figure does not climb from nothing for a minute.
            own = max(weight, min(1.0, passed / max(passed, self._at - known.since)))
            known.cores += own * (share - known.cores)
