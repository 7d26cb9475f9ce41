"""Profiles and lists: the whole organisation's, with people put on them and taken off."""

from __future__ import annotations

import json

import pytest

from soc.journal.actions import Action
from soc.journal.models import Entry, Personal
from soc.people.directory.models import Person, PersonList, Profile
from soc.people.models import Site
from soc.people.rights import Role
from tests.factories import MemberFactory, PersonFactory, PersonListFactory, ProfileFactory, SiteFactory
from tests.soc.people.directory.conftest import Api

pytestmark = pytest.mark.django_db
PLACES = pytest.mark.parametrize("place", ["profiles", "person-lists"])


@PLACES
def test_one_is_added_renamed_and_deleted(admin: Api, place: str) -> None:
    made = admin.post(f"{place}/", {"name": " First aiders "}, 201)
    assert (made["name"], made["count"], made["version"]) == ("First aiders", 0, 1)
    renamed = admin.patch(f"{place}/{made['id']}/", {"name": "Aiders", "version": 1})
    assert (renamed["name"], renamed["version"]) == ("Aiders", 2)
    assert admin.patch(f"{place}/{made['id']}/", {"name": "x", "version": 1}, 409)["code"] == "changed_meanwhile"
    admin.delete(f"{place}/{made['id']}/")
    assert admin.get(f"{place}/")["results"] == []
    assert Entry.objects.count() == 3


@PLACES
def test_two_of_one_name_are_refused(admin: Api, place: str) -> None:
    admin.post(f"{place}/", {"name": "Aiders"}, 201)
    assert set(admin.post(f"{place}/", {"name": "AIDERS"}, 409)["fields"]) == {"name"}
    other = admin.post(f"{place}/", {"name": "Others"}, 201)
    admin.patch(f"{place}/{other['id']}/", {"name": "aiders", "version": 1}, 409)
    admin.post(f"{place}/", {"name": " "}, 400)


@PLACES
def test_people_are_put_on_and_taken_off(admin: Api, site: Site, place: str) -> None:
    one, other = PersonFactory(site=site), PersonFactory(organisation=site.organisation)
    made = admin.post(f"{place}/", {"name": "Aiders"}, 201)
    body = {"people": [str(one.pk), str(other.pk)], "on": True}
    assert admin.post(f"{place}/{made['id']}/people/", body) == {"changed": 2}
    assert admin.post(f"{place}/{made['id']}/people/", body) == {"changed": 0}
    assert admin.get(f"{place}/")["results"][0]["count"] == 2
    one.refresh_from_db()
    assert one.version == 2  # a form that was open meanwhile does not undo it
    assert admin.post(f"{place}/{made['id']}/people/", {"people": [str(one.pk)], "on": False}) == {"changed": 1}
    assert admin.get(f"{place}/")["results"][0]["count"] == 1
    entries = Entry.objects.filter(action=Action.PERSON_CHANGED, subject_id=str(one.pk)).order_by("id")
    field = "profiles" if place == "profiles" else "lists"
    assert [json.loads(Personal.objects.get(entry=entry).text) for entry in entries] == [
        {"after": {field: ["Aiders"]}},
        {"before": {field: ["Aiders"]}},
    ]
    assert "Aiders" not in json.dumps([entry.details for entry in entries])


@PLACES
def test_one_that_people_have_is_deleted_only_knowingly(admin: Api, site: Site, place: str) -> None:
    person = PersonFactory(site=site)
    factory = ProfileFactory if place == "profiles" else PersonListFactory
    group = factory(organisation=site.organisation, people=[person])
    told = admin.delete(f"{place}/{group.pk}/", 409)
    assert (told["code"], "people: 1" in told["message"]) == ("in_use", True)
    admin.delete(f"{place}/{group.pk}/?with_people=true")
    assert not Profile.objects.exists()
    assert not PersonList.objects.exists()
    assert Person.objects.get().version == 2


@PLACES
def test_who_manages_one_site_puts_its_people_on_and_changes_nothing_else(site: Site, place: str) -> None:
    local = Api(MemberFactory(site=site, roles=[Role.ADMINISTRATOR]))
    far = PersonFactory(site=SiteFactory(organisation=site.organisation))
    nowhere = PersonFactory(organisation=site.organisation)
    factory = ProfileFactory if place == "profiles" else PersonListFactory
    group = factory(organisation=site.organisation, people=[far])
    assert local.post(f"{place}/", {"name": "x"}, 403)["code"] == "whole_organisation"
    local.patch(f"{place}/{group.pk}/", {"name": "x", "version": 1}, 403)
    local.delete(f"{place}/{group.pk}/", 403)
    near = PersonFactory(site=site)
    assert local.post(f"{place}/{group.pk}/people/", {"people": [str(near.pk)], "on": True}) == {"changed": 1}
    assert local.post(f"{place}/{group.pk}/people/", {"people": [str(far.pk)], "on": False}, 400)["fields"]
    local.post(f"{place}/{group.pk}/people/", {"people": [str(nowhere.pk)], "on": True}, 403)
    assert local.get(f"{place}/")["results"][0]["count"] == 1  # of those whom the reader sees


@PLACES
def test_who_was_removed_is_put_on_nothing_and_not_counted(admin: Api, site: Site, place: str) -> None:
    person = PersonFactory(site=site)
    factory = ProfileFactory if place == "profiles" else PersonListFactory
    group = factory(organisation=site.organisation, people=[person])
    admin.delete(f"people/{person.pk}/")
    assert admin.get(f"{place}/")["results"][0]["count"] == 0
    admin.post(f"{place}/{group.pk}/people/", {"people": [str(person.pk)], "on": False}, 400)
