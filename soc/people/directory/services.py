"""What can be done about people who can be reached: each in one transaction, journalled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypedDict, cast
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from soc import clock
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.journal.services import Json, erase_personal, record
from soc.people import services as people
from soc.people.directory import erasing, feed, languages, phones, ways
from soc.people.directory.models import ContactWay, ListEntry, Person, PersonList, PersonProfile, Profile
from soc.people.directory.ways import WayEntry
from soc.people.models import Member, Site
from soc.people.rights import Right
from soc.refusals import Refusal, Status

Details = dict[str, Json]


class PersonEntry(TypedDict, total=False):
    """What is entered about a person; what is missing stays as it is. Ways, profiles and lists are given whole."""

    display_name: str
    language: str
    site: UUID | None
    inside: bool
    latitude: float | None
    longitude: float | None
    ways: Sequence[WayEntry]
    profiles: Collection[UUID]
    lists: Collection[UUID]


@dataclass(frozen=True, slots=True)
class Facts:
    """A person as the journal tells of one: what says nothing personal, and what does (where somebody lives, what they are)."""

    plain: Details
    personal: Details

    def changed_to(self, after: Facts) -> tuple[Details, Details] | None:
        """The details and personal data of an entry about this change; ``None`` where nothing changed."""
        both = [_difference(self.plain, after.plain), _difference(self.personal, after.personal)]
        return (both[0], both[1]) if any(both) else None


@transaction.atomic
def add_person(actor: Member, entered: PersonEntry) -> Person:
    """Add somebody without an account.

    Raises:
        Refusal: the actor manages some sites only, and the person is of none of them; there is no name; or something entered is
            no number, address, language, site, profile or list.
    """
    people.lock(actor.organisation_id)
    must_manage(actor, entered.get("site"))
    person = Person(organisation_id=actor.organisation_id, language=actor.organisation.language)
    _take(person, entered)
    person.save(force_insert=True)
    _take_groups(actor, person, entered)
    facts = facts_of(person)
    details, personal = {"after": cast("Json", facts.plain)}, {"after": cast("Json", facts.personal)}
    record(
        person.organisation_id, Action.PERSON_ADDED, actor=actor, subject=person, site_id=person.site_id,
        details=details, personal=personal,
    )  # fmt: skip
    feed.people_changed(person.organisation_id)
    return person


@transaction.atomic
def change_person(actor: Member, person: Person, entered: PersonEntry, *, version: int) -> Person:
    """Change a person.

    Args:
        actor: who does it: whoever manages where the person is and will be.
        person: which.
        entered: what changes.
        version: the version that `actor` saw.

    Raises:
        Refusal: as `add_person`; a colleague was first; the person is removed; or the name is an account's.
    """
    person = _locked(actor, person, version)
    must_manage(actor, person.site_id)
    if "site" in entered:
        must_manage(actor, entered["site"])
    return apply_change(actor, person, entered)


def apply_change(actor: Member, person: Person, entered: PersonEntry) -> Person:
    """Make the change of who may, in the caller's transaction and lock."""
    if person.removed_at is not None:
        sentence = _("This person was removed. Take the person back first.")
        raise Refusal("removed", sentence, status=Status.CONFLICT)
    if person.member_id is not None and entered.get("display_name", person.display_name) != person.display_name:
        sentence = _("The name is the account's: it is changed there.")
        raise Refusal("name_of_account", sentence, fields={"display_name": sentence}, status=Status.CONFLICT)
    before = facts_of(person)
    _take(person, entered)
    person.version += 1
    _take_groups(actor, person, entered)
    change = before.changed_to(facts_of(person))
    if change is None:
        return Person.objects.get(pk=person.pk)
    person.save()
    details, personal = change
    record(
        person.organisation_id, Action.PERSON_CHANGED, actor=actor, subject=person, site_id=person.site_id,
        details=details, personal=personal,
    )  # fmt: skip
    feed.people_changed(person.organisation_id)
    return person


