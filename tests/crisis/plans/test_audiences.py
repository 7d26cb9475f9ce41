"""Who an audience is: each kind of group, those inside and outside, and an area against a second way to reckon it."""

from __future__ import annotations

import datetime as dt
import math
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from crisis.plans.audiences import people
from crisis.plans.content import Audience
from soc import clock
from soc.people.directory.models import ListEntry, Person, PersonList, PersonProfile, Profile
from soc.people.rights import Role
from tests import factories
from tests.crisis.plans.conftest import House

_AUDIENCE: TypeAdapter[Audience] = TypeAdapter(Audience)
Point = tuple[float, float]


def who(house: House, *groups: dict[str, Any], whom: str = "all") -> set[Person]:
    audience = _AUDIENCE.validate_python({"groups": list(groups), "whom": whom})
    return set(people(house.organisation.pk, house.site.pk, audience, clock.now()))


@pytest.mark.django_db
def test_a_role_is_who_holds_it_here_or_everywhere(house: House) -> None:
    elsewhere = factories.SiteFactory(organisation=house.organisation)
    members = {
        "everywhere": house.member(Role.AGENT),
        "here": factories.MemberFactory(site=house.site, roles=[Role.AGENT]),
        "elsewhere": factories.MemberFactory(site=elsewhere, roles=[Role.AGENT]),
        "another role": factories.MemberFactory(site=house.site, roles=[Role.AUDITOR]),
        "switched off": factories.MemberFactory(site=house.site, roles=[Role.AGENT], is_active=False),
    }
    made = {name: house.person(member=member) for name, member in members.items()}
    assert who(house, {"kind": "role", "role": "agent"}) == {made["everywhere"], made["here"]}


@pytest.mark.django_db
def test_profiles_lists_names_and_sites_are_taken_together_each_person_once(house: House) -> None:
    a, b, c, d = (house.person(site=None) for _ in range(4))
    profile = Profile.objects.create(organisation=house.organisation, name="Staff")
    listed = PersonList.objects.create(organisation=house.organisation, name="Cell")
    PersonProfile.objects.create(organisation=house.organisation, profile=profile, person=a)
    PersonProfile.objects.create(organisation=house.organisation, profile=profile, person=b)
    ListEntry.objects.create(organisation=house.organisation, list=listed, person=b)
    of_profile = {"kind": "profile", "profile": str(profile.pk)}
    on_list = {"kind": "list", "list": str(listed.pk)}
    named = {"kind": "people", "people": [str(b.pk), str(c.pk)]}
    assert who(house, of_profile) == {a, b}
    assert who(house, of_profile, on_list, named) == {a, b, c}
    here = {"kind": "site", "site": str(house.site.pk)}
    assert d not in who(house, of_profile, here)
    found = list(
        people(
            house.organisation.pk,
            house.site.pk,
            _AUDIENCE.validate_python({"groups": [of_profile, on_list]}),
            clock.now(),
        )
    )
    assert len(found) == len(set(found))


@pytest.mark.django_db
def test_only_those_inside_or_only_those_outside(house: House) -> None:
    Person.objects.all().delete()
    staff, neighbour = house.person(inside=True), house.person(inside=False)
    here = {"kind": "site", "site": str(house.site.pk)}
    assert who(house, here) == {staff, neighbour}
    assert who(house, here, whom="inside") == {staff}
    assert who(house, here, whom="outside") == {neighbour}


@pytest.mark.django_db
def test_who_was_removed_or_is_another_organisations_is_in_no_audience(house: House) -> None:
    gone, theirs = house.person(removed_at=clock.now()), factories.PersonFactory()
    assert who(house, {"kind": "people", "people": [str(gone.pk), str(theirs.pk)]}) == set()


