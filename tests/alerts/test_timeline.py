"""The timeline: scoped, in the organisation's days, and compact however many alerts there were."""

from __future__ import annotations

import datetime as dt
import json
import time
import uuid
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alerts.models import Alert, AlertState, RecordingKind, Severity
from alerts.timeline.asked import day_bounds
from detection.models import Camera
from soc import clock
from soc.people.models import Member
from soc.people.rights import Role
from tests.factories import (
    AlertFactory,
    CameraFactory,
    MemberFactory,
    OrganisationFactory,
    OutageFactory,
    RecordingFactory,
    RuleFactory,
    SiteFactory,
)

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")
NOON = dt.datetime(2026, 11, 20, 12, 0, tzinfo=PARIS)


def ask(member: Member, **query: Any) -> dict[str, Any]:
    client = Client()
    client.force_login(member)
    answer = client.get("/api/timeline/", query)
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def refused(member: Member, **query: Any) -> dict[str, Any]:
    client = Client()
    client.force_login(member)
    answer = client.get("/api/timeline/", query)
    assert answer.status_code == 400
    body: dict[str, Any] = answer.json()
    return body


def lane(body: dict[str, Any], camera: Camera) -> dict[str, Any]:
    (found,) = [one for one in body["results"] if one["camera"]["id"] == str(camera.pk)]
    return dict(found)


@pytest.fixture
def camera() -> Camera:
    return CameraFactory(name="Yard", site__name="Depot")


@pytest.fixture
def agent(camera: Camera) -> Member:
    return MemberFactory(organisation=camera.organisation, roles=[Role.AGENT], display_name="Ana")


def raised(camera: Camera, at: dt.datetime, **fields: Any) -> Alert:
    fields.setdefault("why", {"code": "seen", "params": {"things": {"person": 1}}})
    times = {"captured_at": at, "raised_at": at, "last_seen_at": at + dt.timedelta(seconds=30)}
    return AlertFactory(rule=RuleFactory(camera=camera), **{**times, **fields})


class TestWhatItHolds:
    def test_an_alert_says_what_it_was_what_was_done_and_what_is_kept(self, camera: Camera, agent: Member) -> None:
        alert = raised(
            camera,
            NOON,
            ended_at=NOON + dt.timedelta(minutes=2),
            state=AlertState.RESOLVED,
            acknowledged_by=agent,
            acknowledged_at=NOON + dt.timedelta(seconds=20),
            closed_by=agent,
            closed_at=NOON + dt.timedelta(minutes=5),
        )
        snapshot = RecordingFactory(alert=alert, sha256="0" * 64)
        RecordingFactory(alert=alert, kind=RecordingKind.CLIP, sha256="0" * 64, destroyed_at=clock.now())
        (found,) = lane(ask(agent, day="2026-11-20"), camera)["alerts"]
        assert found["why"] == "Seen: person"
        assert (found["taken_by"], found["closed_by"], found["state"]) == ("Ana", "Ana", "resolved")
        assert dt.datetime.fromisoformat(found["until"]) == NOON + dt.timedelta(minutes=2)
        assert (found["snapshot"], found["clip"]) == (str(snapshot.pk), None)

    def test_sentences_are_in_the_readers_language(self, camera: Camera, agent: Member) -> None:
        raised(camera, NOON)
        OutageFactory(camera=camera, since=NOON, until=NOON + dt.timedelta(minutes=3))
        agent.language = "fr"
        agent.save()
        found = lane(ask(agent, day="2026-11-20"), camera)
        assert "personne" in found["alerts"][0]["why"]
        assert found["outages"][0]["sentence"].startswith("La caméra ne répond pas")

    def test_what_reaches_into_the_time_is_there_and_what_is_before_and_after_is_not(
        self, camera: Camera, agent: Member
    ) -> None:
        since, until = NOON, NOON + dt.timedelta(hours=1)
        minute = dt.timedelta(minutes=1)
        over = raised(camera, since - 10 * minute, ended_at=since - 5 * minute)
        reaching = raised(camera, since - 10 * minute, ended_at=since + 5 * minute)
        lasting = raised(camera, since - 10 * minute)
        inside = raised(camera, since, ended_at=since + minute)
        after = raised(camera, until)
        OutageFactory(camera=camera, since=since - 20 * minute, until=since - 19 * minute)
        OutageFactory(camera=camera, since=since - 10 * minute, until=since + minute, reason="refused")
        OutageFactory(camera=camera, since=until - minute, reason="frozen")
        body = ask(agent, since=since.isoformat(), until=until.isoformat())
        found = lane(body, camera)
        ids = {one["id"] for one in found["alerts"]}
        assert ids == {str(one.pk) for one in (reaching, lasting, inside)}
        assert not ids & {str(over.pk), str(after.pk)}
        assert (body["total"], found["total"]) == (1, 1), "counted where it began"
        assert [one["reason"] for one in found["outages"]] == ["refused", "frozen"]
        assert found["outages"][1]["until"] is None

    def test_a_camera_without_alerts_has_its_lane_and_a_removed_one_while_it_had_some(
        self, camera: Camera, agent: Member
    ) -> None:
        removed = CameraFactory(site=camera.site, name="Gone", enabled=False, removed_at=clock.now())
        assert [one["camera"]["name"] for one in ask(agent, day="2026-11-20")["results"]] == ["Yard"]
        raised(removed, NOON)
        assert [one["camera"]["name"] for one in ask(agent, day="2026-11-20")["results"]] == ["Gone", "Yard"]

    def test_filters_narrow_alerts_and_lanes(self, camera: Camera, agent: Member) -> None:
        other = CameraFactory(site=SiteFactory(organisation=camera.organisation, name="Other"), name="Gate")
        low = raised(camera, NOON, severity=Severity.LOW, state=AlertState.FALSE_ALARM)
        high = raised(camera, NOON, severity=Severity.HIGH)
        critical = raised(other, NOON, severity=Severity.CRITICAL)

        def found(**query: Any) -> set[str]:
            body = ask(agent, day="2026-11-20", **query)
            return {alert["id"] for one in body["results"] for alert in one["alerts"]}

        assert found(severity=[1, 4]) == {str(low.pk), str(critical.pk)}
        assert found(state=["open"]) == {str(high.pk), str(critical.pk)}
        assert found(site=other.site_id) == {str(critical.pk)}
        assert found(camera=camera.pk) == {str(low.pk), str(high.pk)}
        assert found(rule=low.rule_id) == {str(low.pk)}
        lanes = [one["camera"]["name"] for one in ask(agent, rule=critical.rule_id, day="2026-11-20")["results"]]
        assert lanes == ["Gate"]


