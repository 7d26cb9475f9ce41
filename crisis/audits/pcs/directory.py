"""Everybody that a safeguard plan names: what as, and how they are reached, as far as the reader sees the directory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from crisis.audits.pcs.models import SafeguardPlan
from soc.people.directory import selectors as people
from soc.people.directory.models import ContactWay, Person
from soc.people.models import Member


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody of the plan.

    Attributes:
        person: who.
        roles: what as, in the active language, in the order of the plan.
        in_directory: the reader sees them in the directory; ``False``: they are out of reach, or removed.
        ways: numbers and addresses, those that are tried first before the others; none of who is not seen.
    """

    person: Person
    roles: tuple[str, ...]
    in_directory: bool
    ways: tuple[ContactWay, ...]


def directory(plan: SafeguardPlan, reader: Member) -> list[Named]:
    """Who is named in the plan, in its order: who directs first. Prefetch with `crisis.audits.pcs.selectors.plans`."""
    roles: dict[Person, list[str]] = {}
    for person, role in _roles(plan):
        roles.setdefault(person, []).append(role)
    seen = people.people(reader).filter(pk__in=[person.pk for person in roles], removed_at=None)
    ways = {person.pk: tuple(person.ways.all()) for person in seen}
    return [Named(person, tuple(known), person.pk in ways, ways.get(person.pk, ())) for person, known in roles.items()]


def director_word(position: int) -> str:
    """What the director at this position of the plan's list is called."""
    return _("directs (DOS)") if position == 0 else _("deputy %(number)d") % {"number": position}


def _roles(plan: SafeguardPlan) -> Iterator[tuple[Person, str]]:
    for at, director in enumerate(plan.directors.all()):
        yield director.person, _with(director_word(at), director.function)
    for cell in plan.cells.all():
        for post in cell.posts.all():
            yield post.person, _with(cell.name, post.role)
    for shelter in plan.shelters.all():
        if shelter.contact is not None:
            yield shelter.contact, _("opens %(shelter)s") % {"shelter": shelter.name}
    for volunteer in plan.volunteers.all():
        yield volunteer.person, _with(_("volunteer"), volunteer.skills)


def _with(word: str, more: str) -> str:
    return f"{word}, {more}" if more else word
