"""The overview: its numbers on a moved clock, its reach, and that it singles nobody out."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client

from alerts.logbook.models import Shift
from alerts.models import Alert, AlertState, RuleState, Severity
from alerts.overview import times
from detection.models import Camera, CameraStatus, FrameCount, Lease, Watcher, WatchState
from soc import clock
from soc.people.models import Member, Site
from soc.people.rights import Role
from tests.factories import (
    AlertFactory,
    CameraFactory,
    MemberFactory,
    OutageFactory,
    RuleFactory,
    SiteFactory,
)

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _noon() -> None:
    """Noon of the organisation's day (Paris), so that today has room before and after."""
    now = clock.now()
    clock.move(now.replace(hour=11, minute=0, second=0, microsecond=0) - now)


@pytest.fixture
def site() -> Site:
    return SiteFactory(name="Depot")


@pytest.fixture
def camera(site: Site) -> Camera:
    """A camera that is live."""
    return live(CameraFactory(site=site, name="Yard"))


@pytest.fixture
def supervisor(site: Site) -> Member:
    return MemberFactory(organisation=site.organisation, roles=[Role.SUPERVISOR])


def live(camera: Camera) -> Camera:
    Lease.objects.create(
        camera=camera, organisation=camera.organisation, watcher="w1", expires_at=clock.now() + dt.timedelta(days=400)
    )
    CameraStatus.objects.create(camera=camera, organisation=camera.organisation, state=WatchState.LIVE, watcher="w1")
    seen = clock.now() + dt.timedelta(days=400)
    Watcher.objects.get_or_create(name="w1", defaults={"capacity": 4, "seen_at": seen, "started_at": clock.now()})
    return camera


def look(member: Member) -> dict[str, Any]:
    client = Client()
    client.force_login(member)
    answer = client.get("/api/overview/")
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def text_of(body: dict[str, Any]) -> str:
    return json.dumps(body)


def codes(body: dict[str, Any]) -> list[str]:
    return [one["code"] for one in body["attention"]]


def raised(camera: Camera, ago: dt.timedelta, severity: int = Severity.HIGH, **fields: Any) -> Alert:
    at = clock.now() - ago
    why = {"code": "seen", "params": {"things": {"person": 1}}}
    times_of = {"captured_at": at, "raised_at": at, "last_seen_at": at}
    return AlertFactory(rule=RuleFactory(camera=camera), severity=severity, why=why, **{**times_of, **fields})


def on_duty(member: Member, site: Site | None = None) -> Shift:
    return Shift.objects.create(organisation=member.organisation, member=member, site=site)


def taken(camera: Camera, by: Member, after_s: int, **fields: Any) -> Alert:
    at = clock.now() - 60 * MINUTE
    return raised(
        camera,
        60 * MINUTE,
        state=AlertState.RESOLVED,
        acknowledged_by=by,
        acknowledged_at=at + dt.timedelta(seconds=after_s),
        closed_by=by,
        closed_at=at + dt.timedelta(seconds=after_s + 60),
        take_by=at + dt.timedelta(seconds=60),
        **fields,
    )


class TestWhatIsOpen:
    @pytest.mark.usefixtures("camera")
    def test_a_calm_day_needs_nothing(self, supervisor: Member) -> None:
        on_duty(supervisor)
        body = look(supervisor)
        assert body["attention"] == []
        assert [one["count"] for one in body["open"]] == [0, 0, 0, 0]
        assert (body["watch"]["expected"], body["watch"]["watched"]) == (1, 1)
        assert body["down"] == []

    def test_open_alerts_are_counted_by_severity_with_the_longest_wait(
        self, camera: Camera, supervisor: Member
    ) -> None:
        longest = raised(camera, 9 * MINUTE, Severity.CRITICAL, take_by=clock.now() - 8 * MINUTE)
        raised(camera, 2 * MINUTE, Severity.CRITICAL, take_by=clock.now() + MINUTE)
        raised(camera, 3 * MINUTE, Severity.LOW)
        raised(camera, 3 * MINUTE, Severity.CRITICAL, state=AlertState.RESOLVED)
        body = look(supervisor)
        critical, high, medium, low = body["open"]
        assert (critical["severity"], critical["count"], critical["late"]) == (4, 2, 1)
        assert critical["longest"]["id"] == str(longest.pk)
        assert critical["longest"]["why"] == "Seen: person"
        assert (high["longest"], medium["count"], low["count"]) == (None, 0, 1)
        assert codes(body) == ["critical_open", "late", "nobody_on_duty", "others_open"]
        assert body["attention"][0]["link"] == "/alerts?state=open&severity=4"

    def test_an_alert_that_was_taken_long_ago_and_not_closed_is_told(self, camera: Camera, supervisor: Member) -> None:
        on_duty(supervisor)
        fields: dict[str, Any] = {"state": AlertState.ACKNOWLEDGED, "acknowledged_by": supervisor}
        raised(camera, 70 * MINUTE, acknowledged_at=clock.now() - 59 * MINUTE, **fields)
        assert codes(look(supervisor)) == []
        clock.move(2 * MINUTE)
        body = look(supervisor)
        assert codes(body) == ["taken_long"]
        assert body["taken"]["count"] == 1


