"""Keeps programs running: one that dies is started again after a pause, and takes no other along.

honcho stops everything when one program dies; circus and supervisord bring servers, sockets and formats of their own, and
none ties its programs to its own life: killed with -9 they leave them behind. These are the lines that are needed.

A supervisor belongs to one event loop in the main thread: the kernel ends a program when the *thread* that started it ends.
"""

from __future__ import annotations

import asyncio
import logging.handlers
import os
import re
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from soc.embedded.process import Program, tied_to_parent

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
# A program that lived as long is started again after the first pause.
STEADY_S = 60.0

_LOG_BYTES = 10_000_000
_LOG_FILES = 5
_LONGEST_LINE = 1 << 20
# Lines by their level, ours and PostgreSQL's. A traceback's lines have none: they are in the log, not on the terminal.
_SERIOUS = re.compile(
    r"\[(warning|error|critical)\]|\b(WARNING|ERROR|FATAL|PANIC):|\"level\": \"(warning|error|critical)\""
)
# How long the last words of a program that ended are waited for.
_LAST_WORDS_S = 2.0

Say = Callable[[str, str], None]


class StartFault(RuntimeError):
    """A program did not come up; the text says which, and where its words are."""


@dataclass(slots=True)
class _Kept:
    """A program and how its keeping goes."""

    program: Program
    log: logging.handlers.RotatingFileHandler
    process: asyncio.subprocess.Process | None = None
    deaths: int = 0
    keeper: asyncio.Task[None] | None = None


@dataclass(slots=True)
class Supervisor:
    """Starts programs, keeps them running, stops them.

    `logs` is the folder of one rotated log file a program; `say(program, line)` is given what is worth a person's look.
    """

    logs: Path
    say: Say
    _kept: dict[str, _Kept] = field(default_factory=dict)
    _stopping: bool = False

    async def start(self, program: Program, is_ready: Callable[[], bool] | None = None, ceiling_s: float = 60) -> None:
        """Start a program and keep it running; wait until it is ready, when that can be told.

        Raises:
            StartFault: it ended before it was ready, or is not ready after `ceiling_s`.
        """
        self.logs.mkdir(parents=True, exist_ok=True)
        path = self.logs / f"{program.name}.log"
        handler = logging.handlers.RotatingFileHandler(path, maxBytes=_LOG_BYTES, backupCount=_LOG_FILES)
        kept = self._kept[program.name] = _Kept(program, handler)
        kept.keeper = asyncio.create_task(self._keep(kept), name=program.name)
        deadline = time.monotonic() + ceiling_s
        while is_ready is not None and not await asyncio.to_thread(is_ready):
            if kept.deaths:
                raise StartFault(f"{program.name} ended while it started. Its last words are in {path}.")
            if time.monotonic() > deadline:
                raise StartFault(f"{program.name} is not ready after {ceiling_s:.0f} s. What it says is in {path}.")
            await asyncio.sleep(0.1)

    def pid(self, name: str) -> int | None:
        """Return the process id of a program that runs."""
        process = self._kept[name].process
        return process.pid if process and process.returncode is None else None

    async def stop(self, *names: str) -> None:
        """Stop the named programs at once, or all in the opposite order of their start."""
        if names:
            await asyncio.gather(*(self._stop(self._kept[name]) for name in names if name in self._kept))
            return
        self._stopping = True
        for kept in reversed(self._kept.values()):
            await self._stop(kept)

    async def _keep(self, kept: _Kept) -> None:
        """Start the program again and again, with a pause that doubles while it does not live long."""
        pause = FIRST_PAUSE_S
        while True:
            began = time.monotonic()
            status = await self._run_once(kept)
            kept.deaths += 1
            pause = FIRST_PAUSE_S if time.monotonic() - began >= STEADY_S else pause
            self.say(
                kept.program.name, f"ended ({status}); starting it again in {pause:.0f} s, see {kept.log.baseFilename}"
            )
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _run_once(self, kept: _Kept) -> str:
        """Run the program to its end; return how it ended."""
        program, account = kept.program, kept.program.account
        try:
            kept.process = await asyncio.create_subprocess_exec(
                *program.arguments,
                env=os.environ | program.environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                limit=_LONGEST_LINE,
                start_new_session=True,  # Ctrl-C is ours; we stop programs in order
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                preexec_fn=tied_to_parent(program.death_signal),
            )
        except OSError as failure:
            return f"could not be started: {failure.strerror}"
        listening = asyncio.create_task(self._listen(kept, kept.process))
        try:
            status = await kept.process.wait()
            # Its children go with it: they would hold its sockets and files against the next one.
            _signal_group(kept.process.pid, signal.SIGKILL, whole=True)
            await asyncio.wait([listening], timeout=_LAST_WORDS_S)
        finally:
            listening.cancel()
        return _how(status)

    async def _listen(self, kept: _Kept, process: asyncio.subprocess.Process) -> None:
        """Write what the program says into its log, and pass on what is serious."""
        if process.stdout is None:
            raise AssertionError("started with a pipe")
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:  # longer than a line may be: dropped
                continue
            if not line:
                return
            text = line.decode(errors="replace").rstrip()
            kept.log.emit(logging.makeLogRecord({"msg": text}))
            if _SERIOUS.search(text[:400]):
                self.say(kept.program.name, text)

    async def _stop(self, kept: _Kept) -> None:
        """Ask the program to end, insist after its grace, and return when it is gone."""
        if kept.keeper is not None:
            # What it says while it ends is still written.
            process = kept.process
            kept.keeper.cancel()
            await asyncio.wait([kept.keeper])
            if process is not None and process.returncode is None:
                await self._end(kept, process)
        kept.log.close()

    async def _end(self, kept: _Kept, process: asyncio.subprocess.Process) -> None:
        listening = asyncio.create_task(self._listen(kept, process))
        _signal_group(process.pid, kept.program.stop_signal, whole=False)
        try:
            await asyncio.wait_for(process.wait(), kept.program.stop_grace_s)
        except TimeoutError:
            self.say(kept.program.name, f"does not end after {kept.program.stop_grace_s:.0f} s: killed")
        # Whatever it started and left behind goes too.
        _signal_group(process.pid, signal.SIGKILL, whole=True)
        await process.wait()
        await asyncio.wait([listening], timeout=_LAST_WORDS_S)
        listening.cancel()


def _signal_group(pid: int, number: signal.Signals, *, whole: bool) -> None:
    """Signal a process, or all of the session that it leads; gone already is as good."""
    try:
        if whole:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)
    except ProcessLookupError:
        return


def _how(status: int) -> str:
    """Say in words how a process ended."""
    if status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return f"status {status}"