class TestScope:
    def test_a_member_of_one_site_sees_its_cameras_only(self, camera: Camera) -> None:
        elsewhere = CameraFactory(site=SiteFactory(organisation=camera.organisation))
        for one in (camera, elsewhere):
            raised(one, NOON)
            OutageFactory(camera=one, since=NOON)
        here = MemberFactory(site=camera.site, roles=[Role.AGENT])
        body = ask(here, day="2026-11-20")
        assert [one["camera"]["id"] for one in body["results"]] == [str(camera.pk)]
        assert body["total"] == 1

    def test_a_responder_sees_none_of_it(self, camera: Camera) -> None:
        client = Client()
        client.force_login(MemberFactory(organisation=camera.organisation, roles=[Role.RESPONDER]))
        assert client.get("/api/timeline/").status_code == 403


class TestDays:
    @pytest.mark.parametrize(
        ("day", "hours"),
        [(dt.date(2026, 3, 29), 23), (dt.date(2026, 10, 25), 25), (dt.date(2026, 11, 20), 24)],
    )
    def test_a_day_is_as_long_as_its_wall_clock_makes_it(
        self, camera: Camera, agent: Member, day: dt.date, hours: int
    ) -> None:
        since, until = day_bounds(day, "Europe/Paris")
        assert until - since == dt.timedelta(hours=hours)
        first, last = raised(camera, since), raised(camera, until - dt.timedelta(seconds=1))
        raised(camera, since - dt.timedelta(seconds=1), ended_at=since - dt.timedelta(seconds=1))
        raised(camera, until)
        body = ask(agent, day=day.isoformat())
        assert [one["id"] for one in lane(body, camera)["alerts"]] == [str(first.pk), str(last.pk)]
        assert dt.datetime.fromisoformat(body["since"]) == since
        assert (body["day"], body["timezone"]) == (day.isoformat(), "Europe/Paris")

    def test_both_hours_of_the_night_that_has_two_are_told_apart(self, camera: Camera, agent: Member) -> None:
        twice = [dt.datetime(2026, 10, 25, hour, 30, tzinfo=dt.UTC) for hour in (0, 1)]  # 02:30 twice in Paris
        for at in twice:
            raised(camera, at)
        body = ask(agent, day="2026-10-25", bins=25, most=0)
        assert [piece[:1] for piece in lane(body, camera)["bins"]] == [[2], [3]]

    def test_without_anything_it_is_the_organisations_today(self) -> None:
        far = OrganisationFactory(timezone="Pacific/Auckland")
        agent = MemberFactory(organisation=far, roles=[Role.AGENT])
        assert ask(agent)["day"] == clock.now().astimezone(ZoneInfo("Pacific/Auckland")).date().isoformat()

    def test_times_that_make_no_sense_are_refused_with_a_sentence(self, agent: Member) -> None:
        at, hour = NOON.isoformat(), (NOON - dt.timedelta(hours=1)).isoformat()
        assert refused(agent, since=at, until=hour)["code"] == "backwards"
        assert refused(agent, since=hour)["code"] == "half_a_time"
        far = (NOON + dt.timedelta(days=9)).isoformat()
        assert refused(agent, since=at, until=far)["fields"] == {"until": "Ask for eight days at most."}
        assert refused(agent, day="9999-12-31")["code"] == "backwards"
        assert "day" in refused(agent, day="yesterday")["fields"]