@transaction.atomic
def remove_person(actor: Member, person: Person, *, version: int | None = None) -> Person:
    """Tell a person nothing any more. The row stays for what refers to it, and can be taken back.

    Raises:
        Refusal: the actor does not manage where the person is, or a colleague was first, where a version is
            named.
    """
    person = _locked(actor, person, version)
    must_manage(actor, person.site_id)
    if person.removed_at is None:
        person.removed_at = clock.now()
        _save_and_tell(person, Action.PERSON_REMOVED, actor)
    return person


@transaction.atomic
def restore_person(actor: Member, person: Person, *, version: int) -> Person:
    """Take a removed person back, with the ways and groups from before.

    Raises:
        Refusal: as `remove_person`, or nothing is left of the person.
    """
    person = _locked(actor, person, version)
    must_manage(actor, person.site_id)
    if person.erased_at is not None:
        raise _erased()
    if person.removed_at is not None:
        person.removed_at = None
        _save_and_tell(person, Action.PERSON_RESTORED, actor)
    return person


@transaction.atomic
def erase_person(actor: Member, person: Person, *, version: int) -> Person:
    """Forget who a person was, for good: name, ways, place and groups go, here and in the journal. The row stays, without a name.
    Rooms above forget what they registered for (`soc.people.directory.erasing`).

    That a number wants no SMS outlives it, as a digest only.

    Raises:
        Refusal: as `remove_person`; or the person has an account that is switched on.
    """
    person = _locked(actor, person, version)
    must_manage(actor, person.site_id)
    if person.member is not None and person.member.is_active:
        sentence = _("This person has an account. Switch the account off first.")
        raise Refusal("has_account", sentence, status=Status.CONFLICT)
    if person.erased_at is not None:
        return person
    person.ways.all().delete()
    PersonProfile.objects.filter(person=person).delete()
    ListEntry.objects.filter(person=person).delete()
    person.display_name, person.language, person.member = "", person.organisation.language, None
    person.latitude = person.longitude = None
    person.erased_at = clock.now()
    person.removed_at = person.removed_at or person.erased_at
    entries = Entry.objects.filter(
        organisation=person.organisation_id, subject_kind=Person._meta.label_lower, subject_id=str(person.pk)
    )
    told = erasing.forget(person) | set(entries.values_list("pk", flat=True))
    erase_personal(person.organisation, told, reason="erased person", actor=actor)
    _save_and_tell(person, Action.PERSON_ERASED, actor)
    return person


def must_manage(actor: Member, site: UUID | None) -> None:
    """The actor manages the directory at this site; for people of no site: at all sites.

    Raises:
        Refusal: not there.
    """
    people.must_hold(actor, Right.MANAGE_DIRECTORY, site)


def facts_of(person: Person) -> Facts:
    """The person as the journal tells of one."""
    profiles = person.profiles.order_by("name").values_list("name", flat=True)
    lists = person.lists.order_by("name").values_list("name", flat=True)
    return facts(person, list(person.ways.all()), list(profiles), list(lists))


def facts(person: Person, ways: Sequence[ContactWay], profiles: Sequence[str], lists: Sequence[str]) -> Facts:
    """The same, of what is at hand already."""
    site: Json = str(person.site_id) if person.site_id else None
    return Facts(
        {"language": person.language, "inside": person.inside, "site": site},
        {
            "display_name": person.display_name,
            "latitude": person.latitude,
            "longitude": person.longitude,
            "ways": [_written(way) for way in ways],
            "profiles": list(profiles),
            "lists": list(lists),
        },
    )


def whole_position(latitude: float | None, longitude: float | None) -> None:
    """A place is whole or it is none.

    Raises:
        Refusal: half a position was entered.
    """
    if (latitude is None) != (longitude is None):
        sentence = _("Enter both latitude and longitude, or neither.")
        raise Refusal("half_a_position", sentence, fields={"latitude" if latitude is None else "longitude": sentence})


