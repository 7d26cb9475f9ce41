"""The doors to rules and alerts, as a front end and a stranger knock on them."""

from __future__ import annotations

import subprocess
import sys
from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from alerts import recordings, tasks
from alerts.models import Alert, Recording, RecordingFailure, RecordingKind, Rule, RuleState
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.models import Member
from soc.people.rights import Role
from tests.factories import (
    AlertFactory,
    CameraFactory,
    LineFactory,
    MemberFactory,
    RuleFactory,
    SiteFactory,
    ZoneFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Any:
    return SiteFactory()


@pytest.fixture
def administrator(site: Any) -> Member:
    return MemberFactory(organisation=site.organisation, roles=[Role.ADMINISTRATOR], display_name="Ada")


@pytest.fixture
def agent(site: Any) -> Member:
    return MemberFactory(organisation=site.organisation, roles=[Role.AGENT], display_name="Agnes")


@pytest.fixture
def stranger() -> Member:
    return MemberFactory(roles=[Role.ADMINISTRATOR])


def client(member: Member, language: str = "en") -> APIClient:
    made = APIClient(headers={"accept-language": language})
    made.force_authenticate(member)
    return made


def rule_of(camera: Any, **changes: Any) -> dict[str, Any]:
    return {
        "camera": str(camera.pk),
        "name": "Someone at the gate",
        "kind": "seen",
        "settings": {"labels": ["person"]},
        "purpose": "Safety at night",
    } | changes


def test_the_kinds_describe_their_settings_in_the_readers_language(agent: Member) -> None:
    kinds = {kind["key"]: kind for kind in client(agent).get("/api/rule-kinds/").json()}

    assert set(kinds) == {"seen", "stays", "more_than", "none_left", "crosses"}
    assert kinds["crosses"]["needs"] == "line"
    settings = kinds["stays"]["settings"]
    assert settings["properties"]["seconds"]["title"] == "Longer than, seconds"
    assert settings["properties"]["labels"]["x-widget"] == "labels"


def test_all_80_classes_are_named(agent: Member) -> None:
    labels = client(agent).get("/api/labels/").json()

    assert len({label["key"] for label in labels}) == 80
    assert all(label["name"] for label in labels)


def test_a_new_rule_runs_silently_until_it_is_switched_on(administrator: Member, site: Any) -> None:
    camera = CameraFactory(site=site)
    api = client(administrator)

    made = api.post("/api/rules/", rule_of(camera), format="json")
    assert made.status_code == 201, made.json()
    assert made.json()["state"] == "silent"
    assert made.json()["missing"] == []

    url = f"/api/rules/{made.json()['id']}/"
    switched = api.patch(url, {"state": "on", "version": 1}, format="json")
    assert switched.status_code == 200, switched.json()
    assert switched.json()["state"] == "on"
    assert switched.json()["version"] == 2

    late = api.patch(url, {"name": "Too late", "version": 1}, format="json")
    assert late.status_code == 409
    assert [entry.action for entry in Entry.objects.filter(subject_id=made.json()["id"])] == [
        Action.RULE_ADDED,
        Action.RULE_CHANGED,
    ]

    assert api.delete(url).status_code == 204
    assert api.get(url).status_code == 404
    assert Rule.objects.get().removed_at is not None


def test_a_zone_can_be_removed_after_its_rule_and_not_before(administrator: Member, site: Any) -> None:
    zone = ZoneFactory(camera__site=site)
    api = client(administrator)
    rule = api.post("/api/rules/", rule_of(zone.camera, zone=str(zone.pk)), format="json").json()
    url = f"/api/cameras/{zone.camera.pk}/zones/{zone.pk}/"

    assert api.delete(url).status_code == 409
    assert api.delete(f"/api/rules/{rule['id']}/").status_code == 204
    assert api.delete(url).status_code == 204


def test_a_removed_cameras_rules_are_gone_with_it(administrator: Member, site: Any) -> None:
    rule = RuleFactory(camera__site=site)
    api = client(administrator)
    assert api.delete(f"/api/cameras/{rule.camera_id}/").status_code == 204

    assert api.get("/api/rules/").json()["results"] == []
    assert api.get(f"/api/rules/{rule.pk}/").status_code == 404
    assert api.post("/api/rules/", rule_of(rule.camera), format="json").status_code == 400
    tasks.rules()
    rule.refresh_from_db()
    assert rule.state == RuleState.OFF


def test_a_watcher_needs_nothing_of_the_web() -> None:
    program = (
        "import django, sys; django.setup(); import alerts.desk, alerts.tasks\n"
        "print([name for name in ('rest_framework.views', 'alerts.filters', 'drf_spectacular.utils') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout == "[]\n"


def test_a_rule_cannot_begin_switched_on(administrator: Member, site: Any) -> None:
    answer = client(administrator).post("/api/rules/", rule_of(CameraFactory(site=site), state="on"), format="json")

    assert answer.status_code == 400
    assert "silently first" in answer.json()["fields"]["state"]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"settings": {"labels": ["person", "dragon"]}}, "settings.labels", "does not know: dragon"),
        ({"settings": {"labels": []}}, "settings.labels", "at least 1"),
        ({"settings": {}}, "settings.labels", "needed"),
        ({"settings": {"labels": ["person"], "colour": "red"}}, "settings.colour", "no such setting"),
        ({"settings": {"labels": ["person"], "confidence": 0.01}}, "settings.confidence", "at least 0.1"),
        ({"kind": "mind_reading"}, "kind", "no such kind"),
        ({"kind": "crosses"}, "line", "Choose the line"),
        ({"kind": "crosses", "line": str(uuid4())}, "line", "no such line"),
        ({"zone": str(uuid4())}, "zone", "no such zone"),
        ({"schedule": [{"days": [0], "start": "25:00", "end": "08:00"}]}, "schedule.0", "HH:MM"),
        ({"schedule": [{"days": [9], "start": "22:00", "end": "08:00"}]}, "schedule.0", "at most 6"),
        ({"purpose": "  "}, "purpose", ""),
        ({"quiet_s": -1}, "quiet_s", ""),
        ({"surprise": 1}, "surprise", "no such field"),
    ],
)
def test_what_is_wrong_is_said_where_it_was_entered(
    administrator: Member, site: Any, changes: dict[str, Any], field: str, words: str
) -> None:
    answer = client(administrator).post("/api/rules/", rule_of(CameraFactory(site=site), **changes), format="json")

    assert answer.status_code == 400
    assert words in answer.json()["fields"][field]
    assert not Rule.objects.exists()


