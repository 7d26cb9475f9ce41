"""What browser tests know of the installation they visit."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from tests.system import System


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
    system: System

    def account(self, role: str) -> Account:
        """The demo's member with this role."""
        return self.accounts[role]

    def age_proofs(self) -> None:
        """Make the proof of everybody who is signed in an hour old."""
        program = self.system.start("age-proofs", ["-m", "tests.e2e.age_proofs"])
        assert program.process.wait(120) == 0, program.output

    def raise_alerts(self, area: str, count: int = 1, severity: int = 1, *take_within_s: float) -> list[str]:
        """Raise alerts in an area of the forecourt, as its watcher would; their ids, the oldest first."""
        program = self.system.start(
            "raise-alerts", ["-m", "tests.e2e.raise_alerts", area, str(count), str(severity), *map(str, take_within_s)]
        )
        assert program.process.wait(120) == 0, program.output
        return re.findall(r"^[0-9a-f-]{36}$", program.output, re.MULTILINE)

    def crisis(self, *arguments: str) -> str:
        """Play a part of a crisis (`tests.e2e.crisis_story`); what it printed last."""
        program = self.system.start("crisis-story", ["-m", "tests.e2e.crisis_story", *arguments])
        assert program.process.wait(120) == 0, program.output
        return (program.output.strip().splitlines() or [""])[-1]

    def tell(self, what: str, *, drill: bool = False) -> dict[str, str]:
        """Tell people something as plans do (see `tests.e2e.tell_people`); what a test needs to know of it."""
        arguments = ["-m", "tests.e2e.tell_people", what, *(["--drill"] if drill else [])]
        program = self.system.start("tell-people", arguments)
        assert program.process.wait(120) == 0, program.output
        told: dict[str, str] = json.loads(program.output.strip().splitlines()[-1])
        return told
