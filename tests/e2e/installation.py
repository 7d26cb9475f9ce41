"""What browser tests know of the installation they visit."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from soc.config import ROOT, config
from soc.embedded.process import tied_to_parent


@dataclass(frozen=True)
class Account:
    """A member of the demo."""

    role: str
    name: str
    password: str


@dataclass(frozen=True)
class Vigie:
    """A running installation."""

    address: str
    accounts: dict[str, Account]
    sessions: dict[str, list[Any]] = field(default_factory=dict)
    """The cookies of each role's session, as Playwright takes them."""

    def account(self, role: str) -> Account:
        """The demo's member with this role."""
        return self.accounts[role]


class Backstage:
    """The process that does what happens off the screen (`tests.e2e.backstage`).

    Args:
        database_url: the installation's.
    """

    def __init__(self, database_url: str) -> None:
        with (config().var / "backstage.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.backstage"],
                cwd=ROOT,
                env=os.environ | {"DATABASE_URL": database_url},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                preexec_fn=tied_to_parent(signal.SIGKILL),  # nothing is left behind when pytest is killed
            )

    def _play(self, part: str, **arguments: object) -> Any:
        """Have a part played; what it told."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps({"part": part, "arguments": arguments}), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        assert line, f"What plays “{part}” ended:\n{(config().var / 'backstage.log').read_text()}"
        answer: dict[str, Any] = json.loads(line)
        assert "told" in answer, answer["failed"]
        return answer["told"]

    def age_proofs(self) -> None:
        """Make the proof of everybody who is signed in an hour old."""
        self._play("age-proofs")

    def raise_alerts(
        self,
        area: str,
        count: int = 1,
        severity: int = 1,
        take_within_s: float | None = None,
        rule: str | None = None,
    ) -> list[str]:
        """Raise alerts of a rule, or in an area of the forecourt, as a watcher would; their ids, the oldest first."""
        raised: list[str] = self._play(
            "alerts", area=area, count=count, severity=severity, take_within_s=take_within_s, rule=rule
        )
        return raised

    def quiet(self) -> None:
        """The demo's rule asks no more, and all that is under way ends."""
        self._play("quiet")

    def make_plan(self, name: str, people: int) -> str:
        """An approved plan for so many people; its id."""
        made: str = self._play("plan", name=name, people=people)
        return made

    def ask(self, plan: str, seconds: int) -> str:
        """Have agents asked whether to start a plan; the activation's id."""
        asked: str = self._play("ask", plan=plan, seconds=seconds)
        return asked

    def answer(self, activation: str, name: str, kind: str, place: str = "", words: str = "") -> None:
        """Have somebody answer by SMS."""
        self._play("answer", activation=activation, name=name, kind=kind, place=place, words=words)

    def tell(self, what: str, *, drill: bool = False) -> dict[str, str]:
        """Tell people something as plans do (see `tests.e2e.tell_people`); what a test needs to know of it."""
        told: dict[str, str] = self._play(what, drill=drill)
        return told

    def __enter__(self) -> Backstage:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()  # nothing more to do is the end of it