class TestManyAlerts:
    def test_five_thousand_alerts_of_a_day_are_counted_by_the_database(self, camera: Camera, agent: Member) -> None:
        cameras = [camera, *(CameraFactory(site=camera.site) for _ in range(3))]
        rules = {one.pk: RuleFactory(camera=one) for one in cameras}
        since, _until = day_bounds(dt.date(2026, 11, 20), "Europe/Paris")
        made = []
        for number in range(5_000):
            one = cameras[number % 4]
            at = since + dt.timedelta(seconds=number * 17)
            made.append(
                Alert(
                    id=uuid.uuid4(),
                    organisation=camera.organisation,
                    site=camera.site,
                    camera=one,
                    rule=rules[one.pk],
                    rule_name="Yard",
                    rule_version=1,
                    severity=number % 4 + 1,
                    situation=f"s{number}",
                    why={"code": "seen", "params": {"things": {"person": 1}}},
                    state=AlertState.OPEN if number % 100 == 0 else AlertState.RESOLVED,
                    captured_at=at,
                    raised_at=at,
                    last_seen_at=at,
                    ended_at=at + dt.timedelta(seconds=20),
                )
            )
        Alert.objects.bulk_create(made)
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            body = ask(agent, day="2026-11-20")
        took = time.perf_counter() - began
        size = len(json.dumps(body))
        assert (body["binned"], body["total"], body["unclosed"]) == (True, 5_000, 50)
        assert body["severities"] == [1_250] * 4
        counted = [piece for one in body["results"] for piece in one["bins"]]
        assert sum(sum(piece[1:5]) for piece in counted) == 5_000
        assert sum(piece[5] for piece in counted) == 50
        assert all(not one["alerts"] for one in body["results"])

        hour = since + dt.timedelta(hours=6)
        began = time.perf_counter()
        near = ask(agent, since=hour.isoformat(), until=(hour + dt.timedelta(hours=6)).isoformat())
        near_took = time.perf_counter() - began
        assert not near["binned"]
        assert 1_250 < sum(len(one["alerts"]) for one in near["results"]) < 1_300
        print(f"5,000 alerts: {size} bytes in {took:.3f} s; a quarter of the day, one by one: {near_took:.3f} s")
        assert size < 60_000
        assert len(queries) < 16

    def test_a_bin_is_where_the_alert_is(self, camera: Camera, agent: Member) -> None:
        since = NOON
        raised(camera, since, severity=Severity.LOW)
        raised(
            camera, since + dt.timedelta(minutes=59, seconds=59), severity=Severity.CRITICAL, state=AlertState.RESOLVED
        )
        raised(camera, since - dt.timedelta(minutes=1))  # lasts, but began before
        until = since + dt.timedelta(hours=1)
        body = ask(agent, since=since.isoformat(), until=until.isoformat(), bins=60, most=0)
        assert body["bin_s"] == 60
        assert lane(body, camera)["bins"] == [[0, 1, 0, 0, 0, 1], [59, 0, 0, 0, 1, 0]]
