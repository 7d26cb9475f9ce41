"""A camera watched in a process of its own, under the lease of the node that started it.

A stream can kill the process that decodes it (a fault in native code, memory). A camera with which two watchers died is watched
here, so that it takes no other camera along. The process lives as long as its standard input: when the node goes away, however
it goes away, the pipe closes and the process ends.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import IO

import structlog
from django.conf import settings

from detection.plans import CameraPlan
from detection.reports import WatchReport

log = structlog.get_logger(__name__)

FIRST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 60.0
END_WITHIN_S = 4.0


class AloneWatch:
    """Watches one camera in a child process; starts it again, with growing pauses, when it dies."""

    def __init__(self, plan: CameraPlan) -> None:
        self._plan = plan
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Keep a child watching until told to stop."""
        pause = FIRST_PAUSE_S
        while not self._stopping.is_set():
            child = self._start()
            code = child.wait()
            if self._stopping.is_set():
                break
            log.warning("alone.died", camera=str(self._plan.camera), code=code, next_try_s=pause)
            self._stopping.wait(pause)
            pause = min(LONGEST_PAUSE_S, pause * 2)

    def stop(self) -> None:
        """Close the child's input, which ends it; kill it when it does not listen."""
        self._stopping.set()
        child = self._child
        if child is None:
            return
        if child.stdin is not None:
            child.stdin.close()
        threading.Timer(END_WITHIN_S, child.kill).start()

    def follow(self, plan: CameraPlan) -> bool:
        """A child reads its plan once: a changed one begins anew."""
        return plan.version == self._plan.version

    def report(self) -> WatchReport | None:
        """The child reports by itself."""
        return None

    def _start(self) -> subprocess.Popen[bytes]:
        self._child = subprocess.Popen(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "watch_alone", str(self._plan.camera)],
            stdin=subprocess.PIPE,
            cwd=settings.BASE_DIR,
        )
        return self._child


def until_closed(pipe: IO[bytes], stopped: threading.Event) -> None:
    """Set `stopped` when the other end of `pipe` is gone; runs in a thread of the child."""
    while pipe.read(4096):
        pass
    stopped.set()
