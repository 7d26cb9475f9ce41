"""Who above keeps what a person said: asked to forget it, in the transaction in which the person is erased."""

from __future__ import annotations

from collections.abc import Callable, Collection

from soc.people.directory.models import Person

Forget = Callable[[Person], Collection[int]]
"""Forgets what it keeps of a person, and says which of the journal's entries tell of the same."""

_forgetting: list[Forget] = []


def register_forget(forget: Forget) -> None:
    """Be asked when a person is erased: rows only, nothing that waits."""
    _forgetting.append(forget)


def forget(person: Person) -> set[int]:
    """Ask them all.

    Returns:
        The journal's entries whose personal data goes with the person.
    """
    return {entry for one in _forgetting for entry in one(person)}
