"""People who can be reached, their profiles and lists."""

from __future__ import annotations

from typing import Any

from factory.declarations import SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from soc.people.directory.models import ContactWay, ListEntry, Person, PersonList, PersonProfile, Profile, WayKind
from soc.people.models import Site
from tests.factories.base import typed
from tests.factories.people import OrganisationFactory


class _Person(DjangoModelFactory[Person]):
    """Somebody who can be reached: ``PersonFactory(site=site, phone="+33639980001", email="a@example.org")``."""

    class Meta:
        model = Person

    organisation = SubFactory(OrganisationFactory)
    display_name = Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class: type[Person], *args: Any, **kwargs: Any) -> Person:
        site: Site | None = kwargs.get("site")
        if site is not None:
            kwargs["organisation"] = site.organisation
        given = {WayKind.PHONE: kwargs.pop("phone", None), WayKind.EMAIL: kwargs.pop("email", None)}
        person = model_class.objects.create(*args, **kwargs)
        for position, (kind, address) in enumerate(given.items()):
            if address is not None:
                phone = kind is WayKind.PHONE
                row = {"kind": kind, "address": address, "position": position, "sms": phone, "voice": phone}
                ContactWay.objects.create(organisation=person.organisation, person=person, **row)
        return person


class _ContactWay(DjangoModelFactory[ContactWay]):
    """A phone: ``ContactWayFactory(person=person)``."""

    class Meta:
        model = ContactWay

    person = SubFactory(_Person)
    organisation = SelfAttribute("person.organisation")
    kind = WayKind.PHONE
    address = Sequence(lambda n: f"+3361{n:07d}")


class _Profile(DjangoModelFactory[Profile]):
    """A profile: ``ProfileFactory(people=[…])``."""

    class Meta:
        model = Profile

    organisation = SubFactory(OrganisationFactory)
    name = Sequence(lambda n: f"Profile {n}")

    @classmethod
    def _create(cls, model_class: type[Profile], *args: Any, **kwargs: Any) -> Profile:
        people: list[Person] = kwargs.pop("people", [])
        profile = model_class.objects.create(*args, **kwargs)
        for person in people:
            PersonProfile.objects.create(organisation=profile.organisation, profile=profile, person=person)
        return profile


class _PersonList(DjangoModelFactory[PersonList]):
    """A list: ``PersonListFactory(people=[…])``."""

    class Meta:
        model = PersonList

    organisation = SubFactory(OrganisationFactory)
    name = Sequence(lambda n: f"List {n}")

    @classmethod
    def _create(cls, model_class: type[PersonList], *args: Any, **kwargs: Any) -> PersonList:
        people: list[Person] = kwargs.pop("people", [])
        made = model_class.objects.create(*args, **kwargs)
        for person in people:
            ListEntry.objects.create(organisation=made.organisation, list=made, person=person)
        return made


PersonFactory = typed(_Person)
ContactWayFactory = typed(_ContactWay)
ProfileFactory = typed(_Profile)
PersonListFactory = typed(_PersonList)
