"""A rule tried on what its watcher remembers: asked over the API, answered by the desk, through a row."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rest_framework.test import APIClient

from alerts.desk import Desk
from alerts.models import Alert
from soc import clock
from soc.people.rights import Role
from tests.alerts.watching import Pictures, eventually, seen, track
from tests.factories import CameraFactory, MemberFactory, RuleFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "spool")
    desk.start()
    yield desk
    desk.stop(patience_s=20)


def administrator_of(camera: Any) -> APIClient:
    made = APIClient(headers={"accept-language": "en"})
    made.force_authenticate(MemberFactory(organisation=camera.organisation, roles=[Role.ADMINISTRATOR]))
    return made


def test_a_rule_that_is_not_saved_is_tried_over_the_last_minutes(desk: Desk) -> None:
    camera = CameraFactory()
    api = administrator_of(camera)
    listener = desk.open_listener(camera.pk, camera.organisation_id, Pictures())
    now = time.time()
    for second in range(600, 0, -1):
        listener.observe(seen(now - second, *([track()] if second in (500, 100) else [])))

    asked = api.post(
        "/api/trials/",
        {"camera": str(camera.pk), "kind": "seen", "settings": {"labels": ["person"]}, "quiet_s": 10},
        format="json",
    )
    assert asked.status_code == 202, asked.json()
    url = f"/api/trials/{asked.json()['id']}/"
    eventually(lambda: api.get(url).json()["state"] == "answered", "the watcher answers")

    answer = api.get(url).json()
    hits = [dt.datetime.fromisoformat(hit).timestamp() for hit in answer["hits"]]
    assert hits == pytest.approx([now - 500, now - 100], abs=0.001)
    assert dt.datetime.fromisoformat(answer["since"]).timestamp() == pytest.approx(now - 600, abs=0.001)
    assert not Alert.objects.exists()


def test_a_camera_that_nobody_watches_does_not_answer_and_the_sentence_says_so() -> None:
    rule = RuleFactory()
    api = administrator_of(rule.camera)
    asked = api.post(f"/api/rules/{rule.pk}/trial/")
    assert asked.status_code == 202
    assert asked.json()["state"] == "asked"
    again = administrator_of(rule.camera).post(f"/api/rules/{rule.pk}/trial/")
    assert again.status_code == 409
    assert "under way" in again.json()["message"]

    clock.move(dt.timedelta(seconds=30))
    answer = api.get(f"/api/trials/{asked.json()['id']}/").json()
    assert answer["state"] == "unanswered"
    assert "not being watched" in answer["message"]
    assert api.post(f"/api/rules/{rule.pk}/trial/").status_code == 202


def test_ones_next_question_takes_the_place_of_ones_last() -> None:
    rule = RuleFactory()
    api = administrator_of(rule.camera)
    first = api.post(f"/api/rules/{rule.pk}/trial/").json()
    second = api.post(f"/api/rules/{rule.pk}/trial/")
    assert second.status_code == 202
    assert api.get(f"/api/trials/{first['id']}/").status_code == 404
    assert api.get(f"/api/trials/{second.json()['id']}/").json()["state"] == "asked"


def test_what_lies_outside_a_rules_hours_is_told_apart(desk: Desk) -> None:
    camera = CameraFactory()
    api = administrator_of(camera)
    listener = desk.open_listener(camera.pk, camera.organisation_id, Pictures())
    now = time.time()
    for second in range(300, 0, -1):
        listener.observe(seen(now - second, *([track()] if second in (200, 100) else [])))
    local = dt.datetime.fromtimestamp(now, ZoneInfo(camera.organisation.timezone))
    later = [f"{(local + dt.timedelta(hours=hours)):%H:%M}" for hours in (2, 3)]
    hours = [{"days": list(range(7)), "start": later[0], "end": later[1]}]
    body = {
        "camera": str(camera.pk),
        "kind": "seen",
        "settings": {"labels": ["person"]},
        "quiet_s": 10,
        "schedule": hours,
    }

    url = f"/api/trials/{api.post('/api/trials/', body, format='json').json()['id']}/"
    eventually(lambda: api.get(url).json()["state"] == "answered", "the watcher answers")

    answer = api.get(url).json()
    outside = [dt.datetime.fromisoformat(hit).timestamp() for hit in answer["outside"]]
    assert answer["hits"] == []
    assert outside == pytest.approx([now - 200, now - 100], abs=0.001)


def test_a_trial_of_nonsense_is_refused_where_it_was_entered() -> None:
    camera = CameraFactory()
    answer = administrator_of(camera).post(
        "/api/trials/", {"camera": str(camera.pk), "kind": "seen", "settings": {"labels": ["dragon"]}}, format="json"
    )
    assert answer.status_code == 400
    assert "dragon" in answer.json()["fields"]["settings.labels"]