class TestResponseTimes:
    @pytest.fixture
    def agents(self, site: Site) -> list[Member]:
        return list(MemberFactory.create_batch(4, organisation=site.organisation, roles=[Role.AGENT]))

    def test_a_site_with_enough_people_says_how_soon(
        self, camera: Camera, supervisor: Member, agents: list[Member]
    ) -> None:
        for agent, after in zip([*agents[:3], agents[0], agents[0]], (10, 20, 30, 90, 300), strict=True):
            taken(camera, agent, after)
        raised(camera, MINUTE, take_by=clock.now() - MINUTE / 2)  # not taken, and its time is over
        raised(camera, MINUTE, take_by=clock.now() + MINUTE)  # not taken yet: counts for nothing
        (found,) = look(supervisor)["times"]
        assert (found["raised"], found["taken"], found["too_few"]) == (7, 5, False)
        assert (found["median_s"], found["slowest_s"]) == (30, 300)
        assert found["within"] == pytest.approx(3 / 6)

    @pytest.mark.parametrize(("people", "alerts"), [(1, 12), (2, 12), (3, times.FEWEST_ALERTS - 1)])
    def test_a_small_group_is_left_out(
        self, camera: Camera, supervisor: Member, agents: list[Member], people: int, alerts: int
    ) -> None:
        for number in range(alerts):
            taken(camera, agents[number % people], 10 + number)
        (found,) = look(supervisor)["times"]
        assert found["too_few"] is True
        assert [found[name] for name in ("median_s", "slowest_s", "within")] == [None, None, None]

    def test_no_total_gives_away_what_is_left_out(
        self, camera: Camera, supervisor: Member, agents: list[Member]
    ) -> None:
        alone = live(CameraFactory(site=SiteFactory(organisation=camera.organisation, name="Gatehouse")))
        for number in range(6):
            taken(camera, agents[number % 3], 10)
            taken(alone, agents[3], 777)
        body = look(supervisor)
        assert {one["site"]["name"]: one["too_few"] for one in body["times"]} == {"Depot": False, "Gatehouse": True}
        assert "777" not in text_of(body)

    def test_no_person_has_a_time(self, camera: Camera, supervisor: Member, agents: list[Member]) -> None:
        for number in range(9):
            taken(camera, agents[number % 3], 10 + number)
        text = text_of(look(supervisor))
        for agent in agents:
            assert str(agent.pk) not in text
            assert agent.display_name not in text

    def test_yesterday_is_over(self, camera: Camera, supervisor: Member, agents: list[Member]) -> None:
        for number in range(6):
            taken(camera, agents[number % 3], 10)
        clock.move(dt.timedelta(hours=14))
        assert look(supervisor)["times"] == []

    def test_who_closes_what_nobody_took_has_taken_it(
        self, camera: Camera, supervisor: Member, agents: list[Member]
    ) -> None:
        at = clock.now() - 10 * MINUTE
        for number in range(6):
            raised(
                camera,
                10 * MINUTE,
                state=AlertState.FALSE_ALARM,
                closed_by=agents[number % 3],
                closed_at=at + dt.timedelta(seconds=40),
            )
        (found,) = look(supervisor)["times"]
        assert (found["taken"], found["median_s"], found["within"]) == (6, 40, None)


class TestWatch:
    def test_cameras_down_are_told_since_when_and_why(self, camera: Camera, supervisor: Member) -> None:
        on_duty(supervisor)
        CameraStatus.objects.filter(camera=camera).update(state=WatchState.DOWN, reason="unreachable")
        outage = OutageFactory(camera=camera, since=clock.now() - 20 * MINUTE)
        CameraFactory(site=camera.site, name="Off", enabled=False)
        body = look(supervisor)
        (down,) = body["down"]
        assert (down["camera"]["name"], down["state"]) == ("Yard", "down")
        assert dt.datetime.fromisoformat(down["since"]) == outage.since
        assert down["sentence"].startswith("The camera does not answer")
        assert codes(body) == ["camera_down"]
        assert body["attention"][0]["link"] == f"/timeline?camera={camera.pk}"

    def test_many_cameras_down_are_counted(self, site: Site, supervisor: Member) -> None:
        on_duty(supervisor)
        for _ in range(7):
            CameraStatus.objects.filter(camera=live(CameraFactory(site=site))).update(
                state=WatchState.DOWN, reason="frozen"
            )
        body = look(supervisor)
        assert codes(body) == ["camera_down"] * 4 + ["cameras_down"]
        assert body["attention"][-1]["count"] == 3

    def test_no_watcher_at_all_is_the_first_thing_said(self, site: Site, supervisor: Member) -> None:
        CameraFactory(site=site)
        raised(CameraFactory(site=site, enabled=False), MINUTE)
        body = look(supervisor)
        assert codes(body)[0] == "no_watcher"
        assert body["down"][0]["state"] == "unwatched"

    def test_frames_of_the_last_hour_are_summed(self, camera: Camera, supervisor: Member) -> None:
        on_duty(supervisor)
        for ago, analysed, dropped in ((5, 700, 300), (40, 800, 200), (90, 0, 10_000)):
            FrameCount.objects.create(
                camera=camera,
                organisation=camera.organisation,
                at=clock.now() - ago * MINUTE,
                analysed=analysed,
                dropped=dropped,
            )
        body = look(supervisor)
        assert (body["watch"]["analysed"], body["watch"]["dropped"]) == (1_500, 500)
        assert body["watch"]["cameras"][0]["share"] == 0.25
        assert (codes(body), body["attention"][0]["count"]) == (["dropping"], 1)
        (watcher,) = body["watch"]["watchers"]
        assert (watcher["name"], watcher["capacity"], watcher["held"]) == ("w1", 4, 1)

    def test_a_watch_that_has_just_begun_is_not_blamed(self, camera: Camera, supervisor: Member) -> None:
        on_duty(supervisor)
        at = clock.now() - MINUTE
        FrameCount.objects.create(camera=camera, organisation=camera.organisation, at=at, analysed=20, dropped=80)
        assert codes(look(supervisor)) == []


