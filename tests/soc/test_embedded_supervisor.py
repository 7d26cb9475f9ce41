"""Programs are kept running, apart from each other, and never left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from soc.config import ROOT
from soc.embedded import supervisor as supervising
from soc.embedded.process import Program
from soc.embedded.supervisor import StartFault, Supervisor

CEILING_S = 60
STAYS = "import time\nprint('up', flush=True)\nwhile True: time.sleep(60)"


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + CEILING_S
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        await asyncio.sleep(0.02)


def program(name: str, code: str, *, stop_grace_s: float = 15) -> Program:
    return Program(name, (sys.executable, "-c", code), stop_grace_s=stop_grace_s)


class Said(list[tuple[str, str]]):
    """What a person at the terminal is told."""

    def __call__(self, name: str, line: str) -> None:
        self.append((name, line))

    def times(self, name: str, part: str) -> int:
        return sum(part in line for who, line in self if who == name)


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def supervisor(said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Supervisor:
    monkeypatch.setattr(supervising, "FIRST_PAUSE_S", 0.05)
    return Supervisor(tmp_path / "log", said)


async def test_one_that_dies_is_started_again_and_takes_no_other_along(supervisor: Supervisor, said: Said) -> None:
    await supervisor.start(program("one", STAYS))
    await supervisor.start(program("other", STAYS))
    await until(lambda: bool(supervisor.pid("one") and supervisor.pid("other")))
    first, other = supervisor.pid("one"), supervisor.pid("other")
    assert first
    os.kill(first, signal.SIGKILL)
    await until(lambda: supervisor.pid("one") not in {None, first})
    assert supervisor.pid("other") == other
    assert said.times("one", "ended (killed by SIGKILL); starting it again") == 1
    await supervisor.stop()


async def test_the_pause_doubles_while_it_does_not_live(
    supervisor: Supervisor, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        if seconds >= supervising.FIRST_PAUSE_S:
            pauses.append(seconds)
        await sleep(min(seconds, 0.02))

    monkeypatch.setattr(asyncio, "sleep", noted)
    await supervisor.start(program("short", "raise SystemExit(3)"))
    await until(lambda: len(pauses) >= 3)
    await supervisor.stop()
    assert pauses[:3] == [0.05, 0.1, 0.2]
    assert said.times("short", "ended (status 3)") >= 3


async def test_what_it_says_is_in_its_log_and_what_is_serious_is_shown(
    supervisor: Supervisor, said: Said, tmp_path: Path
) -> None:
    words = (
        "print('2026 [info] nothing much')\nprint('2026 [error] the disk is full')\nprint('x' * 3_000_000)\n" + STAYS
    )
    await supervisor.start(program("talker", words))
    log = tmp_path / "log" / "talker.log"
    await until(lambda: log.exists() and "up" in log.read_text().splitlines())
    assert "nothing much" in log.read_text()
    assert said == [("talker", "2026 [error] the disk is full")]
    await supervisor.stop()


async def test_one_that_ends_while_it_starts_is_a_fault_that_names_its_log(supervisor: Supervisor) -> None:
    with pytest.raises(StartFault, match=r"broken ended while it started.*broken\.log"):
        await supervisor.start(program("broken", "raise SystemExit(1)"), is_ready=lambda: False)
    await supervisor.stop()


async def test_one_that_cannot_be_started_is_said(supervisor: Supervisor, said: Said) -> None:
    await supervisor.start(Program("absent", ("/nonexistent/program",)))
    await until(lambda: said.times("absent", "could not be started: No such file") > 0)
    await supervisor.stop()


async def test_one_that_does_not_want_to_end_is_killed_with_its_children(supervisor: Supervisor, said: Said) -> None:
    stubborn = (
        "import signal, subprocess, sys\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"subprocess.Popen([sys.executable, '-c', {STAYS!r}])\n{STAYS}"
    )
    await supervisor.start(program("stubborn", stubborn, stop_grace_s=0.5))
    await until(lambda: bool(supervisor.pid("stubborn")))
    me = psutil.Process(supervisor.pid("stubborn"))
    await until(lambda: len(me.children()) == 1)
    family = [me, *me.children()]
    await supervisor.stop()
    await until(lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in family))
    assert said.times("stubborn", "does not end") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_killed_without_a_word_it_leaves_nothing_behind(tmp_path: Path) -> None:
    code = f"""
import asyncio, sys
from pathlib import Path
from soc.embedded.process import Program
from soc.embedded.supervisor import Supervisor
async def main():
    supervisor = Supervisor(Path({str(tmp_path)!r}), print)
    for name in ("one", "two"):
        await supervisor.start(Program(name, (sys.executable, "-c", {STAYS!r})))
    while not (supervisor.pid("one") and supervisor.pid("two")):
        await asyncio.sleep(0.02)
    print(supervisor.pid("one"), supervisor.pid("two"), flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        children = [psutil.Process(int(pid)) for pid in process.stdout.readline().split()]
        assert len(children) == 2
        process.kill()
    _gone, alive = psutil.wait_procs(children, timeout=CEILING_S)
    assert alive == []


def test_children_dump_no_core(tmp_path: Path) -> None:
    code = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE))"

    async def limits() -> str:
        supervisor = Supervisor(tmp_path, lambda _name, _line: None)
        await supervisor.start(program("limits", code))
        log = tmp_path / "limits.log"
        await until(lambda: log.exists() and bool(log.read_text()))
        await supervisor.stop()
        return log.read_text().splitlines()[0]

    assert asyncio.run(limits()) == "(0, 0)"