def test_a_rule_does_not_look_into_a_private_zone_or_another_cameras(administrator: Member, site: Any) -> None:
    camera, other = CameraFactory(site=site), CameraFactory(site=site)
    private = ZoneFactory(camera=camera, private=True)
    api = client(administrator)

    for area in (
        {"zone": str(private.pk)},
        {"zone": str(ZoneFactory(camera=other).pk)},
        {"kind": "crosses", "line": str(LineFactory(camera=other).pk)},
    ):
        assert api.post("/api/rules/", rule_of(camera, **area), format="json").status_code == 400


def test_a_rule_in_a_place_open_to_the_public_stays_off_without_its_text(administrator: Member, site: Any) -> None:
    camera = CameraFactory(site=site, place="open_to_public", authorisation="75-1", authorised_until="2099-01-01")
    api = client(administrator)
    made = api.post("/api/rules/", rule_of(camera), format="json").json()

    refused = api.patch(f"/api/rules/{made['id']}/", {"state": "on", "version": 1}, format="json")

    assert refused.status_code == 400
    assert refused.json()["code"] == "not_lawful"
    assert "authorising_text" in refused.json()["fields"]
    assert Rule.objects.get().state == RuleState.SILENT


def test_an_agent_sees_rules_and_changes_none(agent: Member, site: Any) -> None:
    rule = RuleFactory(camera__site=site)
    api = client(agent)

    assert api.get("/api/rules/").json()["results"][0]["id"] == str(rule.pk)
    assert api.post("/api/rules/", rule_of(rule.camera), format="json").status_code == 403
    assert api.patch(f"/api/rules/{rule.pk}/", {"version": 1}, format="json").status_code == 403


def test_a_stranger_finds_nothing(stranger: Member, site: Any) -> None:
    rule = RuleFactory(camera__site=site)
    alert = AlertFactory(rule=rule)
    recording = kept(alert)
    theirs = CameraFactory(site__organisation=stranger.organisation)
    api = client(stranger)

    assert api.get("/api/rules/").json()["results"] == []
    assert api.get("/api/alerts/").json()["results"] == []
    assert api.get(f"/api/alerts/?camera={rule.camera_id}&rule={rule.pk}").json()["results"] == []
    for url in (f"/api/rules/{rule.pk}/", f"/api/alerts/{alert.pk}/", f"/api/recordings/{recording.pk}/"):
        assert api.get(url).status_code == 404
    for answer in ("acknowledge", "assign", "comment", "resolve", "false-alarm"):
        assert api.post(f"/api/alerts/{alert.pk}/{answer}/", {"version": 1}, format="json").status_code == 404
    assert api.patch(f"/api/rules/{rule.pk}/", {"version": 1}, format="json").status_code == 404
    assert api.post(f"/api/rules/{rule.pk}/trial/").status_code == 404
    assert api.post("/api/rules/", rule_of(rule.camera), format="json").status_code == 400
    assert api.post("/api/trials/", trial_of(rule.camera), format="json").status_code == 400
    zone = ZoneFactory(camera=rule.camera)
    assert api.post("/api/rules/", rule_of(theirs, zone=str(zone.pk)), format="json").status_code == 400
    assert Rule.objects.count() == 1


