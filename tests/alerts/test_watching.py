"""From observations to committed alerts, through a real desk, a real spool and a real database."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from alerts.desk import Desk
from alerts.models import Alert, AlertLog, LogKind, Recording, RuleState, RuleTrialHit
from alerts.rules.base import GRACE_S
from soc.broadcast.models import FeedEvent
from soc.journal.actions import Action
from soc.journal.models import Entry
from tests.alerts.watching import Pictures, eventually, seen, track
from tests.factories import CameraFactory, RuleFactory, ZoneFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "spool")
    desk.start()
    yield desk
    desk.stop(patience_s=20)


def listening(desk: Desk, rule: object) -> bool:
    return any(listener._orders or listener._running for listener in desk._listeners.values())


def test_a_rule_fires_once_for_a_situation_and_the_alert_gets_its_pictures(desk: Desk) -> None:
    camera = CameraFactory()
    zone = ZoneFactory(camera=camera, name="Gate")
    rule = RuleFactory(camera=camera, zone=zone, settings={"labels": ["person"]}, quiet_s=60)
    pictures = Pictures()
    listener = desk.open_listener(camera.pk, camera.organisation_id, pictures)
    eventually(lambda: listening(desk, rule), "the rules are read")

    now = time.time()
    for step in range(20):
        listener.observe(seen(now + step * 0.2, track(zones=[zone.pk])))
    eventually(lambda: Recording.objects.exclude(sha256="").count() == 2, "the snapshot and clip are kept")

    alert = Alert.objects.get()
    assert alert.rule == rule
    assert alert.area_name == "Gate"
    assert alert.why == {"code": "seen", "params": {"things": {"person": 1}}}
    assert alert.site == camera.site
    assert pictures.spans == [(now, now), (now - camera.clip_before_s, now + camera.clip_after_s)]
    assert Entry.objects.filter(action=Action.ALERT_RAISED, subject_id=str(alert.pk)).count() == 1
    assert [event.kind for event in FeedEvent.objects.all()] == [
        "alert.raised",
        "recording.ready",
        "recording.ready",
    ]

    listener.observe(seen(now + 4 + GRACE_S))
    listener.observe(seen(now + 4 + GRACE_S * 2))
    eventually(lambda: Alert.objects.get().ended_at is not None, "the situation ends")
    assert list(AlertLog.objects.values_list("kind", flat=True)) == [LogKind.RAISED, LogKind.ENDED]

    listener.observe(seen(now + 30, track(zones=[zone.pk])))  # the quiet time
    listener.observe(seen(now + 120, track(zones=[zone.pk])))  # after it
    eventually(lambda: Alert.objects.count() == 2, "a new situation raises a new alert")


def test_a_silent_rule_writes_down_when_it_would_have_raised_and_raises_nothing(desk: Desk) -> None:
    rule = RuleFactory(state=RuleState.SILENT)
    listener = desk.open_listener(rule.camera_id, rule.organisation_id, Pictures())
    eventually(lambda: listening(desk, rule), "the rules are read")

    listener.observe(seen(time.time(), track()))

    eventually(lambda: RuleTrialHit.objects.filter(rule=rule).count() == 1, "the silent hit is written")
    assert not Alert.objects.exists()
    assert not Recording.objects.exists()


def test_a_rule_switched_on_while_it_matches_raises(desk: Desk) -> None:
    rule = RuleFactory(state=RuleState.SILENT)
    listener = desk.open_listener(rule.camera_id, rule.organisation_id, Pictures())
    eventually(lambda: listening(desk, rule), "the rules are read")
    listener.observe(seen(time.time(), track()))

    rule.state = RuleState.ON
    rule.save()

    def raised() -> bool:
        listener.observe(seen(time.time(), track()))
        return Alert.objects.exists()

    eventually(raised, "the rule that was switched on raises")
    assert Alert.objects.count() == 1


def test_the_next_watcher_goes_on_with_the_situation(desk: Desk, tmp_path: Path) -> None:
    rule = RuleFactory()
    first = desk.open_listener(rule.camera_id, rule.organisation_id, Pictures())
    eventually(lambda: listening(desk, rule), "the rules are read")
    now = time.time()
    first.observe(seen(now, track()))
    eventually(lambda: Alert.objects.count() == 1, "the alert is committed")
    first.close()

    second = desk.open_listener(rule.camera_id, rule.organisation_id, Pictures())
    eventually(lambda: second._orders is not None, "the rules are read again")
    second.observe(seen(now + 2, track()))
    second.observe(seen(now + 20))
    eventually(lambda: Alert.objects.get().ended_at is not None, "the second watcher ends the situation")
    assert Alert.objects.count() == 1


def test_a_rule_that_cannot_be_read_leaves_the_others_at_work(desk: Desk) -> None:
    good = RuleFactory()
    RuleFactory(camera=good.camera, kind="seen", settings={"labels": ["dragon"]})
    RuleFactory(camera=good.camera, kind=f"no-such-kind-{uuid4().hex[:6]}")
    listener = desk.open_listener(good.camera_id, good.organisation_id, Pictures())
    eventually(lambda: listening(desk, good), "the rules are read")

    listener.observe(seen(time.time(), track()))

    eventually(lambda: Alert.objects.filter(rule=good).exists(), "the good rule raises")


def test_the_ring_is_wanted_while_a_rule_that_is_on_may_fire(desk: Desk) -> None:
    rule = RuleFactory(state=RuleState.SILENT)
    listener = desk.open_listener(rule.camera_id, rule.organisation_id, Pictures())
    assert listener.wants_recordings  # nothing is known yet
    eventually(lambda: listening(desk, rule), "the rules are read")
    listener.observe(seen(time.time()))
    eventually(lambda: not listener.wants_recordings, "no rule that is on is left")

    rule.state = RuleState.ON
    rule.save()

    def wanted() -> bool:
        listener.observe(seen(time.time()))
        return listener.wants_recordings

    eventually(wanted, "the rule that was switched on is known")


def test_a_change_of_name_interrupts_no_situation_and_a_change_of_classes_begins_a_new_one(desk: Desk) -> None:
    rule = RuleFactory()
    listener = desk.open_listener(rule.camera_id, rule.organisation_id, Pictures())
    eventually(lambda: listening(desk, rule), "the rules are read")
    listener.observe(seen(time.time(), track()))
    eventually(lambda: Alert.objects.count() == 1, "the alert is committed")

    rule.name, rule.version = "Another name", 2
    rule.save()

    def told(version: int) -> bool:
        listener.observe(seen(time.time(), track()))
        return listener._running[rule.pk].duty.version == version

    eventually(lambda: told(2), "the new name is known")
    assert Alert.objects.get().ended_at is None

    rule.settings, rule.version = {"labels": ["person", "dog"]}, 3
    rule.save()
    eventually(lambda: told(3), "the new classes are known")
    eventually(lambda: Alert.objects.count() == 2, "what matches now is a new situation")
    assert Alert.objects.order_by("captured_at")[0].ended_at is not None
