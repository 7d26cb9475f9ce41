"""What browser tests know of the installation they visit."""

from __future__ import annotations

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
