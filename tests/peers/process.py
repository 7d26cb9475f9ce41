"""A test peer in a process of its own, so that it can be killed, frozen and restarted like a real camera."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from soc.embedded.process import tied_to_parent

ROOT = Path(__file__).resolve().parent.parent.parent


class Peer:
    """A server process. It prints ``{"port": n}`` when it is ready; a restart takes the same port.

    Args:
        command: program and arguments; ``--port`` is added.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    @classmethod
    def of_module(cls, module: str, *arguments: str) -> Peer:
        """A module of this tree, run by this Python."""
        return cls([sys.executable, "-m", module, *arguments])

    def start(self) -> None:
        """Start it and wait until it is ready."""
        process = subprocess.Popen(
            [*self._command, "--port", str(self.port)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            preexec_fn=tied_to_parent(signal.SIGKILL),  # nothing is left behind when pytest is killed
        )
        self._process = process
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._command} ended with {process.wait()} before it was ready")
        self.port = int(json.loads(line)["port"])

    def kill(self) -> None:
        """SIGKILL: it vanishes."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()

    def freeze(self) -> None:
        """SIGSTOP: connections stay, nothing answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        os.kill(self._process.pid, number)

    def __enter__(self) -> Peer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
