"""Whom a table changes or adds, in memory first: thousands of rows are then written in a few statements."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from soc.journal.actions import Action
from soc.journal.services import Act, record_many
from soc.people.directory import groups, services, ways
from soc.people.directory.columns import Entered
from soc.people.directory.models import ContactWay, ListEntry, Person, PersonList, PersonProfile, Profile
from soc.people.directory.services import Facts
from soc.people.directory.ways import MOST_WAYS, CheckedWay
from soc.people.models import Member, Site
from soc.people.rights import Right
from soc.people.scope import Everywhere, reach, scoped

_BATCH = 1000
_CHANGED = ("display_name", "language", "site", "inside", "latitude", "longitude", "version")

Key = tuple[str, str]


class GroupNames:
    """The organisation's profiles and lists by their names in small letters; one that is missing is added when asked for."""

    def __init__(self, actor: Member) -> None:
        self._actor = actor
        self.profiles = _by_name(Profile.objects.filter(organisation=actor.organisation_id))
        self.lists = _by_name(PersonList.objects.filter(organisation=actor.organisation_id))

    def profile(self, name: str) -> UUID:
        """The profile of this name."""
        if name.casefold() not in self.profiles:
            self.profiles[name.casefold()] = groups.add_profile(self._actor, name).pk
        return self.profiles[name.casefold()]

    def list(self, name: str) -> UUID:
        """The list of this name."""
        if name.casefold() not in self.lists:
            self.lists[name.casefold()] = groups.add_list(self._actor, name).pk
        return self.lists[name.casefold()]


def _by_name(rows: QuerySet[Profile] | QuerySet[PersonList]) -> dict[str, UUID]:
    return {row.name.casefold(): row.pk for row in rows}


class Target:
    """One person as the rows so far make them."""

    def __init__(self, person: Person, names: GroupNames, *, is_new: bool, may_change: bool) -> None:
        self.person = person
        self.is_new = is_new
        self._may_change = may_change
        self._names = names
        self.new_ways: list[ContactWay] = []
        self.new_profiles: set[UUID] = set()
        self.new_lists: set[UUID] = set()
        if is_new:
            self._ways: list[ContactWay] = []
            self._profiles: dict[UUID, str] = {}
            self._lists: dict[UUID, str] = {}
        else:  # all of this was fetched with the person
            self._ways = list(person.ways.all())
            self._profiles = {one.pk: one.name for one in person.profiles.all()}
            self._lists = {one.pk: one.name for one in person.lists.all()}
        self._before = self._facts()

    @property
    def keys(self) -> list[Key]:
        """The numbers and addresses by which rows find the person."""
        return [(way.kind, way.address) for way in self._ways]

    def take(self, entered: Entered, site: Site | None) -> Promise | None:
        """Take up what a row says; what it does not say stays. Instead, the sentence that says why it cannot be taken up."""
        if not self._may_change:
            return _("You may change only the people of the sites that you manage.")
        known = set(self.keys)
        new = [way for way in entered.ways if (way.kind.value, way.address) not in known]
        if len(known) + len(new) > MOST_WAYS:
            return _("The person has too many numbers and addresses already.")
        person = self.person
        if person.member_id is None:
            person.display_name = entered.name
        person.language = entered.language or person.language
        person.site = site or person.site
        person.inside = person.inside if entered.inside is None else entered.inside
        if entered.latitude is not None:
            person.latitude, person.longitude = entered.latitude, entered.longitude
        for way in new:
            row = ways.made(person, way, len(self._ways))
            self._ways.append(row)
            self.new_ways.append(row)
        _take_groups(entered.profiles, self._names.profile, self._profiles, self.new_profiles)
        _take_groups(entered.lists, self._names.list, self._lists, self.new_lists)
        return None

    def change(self) -> Act | None:
        """The journal's words for what became of the person; ``None`` where nothing did."""
        facts = self._facts()
        if self.is_new:
            details: services.Details = {"after": facts.plain}
            return Act(self.person, self.person.site_id, details, {"after": facts.personal})
        change = self._before.changed_to(facts)
        return None if change is None else Act(self.person, self.person.site_id, *change)

    def _facts(self) -> Facts:
        person = self.person
        return services.facts(person, self._ways, sorted(self._profiles.values()), sorted(self._lists.values()))


