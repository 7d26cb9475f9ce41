"""What `make run` starts once everything is installed: all processes of one command, with data of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

from soc.config import ROOT

CEILING_S = 150


class Installation:
    """`python -m soc.embedded` with a VIGIE_VAR of its own."""

    def __init__(self, var: Path) -> None:
        self.var = var
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("VIGIE_")}
        for name in ("DATABASE_URL", "REDIS_URL", "HOST"):
            environment.pop(name, None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "soc.embedded"],
            cwd=ROOT,
            env=environment | {"VIGIE_VAR": str(var), "PORT": str(self.port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.lines.append(line.rstrip())

    def until_up(self) -> None:
        deadline = time.monotonic() + CEILING_S
        while not any("Ctrl-C stops everything" in line for line in self.lines):
            assert self.process.poll() is None, self.lines
            assert time.monotonic() < deadline, self.lines
            time.sleep(0.05)

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        status = self.process.wait(CEILING_S)
        self._reader.join()
        if self.process.stdout:
            self.process.stdout.close()
        return status
