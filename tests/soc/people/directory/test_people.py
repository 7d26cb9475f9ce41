"""The directory through the API: who is in it, how they are found, who may change whom, and what is told of a mistake."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from soc.broadcast.models import FeedEvent
from soc.journal.actions import Action
from soc.journal.models import Entry, Personal
from soc.people.directory import services
from soc.people.directory.models import ContactWay, Person, WayKind
from soc.people.directory.selectors import people_with
from soc.people.models import Site
from soc.people.rights import Role
from tests.factories import (
    MemberFactory,
    OrganisationFactory,
    PersonFactory,
    PersonListFactory,
    ProfileFactory,
    SiteFactory,
)
from tests.soc.people.directory.conftest import Api

pytestmark = pytest.mark.django_db

PHONE = {"kind": "phone", "address": "06 39 98 00 01"}
EMAIL = {"kind": "email", "address": "Lea@Example.ORG"}


def add(api: Api, **more: Any) -> dict[str, Any]:
    return dict(api.post("people/", {"display_name": "Léa Évêque", "ways": [PHONE, EMAIL], **more}, 201))


def test_somebody_is_added_with_ways_profiles_and_lists(admin: Api, site: Site) -> None:
    profile = ProfileFactory(organisation=site.organisation, name="First aider")
    crisis_cell = PersonListFactory(organisation=site.organisation, name="Crisis cell")
    made = add(
        admin, language="ar", site=str(site.pk), profiles=[str(profile.pk)], lists=[str(crisis_cell.pk)], inside=False
    )
    assert [(way["kind"], way["address"], way["written"], way["sms"], way["voice"]) for way in made["ways"]] == [
        ("phone", "+33639980001", "+33 6 39 98 00 01", True, True),
        ("email", "lea@example.org", "lea@example.org", False, False),
    ]
    assert (made["language"], made["site_name"], made["inside"], made["account"]) == ("ar", "Mairie", False, None)
    assert ([one["name"] for one in made["profiles"]], [one["name"] for one in made["lists"]]) == (
        ["First aider"],
        ["Crisis cell"],
    )
    assert admin.get(f"people/{made['id']}/") == made


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"ways": [PHONE, {"kind": "phone", "address": "no number"}]}, "ways.1.address"),
        ({"ways": [{"kind": "phone", "address": "112"}]}, "ways.0.address"),
        ({"ways": [{"kind": "email", "address": "lea@"}]}, "ways.0.address"),
        ({"ways": [PHONE, {"kind": "phone", "address": "+33639980001"}]}, "ways.1.address"),
        ({"ways": [{"kind": "phone", "address": f"06 39 98 00 {at:02}"} for at in range(11)]}, "ways"),
        ({"ways": [{"kind": "pigeon", "address": "x"}]}, "ways.0.kind"),
        ({"language": "klingon"}, "language"),
        ({"display_name": "   "}, "display_name"),
        ({"latitude": 45.0}, "longitude"),
        ({"latitude": 91, "longitude": 0}, "latitude"),
        ({"site": "00000000-0000-0000-0000-000000000001"}, "site"),
        ({"profiles": ["00000000-0000-0000-0000-000000000001"]}, "profiles"),
        ({"lists": ["00000000-0000-0000-0000-000000000001"]}, "lists"),
        ({"shoe_size": 42}, "shoe_size"),
    ],
)
def test_what_cannot_be_kept_is_told_at_its_field_and_nothing_is_kept(
    admin: Api, entered: dict[str, Any], field: str
) -> None:
    told = admin.post("people/", {"display_name": "Léa", **entered}, 400)
    assert list(told["fields"]) == [field]
    assert told["fields"][field].endswith(".")
    assert not Person.objects.exists()
    assert not Entry.objects.exists()


def test_an_emergency_number_is_refused_in_its_own_words_and_language(site: Site) -> None:
    french = Api(MemberFactory(organisation=site.organisation, roles=[Role.ADMINISTRATOR], language="fr"))
    french.client.credentials(HTTP_ACCEPT_LANGUAGE="fr")
    told = french.post("people/", {"display_name": "Léa", "ways": [{"kind": "phone", "address": "15"}]}, 400)
    assert "secours" in told["fields"]["ways.0.address"]


def test_a_change_replaces_whole_lists_and_keeps_what_is_known_of_a_way(admin: Api, site: Site) -> None:
    made = add(admin, site=str(site.pk))
    ContactWay.objects.filter(kind=WayKind.PHONE).update(
        verified_at="2026-01-01T00:00Z", stopped_at="2026-01-02T00:00Z"
    )
    changed = admin.patch(
        f"people/{made['id']}/", {"version": 1, "ways": [EMAIL, {**PHONE, "voice": False}], "site": None}
    )
    assert [way["address"] for way in changed["ways"]] == ["lea@example.org", "+33639980001"]
    assert changed["ways"][1]["id"] == made["ways"][0]["id"]
    assert changed["ways"][1]["verified_at"] is not None
    assert changed["ways"][1]["stopped_at"] is not None
    assert (changed["version"], changed["site"], changed["ways"][1]["voice"]) == (2, None, False)

    other = admin.patch(f"people/{made['id']}/", {"version": 2, "ways": [{**PHONE, "address": "06 39 98 00 02"}]})
    assert [(way["address"], way["verified_at"], way["stopped_at"]) for way in other["ways"]] == [
        ("+33639980002", None, None)
    ]


def test_a_colleague_who_was_first_is_not_overwritten(admin: Api) -> None:
    made = add(admin)
    admin.patch(f"people/{made['id']}/", {"version": 1, "display_name": "Léa B."})
    told = admin.patch(f"people/{made['id']}/", {"version": 1, "display_name": "Lea C."}, 409)
    assert told["code"] == "changed_meanwhile"
    assert Person.objects.get().display_name == "Léa B."


def test_a_change_that_changes_nothing_writes_nothing(admin: Api) -> None:
    made = add(admin)
    entries = Entry.objects.count()
    same = admin.patch(f"people/{made['id']}/", {"version": 1, "display_name": "Léa Évêque", "ways": [PHONE, EMAIL]})
    assert (same["version"], Entry.objects.count()) == (1, entries)


def test_the_journal_says_who_did_what_and_nothing_personal_in_its_details(admin: Api, site: Site) -> None:
    profile = ProfileFactory(organisation=site.organisation, name="Needs a wheelchair")
    made = add(admin, site=str(site.pk), profiles=[str(profile.pk)], latitude=45.19, longitude=5.72)
    admin.patch(f"people/{made['id']}/", {"version": 1, "display_name": "Léa B.", "profiles": []})
    admin.delete(f"people/{made['id']}/")
    entries = list(Entry.objects.order_by("id"))
    assert [entry.action for entry in entries] == [Action.PERSON_ADDED, Action.PERSON_CHANGED, Action.PERSON_REMOVED]
    assert {entry.subject_id for entry in entries} == {made["id"]}
    assert {entry.site_id for entry in entries} == {site.pk}
    public = json.dumps([entry.details for entry in entries])
    for word in ("Léa", "L\\u00e9a", "639980001", "example.org", "wheelchair", "45.19"):
        assert word not in public
    kept = json.loads(Personal.objects.get(entry=entries[1]).text)
    assert kept["before"] == {"display_name": "Léa Évêque", "profiles": ["Needs a wheelchair"]}
    assert kept["after"] == {"display_name": "Léa B.", "profiles": []}
    assert not FeedEvent.objects.exists()  # nothing of anybody is broadcast or replayed


def test_who_is_removed_is_kept_and_can_be_taken_back(admin: Api) -> None:
    made = add(admin)
    admin.delete(f"people/{made['id']}/")
    assert (admin.names(), admin.names("?removed=true"), admin.names("?removed=false")) == ([], ["Léa Évêque"], [])
    assert not people_with(admin.member.organisation_id, WayKind.PHONE, "+33639980001").exists()
    told = admin.patch(f"people/{made['id']}/", {"version": 2, "display_name": "x"}, 409)
    assert told["code"] == "removed"
    back = admin.post(f"people/{made['id']}/restore/", {"version": 2})
    assert (back["removed_at"], len(back["ways"])) == (None, 2)
    assert people_with(admin.member.organisation_id, WayKind.PHONE, "+33639980001").get().pk.hex == made["id"].replace(
        "-", ""
    )


def test_who_wants_to_be_forgotten_is_forgotten_here_and_in_the_journal(admin: Api, site: Site) -> None:
    profile = ProfileFactory(organisation=site.organisation, name="Volunteer")
    made = add(admin, profiles=[str(profile.pk)], latitude=45.19, longitude=5.72)
    other = admin.post("people/", {"display_name": "Zoé", "ways": [{**PHONE, "address": "0639980009"}]}, 201)
    admin.patch(f"people/{made['id']}/", {"version": 1, "display_name": "Léa B."})
    erased = admin.post(f"people/{made['id']}/erase/", {"version": 2})
    assert (erased["display_name"], erased["ways"], erased["profiles"]) == ("", [], [])
    assert (erased["latitude"], erased["longitude"]) == (None, None)
    assert erased["removed_at"] is not None
    assert erased["erased_at"] is not None
    assert str(Person.objects.get(pk=made["id"])) == "erased person"
    kept = json.dumps(
        [json.loads(text) for text in Personal.objects.values_list("text", flat=True)], ensure_ascii=False
    )
    assert "Zoé" in kept
    assert not any(word in kept for word in ("Léa", "639980001", "Volunteer", "45.19", "example.org"))
    actions = list(Entry.objects.filter(subject_id=made["id"]).order_by("id").values_list("action", flat=True))
    assert actions == [Action.PERSON_ADDED, Action.PERSON_CHANGED, Action.PERSON_ERASED]
    assert admin.post(f"people/{made['id']}/restore/", {"version": 3}, 409)["code"] == "erased"
    assert admin.names() == [other["display_name"]]


def test_who_has_an_account_is_forgotten_only_when_it_is_switched_off(admin: Api, site: Site) -> None:
    member = MemberFactory(organisation=site.organisation)
    person = PersonFactory(organisation=site.organisation, member=member)
    assert admin.post(f"people/{person.pk}/erase/", {"version": 1}, 409)["code"] == "has_account"
    member.is_active = False
    member.save()
    assert admin.post(f"people/{person.pk}/erase/", {"version": 1})["account"] is None


def test_the_name_of_an_account_is_changed_there(admin: Api, site: Site) -> None:
    person = PersonFactory(organisation=site.organisation, member=MemberFactory(organisation=site.organisation))
    told = admin.patch(f"people/{person.pk}/", {"version": 1, "display_name": "Other"}, 409)
    assert set(told["fields"]) == {"display_name"}
    admin.patch(f"people/{person.pk}/", {"version": 1, "language": "so"})


def test_who_manages_one_site_changes_people_of_that_site_only(site: Site) -> None:
    there = SiteFactory(organisation=site.organisation)
    local = Api(MemberFactory(site=site, roles=[Role.ADMINISTRATOR]))
    near = PersonFactory(site=site, display_name="Near")
    far = PersonFactory(site=there, display_name="Far")
    nowhere = PersonFactory(organisation=site.organisation, display_name="Nowhere")
    assert local.names() == ["Near", "Nowhere"]
    local.patch(f"people/{near.pk}/", {"version": 1, "language": "fr"})
    local.patch(f"people/{far.pk}/", {"version": 1, "language": "fr"}, 404)
    for method, path, body in [
        ("patch", f"people/{nowhere.pk}/", {"version": 1, "language": "fr"}),
        ("delete", f"people/{nowhere.pk}/", None),
        ("post", f"people/{nowhere.pk}/erase/", {"version": 1}),
        ("post", f"people/{nowhere.pk}/restore/", {"version": 1}),
        ("patch", f"people/{near.pk}/", {"version": 2, "site": None}),
        ("patch", f"people/{near.pk}/", {"version": 2, "site": str(there.pk)}),
        ("post", "people/", {"display_name": "New"}),
        ("post", "people/", {"display_name": "New", "site": str(there.pk)}),
    ]:
        assert local.ask(method, path, body, 403)["code"] == "not_your_site"
    local.post("people/", {"display_name": "New", "site": str(site.pk)}, 201)


def test_who_only_sees_the_directory_changes_nothing(agent: Api, site: Site) -> None:
    person = PersonFactory(site=site)
    assert agent.get(f"people/{person.pk}/")["display_name"] == person.display_name
    agent.patch(f"people/{person.pk}/", {"version": 1}, 403)
    agent.delete(f"people/{person.pk}/", 403)
    agent.get("people/export/", 403)
    agent.post("people/import/preview/", {"text": "name\nx"}, 403)
    Api(MemberFactory(organisation=site.organisation, roles=[Role.RESPONDER])).get("people/", 403)


@pytest.fixture
def crowd(site: Site) -> Site:
    people = [
        PersonFactory(site=site, display_name="Éloïse Ñandú", phone="+33639980011", email="eloise@mairie.example"),
        PersonFactory(site=site, display_name="Zoé Straße", phone="+33639980012", inside=False),
        PersonFactory(organisation=site.organisation, display_name="Алиса Ёлкина", email="alissa@example.org"),
        PersonFactory(organisation=site.organisation, display_name="100% Wool_Co", phone="+12025550143"),
    ]
    ProfileFactory(organisation=site.organisation, name="Aider", people=people[:2])
    PersonListFactory(organisation=site.organisation, name="Cell", people=people[1:3])
    PersonFactory(display_name="Éloïse of somebody else", phone="+33639980011")
    return site


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("eloise", ["Éloïse Ñandú"]),
        ("NANDU", ["Éloïse Ñandú"]),
        ("ñan él", ["Éloïse Ñandú"]),
        ("алиса", ["Алиса Ёлкина"]),
        ("ёлкина", ["Алиса Ёлкина"]),
        ("06 39 98 00 1", ["Éloïse Ñandú", "Zoé Straße"]),
        ("+33 6 39 98 00 12", ["Zoé Straße"]),
        ("0033639980012", []),
        ("202-555", ["100% Wool_Co"]),
        ("MAIRIE.example", ["Éloïse Ñandú"]),
        ("eloise mairie", ["Éloïse Ñandú"]),
        ("100%", ["100% Wool_Co"]),
        ("l_c", ["100% Wool_Co"]),
        ("%", ["100% Wool_Co"]),
        ("nobody", []),
    ],
)
def test_people_are_found_by_name_number_and_address(admin: Api, crowd: Site, q: str, found: list[str]) -> None:
    answer = admin.client.get("/api/people/", {"q": q}).json()
    if q == "0033639980012":  # what is dialled before a number is none of its digits
        found = ["Zoé Straße"]
    assert sorted(one["display_name"] for one in answer["results"]) == sorted(found)


def test_the_list_is_narrowed(admin: Api, crowd: Site) -> None:
    profile = admin.get("profiles/")["results"][0]
    cell = admin.get("person-lists/")["results"][0]
    assert (profile["name"], profile["count"], cell["name"], cell["count"]) == ("Aider", 2, "Cell", 2)
    assert admin.names(f"?profile={profile['id']}") == ["Éloïse Ñandú", "Zoé Straße"]
    assert set(admin.names(f"?list={cell['id']}")) == {"Zoé Straße", "Алиса Ёлкина"}
    assert set(admin.names(f"?site={crowd.pk}")) == {"Éloïse Ñandú", "Zoé Straße"}
    assert admin.names("?inside=false") == ["Zoé Straße"]
    assert admin.names("?without_phone=true") == ["Алиса Ёлкина"]
    assert admin.names("?without_phone=false&site=" + str(crowd.pk)) == ["Éloïse Ñandú", "Zoé Straße"]


def test_a_page_of_many_takes_as_many_queries_as_one_of_few(admin: Api, site: Site) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            admin.get("people/?page_size=200")
        return len(asked)

    PersonFactory(site=site, phone="+33639980001")
    few = queries()
    people = [PersonFactory(site=site, phone=f"+3363998{at:04}", email=f"{at}@example.org") for at in range(2, 20)]
    ProfileFactory(organisation=site.organisation, people=people)
    PersonListFactory(organisation=site.organisation, people=people)
    assert queries() == few


def test_people_with_a_number_are_those_of_the_organisation() -> None:
    ours = PersonFactory(phone="+33639980001")
    PersonFactory(phone="+33639980001")
    assert list(people_with(ours.organisation_id, WayKind.PHONE, "+33639980001")) == [ours]
    assert not people_with(OrganisationFactory().pk, WayKind.PHONE, "+33639980001").exists()


def test_a_removed_person_of_nobody_elses_version_is_removed_once(admin: Api) -> None:
    person = PersonFactory(organisation=admin.member.organisation)
    services.remove_person(admin.member, person, version=1)
    at = Person.objects.get().removed_at
    services.remove_person(admin.member, person)
    assert Person.objects.get().removed_at == at
    assert Entry.objects.filter(action=Action.PERSON_REMOVED).count() == 1


def test_the_languages_are_listed_by_their_own_names(agent: Api) -> None:
    known = {one["code"]: one["name"] for one in agent.get("people/languages/")}
    assert (known["fr"], known["ar"], "zh-hans" in known) == ("français", "العربية", True)
