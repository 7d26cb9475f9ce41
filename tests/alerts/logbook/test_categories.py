"""The logbook's categories are the organisation's own: who changes them, what is refused, and nobody loses an entry by it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from alerts.logbook import categories, services
from alerts.logbook.models import Category, LogbookEntry
from soc.broadcast.models import FeedEvent
from soc.journal.models import Entry
from soc.people.models import Member, Organisation
from soc.people.rights import Role
from soc.refusals import Refusal, Status
from tests import factories

LIST = "/api/logbook/categories/"


@pytest.fixture
def administrator(db: None) -> Member:
    return factories.MemberFactory(roles=[Role.ADMINISTRATOR])


def send(member: Member, method: str, address: str, body: dict[str, Any]) -> Any:
    client = Client()
    client.force_login(member)
    return getattr(client, method)(address, body, content_type="application/json")


def add(member: Member, **names: str) -> Any:
    return send(member, "post", LIST, {"names": names})


def patch(member: Member, category: Category, **body: Any) -> Any:
    category.refresh_from_db()
    return send(member, "patch", f"{LIST}{category.pk}/", {"version": category.version, **body})


def named(member: Member, key: str) -> Category:
    return categories.of(member.organisation_id).get(key=key)


def keys(organisation: Organisation) -> list[str]:
    return [category.key for category in categories.of(organisation.pk)]


def listed(member: Member) -> list[dict[str, Any]]:
    client = Client()
    client.force_login(member)
    found: list[dict[str, Any]] = client.get(LIST).json()
    return found


def test_one_is_added_last_told_and_journalled(administrator: Member) -> None:
    answer = add(administrator, en="  Lost property ", fr="")
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["names"], made["offered"], made["version"]) == ({"en": "Lost property"}, True, 1)
    assert made["key"].startswith("lost-property-")
    assert listed(administrator)[-1] == made
    assert len(listed(administrator)) == len(categories.USUAL) + 1

    noted = Entry.objects.get(organisation=administrator.organisation, action="logbook_category")
    assert (noted.actor_id, noted.subject_id) == (administrator.pk, made["id"])
    assert noted.details == {
        "after": {"names": {"en": "Lost property"}, "offered": True, "position": len(categories.USUAL) + 1},
    }
    event = FeedEvent.objects.get(organisation=administrator.organisation, kind="logbook.categories")
    assert (event.right, event.site_id) == ("see_logbook", None)

    agent = factories.MemberFactory(organisation=administrator.organisation, roles=[Role.AGENT])
    entry = services.write(agent, services.Draft(made["id"], "An umbrella was left in the hall."))
    with translation.override("fr"):
        assert str(entry.category) == "Lost property"


def test_a_name_that_no_slug_can_be_made_of_has_a_key_all_the_same(administrator: Member) -> None:
    first, second = add(administrator, en="警備").json(), add(administrator, en="巡回").json()
    assert first["key"] != second["key"]
    assert first["key"].startswith("own-")


@pytest.mark.parametrize(
    ("names", "field"),
    [
        ({}, "names"),
        ({"en": "  ", "fr": ""}, "names"),
        ({"en": "x" * 61}, "names.en"),
        ({"tlh": "yuQ"}, "names.tlh"),
        ({"en": "Found", "fr": "rONDE"}, "names.fr"),
    ],
)
def test_a_name_that_is_missing_too_long_foreign_or_taken_is_refused_beside_its_field(
    administrator: Member, names: dict[str, str], field: str
) -> None:
    before = keys(administrator.organisation)
    for answer in (
        add(administrator, **names),
        patch(administrator, named(administrator, "weather"), names={"en": "", "fr": "", **names}),
    ):
        assert answer.status_code == 400, answer.content
        assert answer.json()["fields"][field]
    assert keys(administrator.organisation) == before
    assert named(administrator, "weather").names == categories.USUAL["weather"]
    assert not Entry.objects.filter(action="logbook_category").exists()


def test_names_change_a_language_at_a_time_and_the_journal_says_from_what(administrator: Member) -> None:
    weather = named(administrator, "weather")
    answer = patch(administrator, weather, names={"fr": "Intempéries"})
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert answer.json()["names"] == {"en": "Weather", "fr": "Intempéries"}
    assert patch(administrator, weather, names={"fr": ""}).json()["names"] == {"en": "Weather"}
    # Its own name in other letters is not somebody else's.
    assert patch(administrator, weather, names={"en": "WEATHER"}).status_code == 200
    assert patch(administrator, weather, names={"en": "WEATHER"}).json()["version"] == 4, "nothing changed"

    first, *rest = Entry.objects.filter(action="logbook_category").order_by("id")
    assert len(rest) == 2
    assert first.details == {
        "before": {"names": {"en": "Weather", "fr": "Météo"}},
        "after": {"names": {"en": "Weather", "fr": "Intempéries"}},
    }
    assert FeedEvent.objects.filter(kind="logbook.categories").count() == 3


def test_one_that_is_not_offered_keeps_its_entries_and_they_can_be_corrected(administrator: Member) -> None:
    weather = named(administrator, "weather")
    entry = services.write(administrator, services.Draft(weather.pk, "Hail."))
    assert patch(administrator, weather, offered=False).json()["offered"] is False
    assert LogbookEntry.objects.get(pk=entry.pk).category == weather
    with pytest.raises(Refusal, match="no_such_category"):
        services.write(administrator, services.Draft(weather.pk, "Snow."))
    corrected = services.write(administrator, services.Draft(weather.pk, "Rain.", corrects=entry.pk))
    assert corrected.category == weather
    assert patch(administrator, weather, offered=True).json()["offered"] is True
    services.write(administrator, services.Draft(weather.pk, "Snow."))


def test_shifts_can_be_handed_over_and_something_else_be_written_whatever_is_taken_away(administrator: Member) -> None:
    refused = patch(administrator, named(administrator, categories.HANDOVER), offered=False)
    assert (refused.status_code, refused.json()["code"]) == (400, "always_offered")
    assert refused.json()["fields"]["offered"].startswith("Shifts are handed over with this category")

    others = [key for key in categories.USUAL if key != categories.HANDOVER]
    for key in others[:-1]:
        assert patch(administrator, named(administrator, key), offered=False).status_code == 200
    last = patch(administrator, named(administrator, others[-1]), offered=False)
    assert (last.status_code, last.json()["code"]) == (400, "last_offered")
    assert last.json()["fields"]["offered"]
    offered = set(Category.objects.filter(offered=True).values_list("key", flat=True))
    assert offered == {others[-1], categories.HANDOVER}


def test_one_is_moved_in_front_of_another_or_to_the_end(administrator: Member) -> None:
    whose, usual = administrator.organisation, list(categories.USUAL)
    damage, patrol = named(administrator, "damage"), named(administrator, "patrol")
    assert patch(administrator, damage, before=str(patrol.pk)).status_code == 200
    assert keys(whose) == ["damage", *[key for key in usual if key != "damage"]]
    noted = Entry.objects.get(action="logbook_category")
    assert noted.details == {"before": {"position": 4}, "after": {"position": 1}}

    assert patch(administrator, damage, before=None).status_code == 200
    assert keys(whose) == [*[key for key in usual if key != "damage"], "damage"]
    version = patch(administrator, damage, before=None).json()["version"]
    assert version == patch(administrator, damage, before=str(damage.pk)).json()["version"] == 3, "it stays where it is"

    theirs = named(factories.MemberFactory(roles=[Role.ADMINISTRATOR]), "patrol")
    refused = patch(administrator, damage, before=str(theirs.pk))
    assert (refused.status_code, refused.json()["fields"]) == (400, {"before": "Choose a category of the list."})
    patrol.refresh_from_db()
    assert patrol.version == 1, "who edits what others were moved around is not disturbed"


def test_two_people_editing_at_once_are_told(administrator: Member) -> None:
    weather = named(administrator, "weather")
    address = f"{LIST}{weather.pk}/"
    assert send(administrator, "patch", address, {"version": 1, "names": {"en": "Storms"}}).status_code == 200
    late = send(administrator, "patch", address, {"version": 1, "names": {"en": "Climate"}})
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    assert late.json()["message"].startswith("A colleague has changed this category meanwhile.")
    assert named(administrator, "weather").names["en"] == "Storms"
    assert send(administrator, "patch", address, {"names": {"en": "Climate"}}).json()["fields"]["version"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_give_one_name_at_once_the_second_is_refused(administrator: Member) -> None:
    categories.of(administrator.organisation_id)
    ready = threading.Barrier(2)

    def one(text: str) -> str:
        with closing(connection):
            ready.wait(timeout=10)
            try:
                return categories.add(administrator, {"en": text}).key
            except Refusal as refusal:
                return refusal.code

    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(one, ("Lost property", "LOST PROPERTY")))
    assert sorted(answer == "name_taken" for answer in answers) == [False, True]
    positions = list(Category.objects.values_list("position", flat=True))
    assert len(set(positions)) == len(positions) == len(categories.USUAL) + 1


def test_only_who_administers_all_sites_changes_them(administrator: Member) -> None:
    site = factories.SiteFactory(organisation=administrator.organisation)
    weather = named(administrator, "weather")
    partly = factories.MemberFactory(site=site, roles=[Role.ADMINISTRATOR])
    for answer in (add(partly, en="Lost property"), patch(partly, weather, names={"en": "Storms"})):
        assert (answer.status_code, answer.json()["code"]) == (403, "whole_organisation")
        assert answer.json()["message"].startswith("The logbook is the whole organisation's.")
    for role in set(Role) - {Role.ADMINISTRATOR}:
        member = factories.MemberFactory(organisation=administrator.organisation, roles=[role])
        assert add(member, en="Lost property").status_code == 403
        assert patch(member, weather, names={"en": "Storms"}).status_code == 403
    assert listed(partly) == listed(administrator)
    stranger = factories.MemberFactory(roles=[Role.ADMINISTRATOR])
    assert patch(stranger, weather, names={"en": "Storms"}).status_code == 404
    with pytest.raises(Refusal) as refused:
        categories.change(stranger, weather.pk, {"offered": False}, version=1)
    assert refused.value.status is Status.NOT_FOUND
    assert named(administrator, "weather").version == 1


def test_refusals_are_said_in_french(administrator: Member) -> None:
    administrator.language = "fr"
    administrator.save()
    refused = patch(administrator, named(administrator, categories.HANDOVER), offered=False)
    assert refused.json()["fields"]["offered"].startswith("Les relèves sont consignées sous cette catégorie\u00a0:")
