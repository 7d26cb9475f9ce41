"""Whom a plan would reach, against a plain count; and that the number of queries does not grow with that of people."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef
from django.test.utils import CaptureQueriesContext

from alerts.channels.base import Channel
from crisis.plans import parts
from crisis.plans.audiences import people
from crisis.plans.models import PlanVersion
from crisis.plans.reach import names, reach
from soc import clock
from soc.people.directory.models import ContactWay, Person, WayKind
from soc.people.models import Member
from soc.people.rights import Role
from tests import factories
from tests.crisis.plans.conftest import RISK, Document, House

pytestmark = pytest.mark.django_db


def kept(house: House, *steps: Document, **fields: object) -> PlanVersion:
    plan = factories.ResponsePlanFactory(site=house.site)
    return factories.PlanVersionFactory(
        plan=plan, document=house.document(*steps, **fields), risk=RISK, author=house.author
    )


def crowd(house: House, size: int, seed: int = 1) -> None:
    """People with and without phones, addresses, accounts, of several languages."""
    chance = random.Random(seed)
    rows = [
        Person(
            organisation=house.organisation,
            display_name=f"Person {number}",
            site=house.site if chance.random() < 0.8 else None,
            inside=chance.random() < 0.7,
            language=chance.choice(["en", "en", "fr", "ar"]),
        )
        for number in range(size)
    ]
    for person in rows[:: max(size // 20, 1)]:
        person.member = house.member(Role.RESPONDER)
    Person.objects.bulk_create(rows)
    ways: list[ContactWay] = []
    for number, person in enumerate(rows):
        for _ in range(chance.choice([0, 1, 1, 1, 2])):
            ways.append(
                ContactWay(
                    organisation=house.organisation,
                    person=person,
                    address=f"+3363{len(ways):08d}",
                    kind=WayKind.PHONE,
                    sms=chance.random() < 0.8,
                    voice=chance.random() < 0.9,
                    stopped_at=clock.now() if chance.random() < 0.1 else None,
                )
            )
        if chance.random() < 0.6:
            ways.append(
                ContactWay(
                    organisation=house.organisation, person=person, address=f"{number}@example.org", kind=WayKind.EMAIL
                )
            )
    ContactWay.objects.bulk_create(ways)


def counted(person: Person) -> set[Channel]:
    """By what somebody can be reached, told plainly."""
    ways = list(person.ways.all())
    found = set()
    if person.member is not None and person.member.is_active:
        found.add(Channel.APP)
    if any(way.kind == WayKind.PHONE and way.sms and way.stopped_at is None for way in ways):
        found.add(Channel.SMS)
    if any(way.kind == WayKind.PHONE and way.voice for way in ways):
        found.add(Channel.VOICE)
    if any(way.kind == WayKind.EMAIL for way in ways):
        found.add(Channel.EMAIL)
    return found


def steps_of(house: House) -> list[Document]:
    return [
        house.message("a", ways=[{"channel": "app"}, {"channel": "sms"}, {"channel": "voice", "after_s": 60}]),
        house.message("b", to={**house.everybody(), "whom": "outside"}, ways=[{"channel": "email"}]),
        house.message("c", to={"groups": [{"kind": "role", "role": "responder"}]}, ways=[{"channel": "app"}]),
    ]


@pytest.mark.parametrize("seed", range(5))
def test_the_numbers_are_those_of_a_plain_count(house: House, seed: int) -> None:
    crowd(house, 80, seed)
    version = kept(house, *steps_of(house))
    by: dict[Person, set[Channel]] = {}
    told = reach(version, clock.now())
    for step, of in zip(version.content.messages(), told.steps, strict=True):
        own = list(people(house.organisation.pk, house.site.pk, step.to, clock.now()))
        ways = {way.channel for way in step.ways}
        assert of.people == len(own)
        assert of.reached == sum(bool(counted(person) & ways) for person in own)
        assert of.channels == {channel: sum(channel in counted(person) for person in own) for channel in of.channels}
        for person in own:
            by.setdefault(person, set()).update(counted(person) & ways)
    assert told.people == len(by)
    assert told.channels == {channel: sum(channel in one for one in by.values()) for channel in told.channels}
    assert set(told.channels) == {Channel.APP, Channel.SMS, Channel.VOICE, Channel.EMAIL}
    assert told.by_two == sum(len(one) >= 2 for one in by.values())
    assert told.by_none == sum(not one for one in by.values())
    assert set(told.without_phone) == {
        person.pk for person in by if not person.ways.filter(kind=WayKind.PHONE).exists()
    }
    assert told.languages == Counter(person.language for person in by)


def test_whom_push_reaches_is_not_known_until_somebody_can_say(house: House) -> None:
    member = house.member(Role.RESPONDER)
    house.person(member=member)
    version = kept(house, house.message(ways=[{"channel": "push"}]))
    assert reach(version, clock.now()).channels == {Channel.PUSH: None}
    parts.register_address(Channel.PUSH, lambda: Exists(Member.objects.filter(pk=OuterRef("member"))))
    assert reach(version, clock.now()).channels == {Channel.PUSH: 1}


def test_who_is_told_of_a_call_for_help_is_counted(house: House) -> None:
    assert reach(kept(house), clock.now()).help_to is None
    assert reach(kept(house, help_to=house.everybody()), clock.now()).help_to == 1


def test_names_are_shown_only_to_who_sees_the_directory(house: House) -> None:
    person = house.person(phone=False, display_name="Camille Martin")
    told = reach(kept(house), clock.now())
    assert told.without_phone == (person.pk,)
    assert names(house.member(Role.AGENT), told.without_phone) == {person.pk: "Camille Martin"}
    assert names(house.member(Role.AUDITOR), told.without_phone) == {}
    elsewhere = factories.SiteFactory(organisation=house.organisation)
    assert names(factories.MemberFactory(site=elsewhere, roles=[Role.AGENT]), told.without_phone) == {}


def test_the_number_of_queries_does_not_grow_with_that_of_people(house: House) -> None:
    version = kept(house, *steps_of(house))
    version = PlanVersion.objects.select_related("plan").get(pk=version.pk)
    with CaptureQueriesContext(
        connection,
    ) as few:
        reach(version, clock.now())
    crowd(house, 300)
    with CaptureQueriesContext(connection) as many:
        reach(version, clock.now())
    assert len(many) == len(few) <= 5