def _take_groups(names: Sequence[str], found: Callable[[str], UUID], held: dict[UUID, str], new: set[UUID]) -> None:
    for name in names:
        pk = found(name)
        if pk not in held:
            held[pk] = name
            new.add(pk)


class Targets:
    """Everybody whom a table touches.

    Args:
        actor: who brings it in.
        matched: the people who have a number or address of some row.
    """

    def __init__(self, actor: Member, matched: Collection[UUID]) -> None:
        self._actor = actor
        self._names = GroupNames(actor)
        self._where = reach(actor, Right.MANAGE_DIRECTORY)
        self._language = actor.organisation.language
        self._by_key: dict[Key, list[Target]] = {}
        self._all: dict[UUID, Target] = {}
        people = scoped(Person.objects.filter(pk__in=matched, removed_at=None), actor, Right.MANAGE_DIRECTORY)
        for person in people.select_related("site").prefetch_related("ways", "profiles", "lists"):
            target = Target(person, self._names, is_new=False, may_change=self._manages(person.site_id))
            self.remember(target)

    def having(self, wanted: Sequence[CheckedWay]) -> list[Target]:
        """Who have one of these numbers or addresses, each once."""
        found: dict[UUID, Target] = {}
        for way in wanted:
            for target in self._by_key.get((way.kind.value, way.address), ()):
                found.setdefault(target.person.pk, target)
        return list(found.values())

    def new(self, entered: Entered, site: Site | None) -> Target:
        """Somebody who is not in the directory yet. Remembered once the row is taken up."""
        person = Person(
            organisation_id=self._actor.organisation_id, display_name=entered.name, language=self._language, site=site
        )
        return Target(person, self._names, is_new=True, may_change=True)

    def remember(self, target: Target) -> None:
        """Find this person by their numbers and addresses from now on."""
        self._all[target.person.pk] = target
        for key in target.keys:
            known = self._by_key.setdefault(key, [])
            if all(one is not target for one in known):
                known.append(target)

    def save(self) -> tuple[dict[UUID, Target], dict[UUID, Target]]:
        """Write it all, journalled: who was added, and who was changed. What changes nobody is not written."""
        acts = {
            target.person.pk: (target, act) for target in self._all.values() if (act := target.change()) is not None
        }
        added = {pk: target for pk, (target, _act) in acts.items() if target.is_new}
        changed = {pk: target for pk, (target, _act) in acts.items() if not target.is_new}
        organisation = self._actor.organisation_id
        Person.objects.bulk_create([target.person for target in added.values()], batch_size=_BATCH)
        for target in changed.values():
            target.person.version += 1
        # One statement for many rows: as an insertion whose rows are all there already.
        Person.objects.bulk_create(
            [target.person for target in changed.values()],
            batch_size=_BATCH,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=_CHANGED,
        )
        touched = [*added.values(), *changed.values()]
        new_ways = [way for target in touched for way in target.new_ways]
        ways.keep_stopped(organisation, new_ways)
        ContactWay.objects.bulk_create(new_ways, batch_size=_BATCH)
        profiles = [
            PersonProfile(organisation_id=organisation, person=target.person, profile_id=pk)
            for target in touched
            for pk in target.new_profiles
        ]
        PersonProfile.objects.bulk_create(profiles, batch_size=_BATCH, ignore_conflicts=True)
        entries = [
            ListEntry(organisation_id=organisation, person=target.person, list_id=pk)
            for target in touched
            for pk in target.new_lists
        ]
        ListEntry.objects.bulk_create(entries, batch_size=_BATCH, ignore_conflicts=True)
        for action, some in ((Action.PERSON_ADDED, added), (Action.PERSON_CHANGED, changed)):
            record_many(organisation, action, (acts[pk][1] for pk in some), actor=self._actor)
        return added, changed

    def _manages(self, site: UUID | None) -> bool:
        return isinstance(self._where, Everywhere) or site in self._where
