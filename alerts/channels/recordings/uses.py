"""Who uses recordings: rooms above say which they name, so that none is deleted that is still to be heard."""

from __future__ import annotations

from collections.abc import Callable, Set
from uuid import UUID

Named = Callable[[UUID], Set[UUID]]
"""Of an organisation: the recordings that a room names and still needs."""

_NAMED: list[Named] = []


def register_use(named: Named) -> None:
    """Have recordings that `named` names kept from now on."""
    if named not in _NAMED:
        _NAMED.append(named)


def in_use(organisation: UUID) -> frozenset[UUID]:
    """All recordings of an organisation that something names."""
    return frozenset().union(*(named(organisation) for named in _NAMED))
