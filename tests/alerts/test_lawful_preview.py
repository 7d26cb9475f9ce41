"""What a camera's facts allow, asked before they are saved."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from rest_framework.test import APIClient

from alerts.models import RuleState
from alerts.rules.registry import KINDS
from detection.models import Camera
from soc import clock
from soc.people.models import Site
from soc.people.rights import Role
from tests.factories import CameraFactory, MemberFactory, RuleFactory, SiteFactory

pytestmark = pytest.mark.django_db
STATED = {"purpose": "Safety", "legal_basis": "Legitimate interest", "notice_displayed": True}


@pytest.fixture
def site() -> Site:
    return SiteFactory()


@pytest.fixture
def client(site: Site) -> APIClient:
    client = APIClient()
    client.force_authenticate(MemberFactory(organisation=site.organisation, roles=[Role.ADMINISTRATOR]))
    return client


def ask(client: APIClient, **facts: object) -> dict[str, Any]:
    answer = client.post("/api/cameras/lawful/", facts, format="json")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def fields(missing: object) -> set[str]:
    assert isinstance(missing, list)
    return {one["field"] for one in missing}


def test_a_private_place_with_its_facts_allows_every_kind_of_rule(client: APIClient) -> None:
    told = ask(client, place="private", **STATED)
    assert (told["may_be_watched"], told["missing"], told["ending"]) == (True, [], None)
    assert {one["key"] for one in told["kinds"]} == set(KINDS)
    assert all(one["allowed"] for one in told["kinds"])


def test_a_public_place_says_what_it_asks_for_and_why_no_rule_may_be_on(client: APIClient) -> None:
    told = ask(client, place="public_road", **STATED)
    assert told["may_be_watched"] is False
    assert fields(told["missing"]) == {"authorisation", "authorised_until"}
    for one in told["kinds"]:
        assert one["allowed"] is False
        assert fields(one["missing"]) == {"authorising_text", "authorised_from", "authorised_until"}
    asks = {one["place"]: one for one in told["places"]}
    assert set(asks) == {"private", "workplace", "open_to_public", "public_road"}
    assert "authorisation" in asks["open_to_public"]["facts"]
    assert asks["workplace"]["facts"] == ["legal_basis", "notice_displayed", "purpose"]


def test_nothing_stated_is_told_in_the_readers_language(client: APIClient) -> None:
    answer = client.post("/api/cameras/lawful/", {"place": ""}, format="json", HTTP_ACCEPT_LANGUAGE="fr").json()
    assert [one["sentence"] for one in answer["missing"]] == ["Indiquez le type de lieu filmé par la caméra."]


def test_rules_that_a_change_of_place_would_switch_off_are_named(client: APIClient, site: Site) -> None:
    camera = CameraFactory(site=site)
    on = RuleFactory(camera=camera, name="Yard")
    RuleFactory(camera=camera, state=RuleState.SILENT)
    RuleFactory(camera=CameraFactory(site=site))
    told = ask(client, camera=str(camera.pk), place="open_to_public")
    assert [one["id"] for one in told["stopping"]] == [str(on.pk)]
    assert told["stopping"][0]["missing"]
    assert ask(client, camera=str(camera.pk), place="private")["stopping"] == []
    assert Camera.objects.get(pk=camera.pk).place == "private", "nothing is saved"


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (0, "The authorisation ends today."),
        (1, "The authorisation ends in 1 day."),
        (30, "The authorisation ends in 30 days."),
        (31, None),
        (-1, None),
    ],
)
def test_an_authorisation_that_ends_soon_is_told(
    client: APIClient, site: Site, days: int, sentence: str | None
) -> None:
    last = clock.now().date() + dt.timedelta(days=days)
    camera = CameraFactory(site=site, place="open_to_public", authorisation="2026-1", authorised_until=last)
    for told in (
        ask(client, camera=str(camera.pk), place="open_to_public")["ending"],
        client.get(f"/api/cameras/{camera.pk}/").json()["status"]["ending"],
    ):
        assert (told and told["sentence"].startswith(sentence)) if sentence else told is None
    assert client.get(f"/api/cameras/{CameraFactory(site=site).pk}/").json()["status"]["ending"] is None
