"""People from a table: every row checked and shown first; what is confirmed is brought in, in one transaction.

Nothing is kept between the two: the table is sent again with the lines that were chosen, and looked at again under the lock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from soc.csv_cells import Problem
from soc.csv_tables import Table, read
from soc.journal.actions import Action
from soc.journal.services import Json, record
from soc.people import services as people
from soc.people.directory import feed, phones
from soc.people.directory.columns import COLUMNS, Column, Entered, entered_of
from soc.people.directory.models import ContactWay
from soc.people.directory.targets import GroupNames, Target, Targets
from soc.people.models import Member, Site
from soc.people.rights import Right
from soc.people.scope import Everywhere, reach, scoped


class Duplicates(StrEnum):
    """What becomes of a row whose number or address somebody has already, in the directory or in an earlier row."""

    SKIP = "skip"
    UPDATE = "update"
    ADD = "add"


class Outcome(StrEnum):
    """What became of a row that was confirmed."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Twin:
    """Who has the number or address of a row already.

    Attributes:
        address: the number or address that both have.
        name: what the other one is called.
        line: the earlier line, where it is one of the same table.
        person: who it is, where it is somebody of the directory.
    """

    address: str
    name: str
    line: int | None = None
    person: UUID | None = None


@dataclass(slots=True)
class RowSeen:
    """A row as it would be brought in.

    Attributes:
        entered: what it says, and why it cannot be brought in.
        site: where the person would be.
        twins: who has one of its numbers or addresses already; more than one person cannot be updated by it.
        new_groups: profiles and lists that there are not yet.
    """

    entered: Entered
    site: Site | None
    twins: tuple[Twin, ...] = ()
    new_groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of one row."""

    line: int
    outcome: Outcome
    person: UUID | None = None
    sentences: tuple[str, ...] = ()


def seen(actor: Member, content: bytes, *, create_groups: bool) -> tuple[Table[Column], list[RowSeen]]:
    """What a table would bring; nothing is written.

    Args:
        actor: who asks.
        content: the file as it lies on the disk.
        create_groups: whether profiles and lists that do not exist may be added.

    Raises:
        Refusal: it is no table of people.
    """
    table = read(content, COLUMNS)
    return table, _looked_at(actor, _entered(actor, table), create_groups=create_groups)


def bring_in(
    actor: Member, content: bytes, lines: Collection[int] | None, *, create_groups: bool, duplicates: Duplicates
) -> list[Brought]:
    """Bring in the people of the chosen lines. A row that is refused stops no other.

    Args:
        actor: who does it.
        content: the file as it lies on the disk.
        lines: which lines; ``None``: all that can be brought in.
        create_groups: whether profiles and lists that do not exist may be added.
        duplicates: what becomes of rows whose number or address somebody has already.

    Raises:
        Refusal: as `seen`.
    """
    entered = _entered(actor, read(content, COLUMNS))  # what takes longest, before anybody waits for us
    with transaction.atomic():
        people.lock(actor.organisation_id)
        rows = _looked_at(actor, entered, create_groups=create_groups)
        chosen = [row for row in rows if (not row.entered.problems if lines is None else row.entered.line in lines)]
        answers, counts = _written(actor, chosen, duplicates)
        if any(counts.values()):
            details = {**counts, "sha256": hashlib.sha256(content).hexdigest()}
            organisation = actor.organisation
            record(organisation, Action.PEOPLE_IMPORTED, actor=actor, subject=organisation, details=details)
            feed.people_changed(actor.organisation_id)
    return answers


def _entered(actor: Member, table: Table[Column]) -> list[Entered]:
    region = phones.region_of(actor.organisation)
    return [entered_of(row, region) for row in table.rows]


def _looked_at(actor: Member, entered: list[Entered], *, create_groups: bool) -> list[RowSeen]:
    around = _Around(actor, create_groups=create_groups)
    rows = [around.look(one) for one in entered]
    _find_twins(actor, rows)
    return rows


def _written(actor: Member, chosen: list[RowSeen], duplicates: Duplicates) -> tuple[list[Brought], dict[str, Json]]:
    """Write the chosen rows: what became of each, and how many people were added and changed."""
    matched = {twin.person for row in chosen for twin in row.twins if twin.person is not None}
    targets = Targets(actor, matched)
    answers = [_brought(row, targets, duplicates) for row in chosen]
    added, changed = targets.save()
    settled = [_settled(answer, added, changed) for answer in answers]
    return settled, {"added": len(added), "changed": len(changed)}


def _brought(row: RowSeen, targets: Targets, duplicates: Duplicates) -> Brought:
    """Take one row up in memory. What is written in the end says whether it added or changed anything."""
    line = row.entered.line
    if row.entered.problems:
        return Brought(line, Outcome.REFUSED, None, tuple(one.sentence for one in row.entered.problems))
    held = targets.having(row.entered.ways) if duplicates is not Duplicates.ADD else []
    if held and duplicates is Duplicates.SKIP:
        return Brought(line, Outcome.SKIPPED, held[0].person.pk)
    if len(held) > 1:
        return _refused(line, _("The row's numbers and addresses belong to several people. Change these one by one."))
    target = held[0] if held else targets.new(row.entered, row.site)
    if sentence := target.take(row.entered, row.site):
        return _refused(line, sentence)
    targets.remember(target)
    return Brought(line, Outcome.ADDED if not held else Outcome.CHANGED, target.person.pk)


def _refused(line: int, sentence: Promise) -> Brought:
    return Brought(line, Outcome.REFUSED, None, (str(sentence),))


def _settled(answer: Brought, added: Mapping[UUID, Target], changed: Mapping[UUID, Target]) -> Brought:
    """A row that said nothing new changed nothing; one that went into an earlier row's person changed that one."""
    if answer.outcome is Outcome.CHANGED and answer.person not in added and answer.person not in changed:
        return Brought(answer.line, Outcome.UNCHANGED, answer.person)
    return answer