def trial_of(camera: Any) -> dict[str, Any]:
    return {"camera": str(camera.pk), "kind": "seen", "settings": {"labels": ["person"]}}


def test_who_is_not_signed_in_is_asked_to() -> None:
    assert APIClient().get("/api/alerts/").status_code == 401


def kept(alert: Alert, data: bytes = b"0123456789", kind: RecordingKind = RecordingKind.CLIP) -> Recording:
    recordings.keep(alert.pk, kind, data, RecordingFailure.NO_PICTURE)
    return Recording.objects.get(alert=alert, kind=kind)


def test_the_feed_shows_an_alert_filters_it_and_pages_it(agent: Member, site: Any) -> None:
    rule = RuleFactory(camera__site=site)
    alert = AlertFactory(rule=rule, why={"code": "seen", "params": {"things": {"person": 2}}})
    recording = kept(alert)
    api = client(agent)

    (shown,) = api.get("/api/alerts/?state=open&state=acknowledged&severity=3").json()["results"]
    assert shown["why"]["text"]["en"] == "Seen: 2 × person"
    assert shown["camera"] == {"id": str(rule.camera_id), "name": rule.camera.name}
    assert shown["recordings"][0]["id"] == str(recording.pk)
    assert shown["recordings"][0]["ready"] is True
    assert api.get("/api/alerts/?state=resolved").json()["results"] == []
    assert api.get("/api/alerts/?state=nonsense").status_code == 400
    assert api.get("/api/alerts/?since=not-a-time").status_code == 400

    AlertFactory.create_batch(3, rule=rule)
    first = api.get("/api/alerts/?page_size=3").json()
    assert len(first["results"]) == 3
    assert len(api.get(first["next"]).json()["results"]) == 1


def test_a_recording_is_given_in_ranges_and_its_view_is_journalled_once(agent: Member, site: Any) -> None:
    recording = kept(AlertFactory(rule__camera__site=site))
    url = f"/api/recordings/{recording.pk}/"
    api = client(agent)

    whole = api.get(url)
    assert whole.status_code == 200
    assert whole.content == b"0123456789"
    assert whole["Content-Type"] == "video/mp4"
    assert whole["Cache-Control"].startswith("private")
    part = api.get(url, headers={"range": "bytes=2-4"})
    assert (part.status_code, part.content, part["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    assert api.get(url, headers={"range": "bytes=-3"}).content == b"789"
    assert api.get(url, headers={"range": "bytes=8-"}).content == b"89"
    past = api.get(url, headers={"range": "bytes=10-"})
    assert (past.status_code, past["Content-Range"]) == (416, "bytes */10")
    assert api.get(url, headers={"range": "bytes=0-1", "if-range": '"other"'}).status_code == 200

    (entry,) = Entry.objects.filter(action=Action.CLIP_VIEWED)
    assert entry.actor_id == agent.pk
    assert entry.subject_id == str(recording.pk)


def test_a_recording_that_is_destroyed_or_never_came_is_not_there(agent: Member, site: Any) -> None:
    alert = AlertFactory(rule__camera__site=site)
    recordings.keep(alert.pk, RecordingKind.CLIP, None, RecordingFailure.NO_PICTURE)
    never = Recording.objects.get()

    assert client(agent).get(f"/api/recordings/{never.pk}/").status_code == 404
    (shown,) = client(agent).get("/api/alerts/").json()["results"]
    assert shown["recordings"][0]["failed"] == "no_picture"


def test_the_schema_names_every_door(administrator: Member) -> None:
    answer = client(administrator).get("/api/schema/?format=json")

    assert answer.status_code == 200
    paths, parts = answer.json()["paths"], answer.json()["components"]["schemas"]
    assert "/api/alerts/{id}/acknowledge/" in paths
    assert parts["AlertView"]["properties"]["why"]["$ref"] == "#/components/schemas/Why"
