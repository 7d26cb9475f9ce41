"""Profiles and lists: added, renamed, deleted, and people put on them or taken off. They are the whole organisation's."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import F, ProtectedError
from django.utils.translation import gettext_lazy as _

from soc.journal.actions import Action
from soc.journal.services import Act, Json, record, record_many
from soc.people import services as people
from soc.people.directory import feed, services
from soc.people.directory.models import ListEntry, Person, PersonList, PersonProfile, Profile
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import Everywhere, reach, scoped
from soc.refusals import Refusal, Status

Group = Profile | PersonList
MOST_PEOPLE = 5000
"""How many people are put on or taken off at once."""


@transaction.atomic
def add_profile(actor: Member, name: str) -> Profile:
    """Add a profile.

    Raises:
        Refusal: there is one of this name, or the actor manages some sites only.
    """
    profile = Profile(organisation_id=actor.organisation_id)
    _name(actor, profile, name)
    return profile


@transaction.atomic
def add_list(actor: Member, name: str) -> PersonList:
    """Add a list; see `add_profile` for what it refuses."""
    made = PersonList(organisation_id=actor.organisation_id)
    _name(actor, made, name)
    return made


@transaction.atomic
def rename(actor: Member, group: Group, name: str, *, version: int) -> Group:
    """Call a profile or list something else.

    Raises:
        Refusal: as `add_profile`, or a colleague changed it since `version`.
    """
    group = _locked(actor, group)
    if group.version != version:
        sentence = _("A colleague has changed this meanwhile. Look at it and enter your change again.")
        raise Refusal("changed_meanwhile", sentence, status=Status.CONFLICT)
    group.version += 1
    _name(actor, group, name)
    return group


@transaction.atomic
def delete(actor: Member, group: Group, *, with_people: bool = False) -> None:
    """Delete a profile or list.

    Args:
        actor: who does it.
        group: which.
        with_people: also when somebody has it; the people stay.

    Raises:
        Refusal: the actor manages some sites only, somebody has it, or something else names it.
    """
    group = _locked(actor, group)
    count = group.people.count()
    if count and not with_people:
        sentence = _(
            "It is in use (people: %(count)d). Take them off first, or confirm that it goes although they have it."
        )
        raise Refusal("in_use", sentence, status=Status.CONFLICT, params={"count": count})
    held = list(group.people.all())
    subject, name = type(group)(pk=group.pk), group.name
    try:
        with transaction.atomic():
            group.delete()
    except ProtectedError as error:
        sentence = _("A plan or a schedule names it. Take it out there first.")
        raise Refusal("named_elsewhere", sentence, status=Status.CONFLICT) from error
    Person.objects.filter(pk__in=[person.pk for person in held]).update(version=F("version") + 1)
    record_many(actor.organisation_id, Action.PERSON_CHANGED, _acts(held, group, name, on=False), actor=actor)
    record(
        actor.organisation_id, _action(group), actor=actor, subject=subject,
        details={"before": {"name": name}, "removed": True},
    )  # fmt: skip
    feed.people_changed(actor.organisation_id)


@transaction.atomic
def put_people(actor: Member, group: Group, wanted: Collection[UUID], *, on: bool) -> int:
    """Put people on a profile or list, or take them off.

    Returns:
        For how many that changed something.

    Raises:
        Refusal: some are out of the actor's reach, or removed.
    """
    people.lock(actor.organisation_id)
    ids = set(wanted)
    found = list(scoped(Person.objects.filter(pk__in=ids), actor, Right.MANAGE_DIRECTORY))
    if len(found) != len(ids) or any(person.removed_at for person in found):
        unknown = _("Some of these people are not in the directory.")
        raise Refusal("unknown_person", unknown, fields={"people": unknown})
    for site in {person.site_id for person in found}:
        services.must_manage(actor, site)
    held = set(group.people.filter(pk__in=ids).values_list("pk", flat=True))
    touched = [person for person in found if (person.pk in held) is not on]
    if not touched:
        return 0
    if on:
        _put(group, touched)
    else:
        _take_off(group, touched)
    Person.objects.filter(pk__in=[person.pk for person in touched]).update(version=F("version") + 1)
    record_many(
        actor.organisation_id, Action.PERSON_CHANGED, _acts(touched, group, group.name, on=on), actor=actor
    )  # fmt: skip
    feed.people_changed(actor.organisation_id)
    return len(touched)


def must_manage_all(actor: Member) -> None:
    """The actor manages the directory of all sites.

    Raises:
        Refusal: of some only.
    """
    if not isinstance(reach(actor, Right.MANAGE_DIRECTORY), Everywhere):
        whole = _(
            "Profiles and lists are the whole organisation's. Ask somebody who manages the directory of all sites."
        )
        raise Refusal("whole_organisation", whole, status=Status.FORBIDDEN)


def _put(group: Group, people: Collection[Person]) -> None:
    of = group.organisation_id
    if isinstance(group, Profile):
        PersonProfile.objects.bulk_create(
            PersonProfile(organisation_id=of, person=one, profile=group) for one in people
        )
    else:
        ListEntry.objects.bulk_create(ListEntry(organisation_id=of, person=one, list=group) for one in people)


def _take_off(group: Group, people: Collection[Person]) -> None:
    if isinstance(group, Profile):
        PersonProfile.objects.filter(profile=group, person__in=people).delete()
    else:
        ListEntry.objects.filter(list=group, person__in=people).delete()


def _locked(actor: Member, group: Group) -> Group:
    must_manage_all(actor)
    people.lock(actor.organisation_id)
    return Profile.objects.get(pk=group.pk) if isinstance(group, Profile) else PersonList.objects.get(pk=group.pk)


def _name(actor: Member, group: Group, name: str) -> None:
    must_manage_all(actor)
    people.lock(actor.organisation_id)
    name = name.strip()
    others = type(group).objects.filter(organisation=actor.organisation_id).exclude(pk=group.pk)
    if others.filter(name__iexact=name).exists():
        sentence = _("There is already one of this name.")
        raise people.taken("name", sentence)
    before, group.name = group.name, name
    if before == name:
        return
    group.save()
    details: dict[str, Json] = (
        {"after": {"name": name}} if not before else {"before": {"name": before}, "after": {"name": name}}
    )
    record(actor.organisation_id, _action(group), actor=actor, subject=group, details=details)
    feed.people_changed(actor.organisation_id)


def _action(group: Group) -> Action:
    return Action.PROFILE_CHANGED if isinstance(group, Profile) else Action.PERSON_LIST_CHANGED


def _acts(touched: Collection[Person], group: Group, name: str, *, on: bool) -> list[Act]:
    """Of each person that they are on it or no longer: what somebody is to the organisation is personal."""
    field = "profiles" if isinstance(group, Profile) else "lists"
    side = "after" if on else "before"
    return [Act(person, person.site_id, personal={side: {field: [name]}}) for person in touched]