class _Around:
    """What rows may name: the sites, profiles and lists of who asks."""

    def __init__(self, actor: Member, *, create_groups: bool) -> None:
        where = reach(actor, Right.MANAGE_DIRECTORY)
        self.everywhere = isinstance(where, Everywhere)
        self.sites = {site.name.casefold(): site for site in scoped(Site.objects.all(), actor, Right.MANAGE_DIRECTORY)}
        self.groups = GroupNames(actor)
        self.may_create = create_groups and self.everywhere

    def look(self, entered: Entered) -> RowSeen:
        """The row among them."""
        site = self.sites.get(entered.site.casefold()) if entered.site else None
        if not entered.site and not self.everywhere and len(self.sites) == 1:
            site = next(iter(self.sites.values()))
        if site is None and entered.site:
            text = _("There is no site named “%(cell)s” that you manage. Add it first, or correct the name.")
            entered.problems.append(Problem("site", text, entered.site))
        elif site is None and not self.everywhere:
            entered.problems.append(Problem("site", _("Name a site: you manage the people of some sites only.")))
        new = [
            *self._new(entered, Column.PROFILES, entered.profiles, self.groups.profiles),
            *self._new(entered, Column.LISTS, entered.lists, self.groups.lists),
        ]
        return RowSeen(entered, site, new_groups=tuple(new))

    def _new(self, entered: Entered, column: Column, names: list[str], known: Mapping[str, UUID]) -> list[str]:
        new = [name for name in names if name.casefold() not in known]
        if new and not self.may_create:
            profile = _("There is no profile named “%(cell)s”. Add it first, or let missing ones be added.")
            other = _("There is no list named “%(cell)s”. Add it first, or let missing ones be added.")
            text = profile if column is Column.PROFILES else other
            entered.problems += [Problem(column.field, text, name) for name in new]
        return new


def _find_twins(actor: Member, rows: list[RowSeen]) -> None:
    """Say of each row who has its numbers or addresses already: people whom the actor manages, and earlier rows."""
    held = scoped(ContactWay.objects.filter(person__removed_at=None), actor, Right.MANAGE_DIRECTORY)
    known: dict[tuple[str, str], list[Twin]] = {}
    for kind, address, person, name in held.values_list("kind", "address", "person_id", "person__display_name"):
        known.setdefault((kind, address), []).append(Twin(address, name, person=person))
    earlier: dict[tuple[str, str], Twin] = {}
    for row in rows:
        found: dict[object, Twin] = {}
        for way in row.entered.ways:
            key = (way.kind.value, way.address)
            for twin in [*known.get(key, ()), *([earlier[key]] if key in earlier else [])]:
                found.setdefault(twin.person or twin.line, twin)
        row.twins = tuple(found.values())
        if not row.entered.problems:
            for way in row.entered.ways:
                earlier.setdefault(
                    (way.kind.value, way.address), Twin(way.address, row.entered.name, line=row.entered.line)
                )