class TestWhatEnds:
    def test_rules_and_authorisations_that_end_soon(self, camera: Camera, supervisor: Member) -> None:
        on_duty(supervisor)
        now = clock.now()
        soon = RuleFactory(camera=camera, name="Soon", expires_at=now + dt.timedelta(days=13))
        RuleFactory(camera=camera, name="Later", expires_at=now + dt.timedelta(days=15))
        RuleFactory(camera=camera, name="Off", expires_at=now + dt.timedelta(days=1), state=RuleState.OFF)
        ended = RuleFactory(camera=camera, authorised_until=now.date() - dt.timedelta(days=1))
        Camera.objects.filter(pk=camera.pk).update(authorised_until=now.date() + dt.timedelta(days=10))
        body = look(supervisor)
        assert [one["rule"]["id"] for one in body["ending_rules"]] == [str(soon.pk)]
        assert [(one["ended"], bool(one["rule"])) for one in body["authorisations"]] == [(True, True), (False, False)]
        assert codes(body) == ["authorisation_ended", "authorisation_ends", "rule_ends"]
        assert body["attention"][0]["link"] == f"/studio/rules/{ended.pk}"

    def test_a_rule_that_fires_too_often(self, camera: Camera, supervisor: Member) -> None:
        on_duty(supervisor)
        rule = RuleFactory(camera=camera, name="Yard")
        for number in range(10):
            at = clock.now() - dt.timedelta(seconds=10 * number + 60)
            AlertFactory(rule=rule, state=AlertState.RESOLVED, captured_at=at, raised_at=at)
        body = look(supervisor)
        assert codes(body) == ["rule_often"]
        assert "alerts within one hour" in body["attention"][0]["why"]


class TestReach:
    @pytest.mark.parametrize(
        ("role", "status"),
        [
            (Role.SUPERVISOR, 200),
            (Role.ADMINISTRATOR, 200),
            (Role.AGENT, 403),
            (Role.AUDITOR, 403),
            (Role.RESPONDER, 403),
        ],
    )
    def test_it_is_for_those_who_answer_for_the_room(self, site: Site, role: Role, status: int) -> None:
        client = Client()
        client.force_login(MemberFactory(organisation=site.organisation, roles=[role]))
        assert client.get("/api/overview/").status_code == status

    def test_a_supervisor_of_one_site_sees_that_site(self, camera: Camera) -> None:
        elsewhere = live(CameraFactory(site=SiteFactory(organisation=camera.organisation, name="Elsewhere")))
        raised(elsewhere, MINUTE, Severity.CRITICAL)
        CameraStatus.objects.filter(camera=elsewhere).update(state=WatchState.DOWN, reason="frozen")
        FrameCount.objects.create(
            camera=elsewhere, organisation=camera.organisation, at=clock.now() - MINUTE, analysed=5, dropped=5
        )
        RuleFactory(camera=elsewhere, expires_at=clock.now() + MINUTE)
        here = MemberFactory(site=camera.site, roles=[Role.SUPERVISOR])
        on_duty(here, camera.site)
        body = look(here)
        assert body["attention"] == []
        assert (body["down"], body["times"], body["watch"]["dropped"]) == ([], [], 0)
        assert [one["member"]["id"] for one in body["on_duty"]] == [str(here.pk)]

    def test_nobody_on_duty_weighs_more_while_alerts_wait(self, camera: Camera, supervisor: Member) -> None:
        def urgency() -> int:
            found = look(supervisor)["attention"]
            return next(int(one["urgency"]) for one in found if one["code"] == "nobody_on_duty")

        assert urgency() == 1
        raised(camera, MINUTE, Severity.LOW)
        assert urgency() == 3
