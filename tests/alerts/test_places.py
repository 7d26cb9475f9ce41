"""Where alerts stand now."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from alerts.models import AlertState, Severity
from alerts.places import places
from detection.models import Camera
from soc import clock
from soc.people.models import Member
from soc.people.rights import Role
from tests.factories import AlertFactory, CameraFactory, MemberFactory, RuleFactory, SiteFactory, ZoneFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def camera() -> Camera:
    return CameraFactory()


@pytest.fixture
def agent(camera: Camera) -> Member:
    return MemberFactory(site=camera.site, roles=[Role.AGENT])


def told(member: Member) -> list[dict[str, Any]]:
    client = APIClient()
    client.force_authenticate(member)
    found: list[dict[str, Any]] = client.get("/api/alerts/places/").json()
    return found


def test_each_zone_says_how_many_wait_and_which_comes_first(camera: Camera, agent: Member) -> None:
    rule = RuleFactory(camera=camera, zone=ZoneFactory(camera=camera))
    now = clock.now()

    def alert(state: AlertState, severity: Severity, minutes: int) -> str:
        at = now - dt.timedelta(minutes=minutes)
        return str(AlertFactory(rule=rule, state=state, severity=severity, captured_at=at).pk)

    alert(AlertState.ACKNOWLEDGED, Severity.CRITICAL, 1)
    alert(AlertState.OPEN, Severity.MEDIUM, 2)
    alert(AlertState.OPEN, Severity.HIGH, 9)
    first = alert(AlertState.OPEN, Severity.HIGH, 3)
    alert(AlertState.RESOLVED, Severity.CRITICAL, 1)
    alert(AlertState.FALSE_ALARM, Severity.CRITICAL, 1)
    whole = AlertFactory(rule=RuleFactory(camera=camera), state=AlertState.ACKNOWLEDGED, severity=Severity.LOW)
    here = {"site": str(camera.site_id), "camera": str(camera.pk)}
    assert sorted(told(agent), key=lambda place: -place["severity"]) == [
        {**here, "zone": str(rule.zone_id), "waiting": 3, "taken": 1, "alert": first, "severity": Severity.HIGH},
        {**here, "zone": None, "waiting": 0, "taken": 1, "alert": str(whole.pk), "severity": Severity.LOW},
    ]


def test_another_site_and_another_organisation_are_not_told(camera: Camera, agent: Member) -> None:
    AlertFactory(rule=RuleFactory(camera=CameraFactory(site=SiteFactory(organisation=agent.organisation))))
    AlertFactory()
    assert told(agent) == []


def test_two_queries_are_enough_for_many(
    camera: Camera, agent: Member, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        rule = RuleFactory(camera=camera, zone=ZoneFactory(camera=camera))
        for _ in range(3):
            AlertFactory(rule=rule)
    with django_assert_max_num_queries(4):  # two of them ask for the member's reach
        assert [place.waiting for place in places(agent)] == [3] * 5
