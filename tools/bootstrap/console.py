"""Long steps on a terminal: what runs, for how long, and what to do when it failed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
_TAIL = 12
_PULSE_S = 1.0
# Without a terminal a line now and then says that the step goes on.
_QUIET_PULSE_S = 20.0
_NOISE = ("WARNING: Location", "[notice]", "npm warn", "npm notice")


class StepFailed(RuntimeError):
    """A step did not succeed; the text says which, why, and what to do."""


class Step:
    """A long step: its title is printed at once, its time at the end, its last words meanwhile.

    with Step("Installing the packages", "Check the network, then run it again.") as step:
        step.run(["pip", "install", "…"])
    """

    def __init__(self, title: str, advice: str) -> None:
        self._title = title
        self._advice = advice
        self._last = ""
        self._done = threading.Event()
        self._began = time.monotonic()
        self._pulse = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Step:
        print(f"• {self._title}", flush=True)
        self._pulse.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._done.set()
        self._pulse.join()
        self._clear()
        if kind is None:
            print(f"  done in {time.monotonic() - self._began:.0f} s", flush=True)

    def say(self, text: str) -> None:
        """Show what the step is doing now."""
        self._last = text.strip()

    def run(
        self, arguments: Sequence[str | Path], environment: Mapping[str, str] | None = None, cwd: Path = ROOT
    ) -> str:
        """Run a program and return what it printed.

        Raises:
            StepFailed: it could not be started or ended with another status than 0.
        """
        words = [str(argument) for argument in arguments]
        tail: deque[str] = deque(maxlen=4_000)
        try:
            process = subprocess.Popen(
                words,
                cwd=cwd,
                env=os.environ | (environment or {}),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
        except OSError as failure:
            raise self.failure(f"{words[0]} could not be started: {failure.strerror}.") from failure
        with process:
            try:
                for line in process.stdout or ():
                    if line.strip() and not line.startswith(_NOISE):
                        tail.append(line.rstrip())
                        self.say(line)
            except BaseException:
                process.terminate()
                raise
        if process.returncode:
            raise self.failure("\n".join(list(tail)[-_TAIL:]))
        return "\n".join(tail)

    def failure(self, why: str) -> StepFailed:
        """Return what to raise when the step failed."""
        return StepFailed(f"Failed: {self._title}.\n\n{_indented(why)}\n\nWhat to do: {self._advice}")

    def _beat(self) -> None:
        terminal = sys.stdout.isatty()
        while not self._done.wait(_PULSE_S if terminal else _QUIET_PULSE_S):
            seconds = time.monotonic() - self._began
            if terminal:
                print(f"\r\033[K  {seconds:4.0f} s  {self._last[:90]}", end="", flush=True)
            else:
                print(f"  {seconds:.0f} s  {self._last[:110]}", flush=True)

    def _clear(self) -> None:
        if sys.stdout.isatty():
            print("\r\033[K", end="", flush=True)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