@pytest.mark.django_db
def test_whoever_is_on_call_is_found_for_the_moment(house: House) -> None:
    first, second, hour, at = house.person(), house.person(), dt.timedelta(hours=1), clock.now()
    schedule = factories.ScheduleFactory(organisation=house.organisation)
    factories.OverrideFactory(schedule=schedule, person=first, starts_at=at - hour, ends_at=at + hour)
    factories.OverrideFactory(schedule=schedule, person=second, starts_at=at + hour, ends_at=at + 2 * hour)
    audience = _AUDIENCE.validate_python({"groups": [{"kind": "on_call", "schedule": str(schedule.pk)}]})

    def on_call(moment: dt.datetime) -> set[Person]:
        return set(people(house.organisation.pk, house.site.pk, audience, moment))

    assert [on_call(at), on_call(at + 1.5 * hour), on_call(at + 3 * hour)] == [{first}, {second}, set()]


@pytest.mark.django_db
def test_another_organisation_s_schedule_has_nobody(house: House) -> None:
    theirs = factories.OverrideFactory()
    assert who(house, {"kind": "on_call", "schedule": str(theirs.schedule.pk)}) == set()


@pytest.mark.django_db
def test_an_area_is_who_lives_or_works_within_it(house: House) -> None:
    corners = [[45.0, 5.0], [45.0, 6.0], [46.0, 6.0], [45.5, 5.5], [46.0, 5.0]]  # a notch from the north
    inside = house.person(latitude=45.2, longitude=5.5)
    house.person(latitude=45.8, longitude=5.5)  # in the notch
    house.person(latitude=45.2, longitude=6.5)
    house.person()
    assert who(house, {"kind": "area", "outline": corners}) == {inside}
    assert who(house, {"kind": "area", "name": "Low town", "outline": corners}) == {inside}


def by_winding(point: Point, outline: list[Point]) -> bool:
    """Whether a point lies within an outline that does not cross itself: by how far the corners turn around it."""
    turned = 0.0
    for (a_north, a_east), (b_north, b_east) in zip(outline, outline[1:] + outline[:1], strict=True):
        a = math.atan2(a_north - point[0], a_east - point[1])
        b = math.atan2(b_north - point[0], b_east - point[1])
        turned += math.remainder(b - a, math.tau)
    return abs(turned) > math.pi


@st.composite
def stars(draw: st.DrawFn) -> list[Point]:
    """An outline that does not cross itself: corners at growing angles around a centre, nearer and farther."""
    count = draw(st.integers(3, 12))
    reaches = draw(st.lists(st.floats(0.1, 2), min_size=count, max_size=count))
    first = draw(st.floats(0, 6))
    angles = [first + math.tau * number / count for number in range(count)]
    return [(45 + r * math.sin(at), 5 + r * math.cos(at)) for r, at in zip(reaches, angles, strict=True)]


def distance(point: Point, a: Point, b: Point) -> float:
    """From a point to a side."""
    along = (b[0] - a[0], b[1] - a[1])
    length = along[0] ** 2 + along[1] ** 2
    part = ((point[0] - a[0]) * along[0] + (point[1] - a[1]) * along[1]) / length if length else 0
    part = max(0, min(1, part))
    return math.hypot(point[0] - a[0] - part * along[0], point[1] - a[1] - part * along[1])


@pytest.mark.django_db
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(outline=stars())
def test_an_area_is_reckoned_right(house: House, outline: list[Point]) -> None:
    """The same people each time, another outline: the database against a second way to reckon it."""
    chance = random.Random(7)
    points = [(45 + chance.uniform(-2.1, 2.1), 5 + chance.uniform(-2.1, 2.1)) for _ in range(60)]
    if Person.objects.filter(latitude__isnull=False).count() == 0:
        Person.objects.bulk_create(
            Person(organisation=house.organisation, display_name=str(number), latitude=north, longitude=east)
            for number, (north, east) in enumerate(points)
        )
    sides = list(zip(outline, outline[1:] + outline[:1], strict=True))
    found = {int(person.display_name) for person in who(house, {"kind": "area", "outline": outline})}
    for number, point in enumerate(points):
        if min(distance(point, a, b) for a, b in sides) > 1e-5:  # on a side, either answer is one
            assert (number in found) == by_winding(point, outline), point
