"""Which plans answer a site's risks: asked of the room above that writes them, which registers itself here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Answer:
    """A plan that answers a risk.

    Attributes:
        plan: its id.
        name: what people call it.
        number: of its version in force; ``None``: none is, it is being written.
    """

    plan: UUID
    name: str
    number: int | None


AnswerSource = Callable[[UUID, UUID], Mapping[int, Sequence[Answer]]]
"""Organisation, site: the plans that answer each of the site's risks, by its number (3 of R3: the same in every version)."""

_SOURCES: list[AnswerSource] = []


def register_answers(source: AnswerSource) -> None:
    """Have `source` asked too. Registering it again changes nothing."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def answers(organisation: UUID, site: UUID) -> dict[int, list[Answer]]:
    """The plans that answer each risk of a site, by its number."""
    found: dict[int, list[Answer]] = {}
    for source in _SOURCES:
        for number, listed in source(organisation, site).items():
            found.setdefault(number, []).extend(listed)
    return found