def changed_meanwhile() -> Refusal:
    """A colleague was first."""
    sentence = _("A colleague has changed this person meanwhile. Look at the person and enter your change again.")
    return Refusal("changed_meanwhile", sentence, status=Status.CONFLICT)


def _take(person: Person, entered: PersonEntry) -> None:
    """Everything but what has rows of its own; the caller saves."""
    if "display_name" in entered:
        person.display_name = entered["display_name"].strip()
    if not person.display_name:
        needed = _("Enter a name.")
        raise Refusal("name_needed", needed, fields={"display_name": needed})
    if "language" in entered:
        person.language = languages.checked(entered["language"])
    if "site" in entered:
        site = entered["site"]
        if site and not Site.objects.filter(organisation=person.organisation_id, pk=site).exists():
            unknown = _("There is no such site.")
            raise Refusal("unknown_site", unknown, fields={"site": unknown})
        person.site_id = site
    person.inside = entered.get("inside", person.inside)
    person.latitude = entered.get("latitude", person.latitude)
    person.longitude = entered.get("longitude", person.longitude)
    whole_position(person.latitude, person.longitude)


def _take_groups(actor: Member, person: Person, entered: PersonEntry) -> None:
    """Ways, profiles and lists; the person's row is there."""
    if "ways" in entered:
        ways.put(person, ways.checked(entered["ways"], phones.region_of(actor.organisation)))
    if "profiles" in entered:
        wanted = set(entered["profiles"])
        known = Profile.objects.filter(organisation=person.organisation_id, pk__in=wanted).count()
        _all_known("profiles", known, wanted)
        rows = PersonProfile.objects.filter(person=person)
        rows.exclude(profile__in=wanted).delete()
        new = [PersonProfile(organisation_id=person.organisation_id, person=person, profile_id=pk) for pk in wanted]
        PersonProfile.objects.bulk_create(new, ignore_conflicts=True)
    if "lists" in entered:
        wanted = set(entered["lists"])
        known = PersonList.objects.filter(organisation=person.organisation_id, pk__in=wanted).count()
        _all_known("lists", known, wanted)
        entries = ListEntry.objects.filter(person=person)
        entries.exclude(list__in=wanted).delete()
        on = [ListEntry(organisation_id=person.organisation_id, person=person, list_id=pk) for pk in wanted]
        ListEntry.objects.bulk_create(on, ignore_conflicts=True)


def _written(way: ContactWay) -> str:
    """A way in the journal: ``+33639980001 sms voice``."""
    return " ".join([way.address, *(["sms"] if way.sms else []), *(["voice"] if way.voice else [])])


def _all_known(field: str, known: int, wanted: set[UUID]) -> None:
    if known != len(wanted):
        sentence = _("There is no such profile.") if field == "profiles" else _("There is no such list.")
        raise Refusal("unknown_group", sentence, fields={field: sentence})


def _locked(actor: Member, person: Person, version: int | None) -> Person:
    """The person as it is now; nobody else changes the directory until the transaction ends."""
    people.lock(actor.organisation_id)
    found = Person.objects.select_related("organisation", "member").get(pk=person.pk)
    if version is not None and found.version != version:
        raise changed_meanwhile()
    return found


def _save_and_tell(person: Person, action: Action, actor: Member) -> None:
    person.version += 1
    person.save()
    record(person.organisation_id, action, actor=actor, subject=person, site_id=person.site_id)
    feed.people_changed(person.organisation_id)


def _erased() -> Refusal:
    sentence = _("This person was erased: nothing is left to take back.")
    return Refusal("erased", sentence, status=Status.CONFLICT)


def _difference(before: Details, after: Details) -> Details:
    changed = [name for name in after if before[name] != after[name]]
    if not changed:
        return {}
    return {"before": {name: before[name] for name in changed}, "after": {name: after[name] for name in changed}}
