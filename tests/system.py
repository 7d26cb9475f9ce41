"""Vigie's own processes for tests: web, watchers, responder and beat as `make run` starts them, on the test database."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from django.db import connection

from soc.config import config
from soc.embedded.process import tied_to_parent

ROOT = Path(__file__).resolve().parent.parent
CEILING_S = 60.0
"""How long a condition is waited for at most: how fast a machine is, and what else it does meanwhile, is no test's matter."""


def until(condition: Callable[[], bool], what: str, ceiling_s: float = CEILING_S) -> None:
    """Wait until `condition` holds; fail with `what` when it does not within the ceiling."""
    deadline = time.monotonic() + ceiling_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"After {ceiling_s:.0f} s still not: {what}.")
        time.sleep(0.1)


_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_PORTS = itertools.count(20_000 + 1_000 * _WORKER)
"""Below those that the system hands out by itself: two test processes that asked it at once were given the same one."""


def free_port() -> int:
    """A port for a server that is started next, which no other test process takes meanwhile."""
    for port in _PORTS:
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
    raise AssertionError("No port is free.")


def database_url() -> str:
    """The address of the database that pytest-django made, for another process."""
    base, _, query = os.environ["DATABASE_URL"].partition("?")
    return f"{base.rpartition('/')[0]}/{connection.settings_dict['NAME']}" + (f"?{query}" if query else "")


class Program:
    """One process, with its output in a file that a failing test shows."""

    def __init__(
        self,
        name: str,
        arguments: list[str],
        environment: dict[str, str],
        folder: Path,
        python: str | Path = sys.executable,
    ) -> None:
        self.name = name
        self.log = folder / f"{name}-{time.monotonic_ns()}.log"
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [python, *arguments],
                cwd=ROOT,
                env=os.environ | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=tied_to_parent(signal.SIGKILL),  # nothing is left behind when pytest is killed
            )

    @property
    def output(self) -> str:
        """Everything it printed so far."""
        return self.log.read_text(errors="replace")

    def kill(self) -> None:
        """SIGKILL to it alone: what it started must notice by itself."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """SIGTERM, and SIGKILL for the whole group when it does not listen."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            raise AssertionError(f"{self.name} did not stop on SIGTERM:\n{self.output[-4000:]}") from None


class System:
    """What runs for a test. Everything it started is stopped at the end, newest first.

    Args:
        environment: of all its processes, beside this one's; by default the database is pytest-django's.
    """

    def __init__(self, environment: dict[str, str] | None = None) -> None:
        self._environment = environment if environment is not None else {"DATABASE_URL": database_url()}
        self._stack = ExitStack()
        self._programs: list[Program] = []
        self.port = 0

    def __enter__(self) -> System:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        for program in self._programs:
            # pytest shows it when the test fails.
            print(f"--- {program.name}\n{program.output[-4000:]}")

    @property
    def address(self) -> str:
        """Where the console is reached."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, name: str, arguments: list[str], **environment: str) -> Program:
        """Start a process."""
        program = Program(name, arguments, self._environment | environment, config().var)
        self._programs.append(program)
        self._stack.callback(program.stop)
        return program

    def prepare_demo(self) -> None:
        """Migrate, collect static files and make the demo organisation; done when this returns."""
        program = self.start("prepare", ["manage.py", "prepare", "--demo", "http://127.0.0.1"])
        if program.process.wait(300):
            raise AssertionError(f"The demo could not be made:\n{program.output}")

    def watcher(self, capacity: int = 4, **environment: str) -> Program:
        """A watcher; returns at once."""
        environment.setdefault("VIGIE_WATCHER_CAPACITY", str(capacity))
        return self._worker("watcher", "detection", capacity + 2, environment)

    def responder(self, **environment: str) -> Program:
        """A responder; returns at once."""
        return self._worker("responder", "urgent,crisis,default", 2, environment)

    def beat(self) -> Program:
        """The beat; returns at once."""
        schedule = str(config().var / f"beat-{time.monotonic_ns()}")
        return self.start("beat", ["-m", "celery", "-A", "soc.celery", "beat", "--schedule", schedule, "--pidfile="])

    def web(self) -> Program:
        """The web process; ready when this returns."""
        self.port = free_port()
        program = self.start("web", ["-m", "soc.web"], PORT=str(self.port))
        until(self._answers, "the web process answers")
        return program

    def _worker(self, name: str, queues: str, threads: int, environment: dict[str, str]) -> Program:
        arguments = ["-m", "celery", "-A", "soc.celery", "worker", "--pool", "threads", "-Q", queues]
        arguments += ["-n", f"{name}-{time.monotonic_ns()}@%h", "-c", str(threads)]
        arguments += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        return self.start(name, arguments, **environment)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False
