"""Members are people who can be reached: each has a person, and changes the own ways."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.directory.members import ensure_people_of_members, person_of
from soc.people.directory.models import ContactWay, Person
from soc.people.directory.tasks import members as tick
from soc.people.models import Site
from soc.people.rights import Role
from tests.factories import ApiTokenFactory, MemberFactory, PersonFactory, SiteFactory
from tests.soc.people.directory.conftest import Api, Letterbox

pytestmark = pytest.mark.django_db


def test_each_active_member_gets_a_person_once(site: Site) -> None:
    here = MemberFactory(site=site, roles=[Role.AGENT, Role.SUPERVISOR], display_name="Here", email="Here@Example.org")
    there = SiteFactory(organisation=site.organisation)
    both = MemberFactory(site=site, roles=[Role.AGENT], language="fr")
    both.grants.create(organisation=site.organisation, role=Role.AGENT, site=there)
    everywhere = MemberFactory(organisation=site.organisation, roles=[Role.AGENT])
    MemberFactory(organisation=site.organisation, is_active=False)
    MemberFactory()
    assert ensure_people_of_members(site.organisation) == 3
    assert ensure_people_of_members(site.organisation.pk) == 0
    people = {person.member_id: person for person in Person.objects.all()}
    assert set(people) == {here.pk, both.pk, everywhere.pk}
    assert [people[one.pk].site_id for one in (here, both, everywhere)] == [site.pk, None, None]
    assert (people[here.pk].display_name, people[both.pk].language) == ("Here", "fr")
    way = ContactWay.objects.get()
    assert (way.person_id, way.kind, way.address, way.verified_at) == (
        people[here.pk].pk, "email", "here@example.org", None
    )  # fmt: skip
    assert Entry.objects.filter(action=Action.PERSON_ADDED).count() == 3


def test_it_takes_as_many_statements_for_many_as_for_one(site: Site) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            ensure_people_of_members(site.organisation)
        return len(asked)

    MemberFactory(organisation=site.organisation)
    one = queries()
    for _ in range(5):
        MemberFactory(organisation=site.organisation)
    assert queries() == one


def test_the_clock_does_it_for_everybody_and_names_follow_the_account(site: Site) -> None:
    member, other = MemberFactory(organisation=site.organisation), MemberFactory()
    tick()
    assert set(Person.objects.values_list("member", flat=True)) == {member.pk, other.pk}
    member.display_name = "Renamed"
    member.save()
    tick()
    person = Person.objects.get(member=member)
    assert (person.display_name, person.version, person.folded_name) == ("Renamed", 2, "renamed")


def test_who_was_removed_is_not_added_again(admin: Api, site: Site) -> None:
    member = MemberFactory(organisation=site.organisation)
    ensure_people_of_members(site.organisation)
    admin.delete(f"people/{Person.objects.get(member=member).pk}/")
    ensure_people_of_members(site.organisation)
    assert Person.objects.filter(member=member).count() == 1


def test_a_member_without_a_role_reads_and_changes_the_own_ways(site: Site) -> None:
    own = Api(MemberFactory(organisation=site.organisation, display_name="Rémi"))
    told = own.get("me/ways-to-reach/")
    assert (told["language"], told["ways"], told["version"]) == (own.member.language, [], 1)
    changed = own.patch(
        "me/ways-to-reach/",
        {"version": 1, "language": "ti", "ways": [{"kind": "phone", "address": "06 39 98 00 01"}]},
    )
    assert (changed["language"], changed["ways"][0]["address"], changed["version"]) == ("ti", "+33639980001", 2)
    assert own.get("me/ways-to-reach/") == changed
    own.patch("me/ways-to-reach/", {"version": 1, "language": "fr"}, 409)
    told = own.patch("me/ways-to-reach/", {"version": 2, "ways": [{"kind": "phone", "address": "17"}]}, 400)
    assert list(told["fields"]) == ["ways.0.address"]
    own.patch("me/ways-to-reach/", {"version": 2, "display_name": "x"}, 400)
    own.get("people/", 403)


def test_a_program_does_not_redirect_what_is_meant_for_its_member(site: Site) -> None:
    member = MemberFactory(organisation=site.organisation)
    ApiTokenFactory(member=member, text="a-token")
    own = Api(member)
    own.client.force_authenticate(None)
    own.client.credentials(HTTP_AUTHORIZATION="Bearer a-token")
    own.get("me/ways-to-reach/")
    assert own.patch("me/ways-to-reach/", {"version": 1, "ways": []}, 403)["code"] == "not_with_a_token"


def test_a_member_verifies_the_own_way_and_nobody_elses(site: Site, letterbox: Letterbox) -> None:
    own = Api(MemberFactory(organisation=site.organisation))
    PersonFactory(organisation=site.organisation, member=own.member, phone="+33639980001")
    way = own.get("me/ways-to-reach/")["ways"][0]
    own.post(f"me/ways-to-reach/{way['id']}/code/", status=204)
    assert own.post(f"me/ways-to-reach/{way['id']}/confirmation/", {"code": letterbox.code})["verified_at"]
    foreign = PersonFactory(organisation=site.organisation, phone="+33639980002").ways.get()
    own.post(f"me/ways-to-reach/{foreign.pk}/code/", status=404)
    own.post(f"me/ways-to-reach/{foreign.pk}/confirmation/", {"code": "123456"}, 404)


def test_who_was_removed_changes_nothing(admin: Api, site: Site) -> None:
    own = Api(MemberFactory(organisation=site.organisation))
    person = person_of(own.member)
    admin.delete(f"people/{person.pk}/")
    assert own.get("me/ways-to-reach/")["removed_at"] is not None
    assert own.patch("me/ways-to-reach/", {"version": 2, "ways": []}, 409)["code"] == "removed"
