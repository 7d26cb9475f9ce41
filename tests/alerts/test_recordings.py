"""Snapshots and clips: kept whole or not at all, destroyed in time, and the register stays."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage
from django.test import override_settings

from alerts import recordings, tasks
from alerts.committer import Committer
from alerts.keeper import Keeper
from alerts.models import Alert, Recording, RecordingFailure, RecordingKind, Rule, RuleState
from soc import clock
from soc.broadcast.models import FeedEvent
from soc.journal.actions import Action
from soc.journal.models import Entry
from tests.alerts.watching import eventually, firing_of
from tests.factories import AlertFactory, RuleFactory

pytestmark = pytest.mark.django_db(transaction=True)

PICTURE = b"a blurred picture"


class FullDisk(FileSystemStorage):
    """A folder whose disk is full: the kernel itself refuses the bytes, after the file was begun."""

    def _save(self, name: str, content: File[Any]) -> str:
        begun = Path(self.path(name))
        begun.parent.mkdir(parents=True, exist_ok=True)
        begun.write_bytes(b"")
        with Path("/dev/full").open("wb", buffering=0) as disk:
            disk.write(content.read())
        return name


@pytest.fixture(autouse=True)
def _media(tmp_path: Path) -> Iterator[None]:
    with override_settings(MEDIA_ROOT=tmp_path / "media"):
        yield


def keep(alert: Alert, kind: RecordingKind = RecordingKind.SNAPSHOT, data: bytes | None = PICTURE) -> Recording:
    recordings.keep(alert.pk, kind, data, RecordingFailure.NO_PICTURE)
    return Recording.objects.get(alert=alert, kind=kind)


def files() -> list[Path]:
    return [path for path in Path(default_storage.path("")).rglob("*") if path.is_file()]


def test_a_recording_is_kept_with_its_digest_and_its_end() -> None:
    alert = AlertFactory(rule__camera__retention_days=3)
    recording = keep(alert)

    assert recording.sha256 == hashlib.sha256(PICTURE).hexdigest()
    assert recording.size == len(PICTURE)
    assert recording.expires_at - recording.recorded_at == dt.timedelta(days=3)
    assert [path.read_bytes() for path in files()] == [PICTURE]
    assert Entry.objects.get(action=Action.RECORDING_KEPT).subject_id == str(recording.pk)
    assert [event.kind for event in FeedEvent.objects.all()] == ["recording.ready"]

    keep(alert, data=b"again")
    assert [path.read_bytes() for path in files()] == [PICTURE]


def test_a_full_disk_loses_the_clip_and_not_the_alert(tmp_path: Path) -> None:
    storages = {"default": {"BACKEND": "tests.alerts.test_recordings.FullDisk"}}
    rule = RuleFactory()
    firing = firing_of(rule)
    committer = Committer(tmp_path / "spool")
    keeper = Keeper(committer)
    with override_settings(STORAGES={**storages, "staticfiles": storages["default"]}):
        committer.start()
        keeper.start()
        committer.fire(firing)
        keeper.recorded(firing.id, RecordingKind.CLIP, PICTURE)
        eventually(lambda: Recording.objects.exclude(failed="").exists(), "the failure is written down")
        keeper.stop(20)
        committer.stop(20)

    assert Alert.objects.get().pk == firing.id
    recording = Recording.objects.get()
    assert recording.failed == RecordingFailure.DISK_FULL
    assert not recording.is_ready
    assert files() == []
    assert [event.kind for event in FeedEvent.objects.all()] == ["alert.raised", "alert.changed"]


def test_recordings_wait_for_their_alert_in_bounded_room(tmp_path: Path) -> None:
    committer = Committer(tmp_path / "spool")
    keeper = Keeper(committer, max_bytes=100)
    first, second = firing_of(RuleFactory()), firing_of(RuleFactory())
    for firing in (first, second):
        committer.fire(firing)
        keeper.recorded(firing.id, RecordingKind.CLIP, b"x" * 80)
    committer.start()
    keeper.start()
    eventually(lambda: Recording.objects.filter(alert=second.id).exclude(sha256="").exists(), "the second is kept")
    keeper.stop(20)
    committer.stop(20)

    assert Recording.objects.get(alert=first.id).failed == RecordingFailure.NO_ROOM


def test_retention_destroys_every_copy_and_keeps_the_register() -> None:
    short, long = AlertFactory(rule__camera__retention_days=1), AlertFactory(rule__camera__retention_days=30)
    gone, kept = keep(short, RecordingKind.CLIP), keep(long)
    failed = keep(short, RecordingKind.SNAPSHOT, data=None)
    assert len(files()) == 2

    clock.move(dt.timedelta(days=1, minutes=1))
    tasks.retention()
    tasks.retention()

    assert [path.name for path in files()] == [Path(str(kept.file.name)).name]
    gone.refresh_from_db()
    failed.refresh_from_db()
    assert gone.destroyed_at is not None
    assert gone.sha256 == hashlib.sha256(PICTURE).hexdigest()
    assert failed.destroyed_at is not None
    assert [entry.subject_id for entry in Entry.objects.filter(action=Action.RECORDING_DESTROYED)] == [str(gone.pk)]


def test_a_retention_that_is_shortened_counts_at_once() -> None:
    alert = AlertFactory(rule__camera__retention_days=30)
    keep(alert)
    alert.camera.retention_days = 2
    alert.camera.save()

    clock.move(dt.timedelta(days=1))
    tasks.retention()
    assert len(files()) == 1
    clock.move(dt.timedelta(days=1, minutes=1))
    tasks.retention()
    assert files() == []


def test_what_a_dead_watcher_left_half_done_is_written_down_and_removed() -> None:
    alert = AlertFactory()
    half = recordings._entered(alert.pk, RecordingKind.CLIP)
    assert half is not None
    default_storage.save(str(half.file.name), ContentFile(b"half a clip"))

    clock.move(recordings.INTERRUPTED_AFTER + dt.timedelta(seconds=1))
    tasks.interrupted()

    assert files() == []
    assert set(Recording.objects.values_list("kind", "failed")) == {
        (RecordingKind.CLIP, RecordingFailure.INTERRUPTED),
        (RecordingKind.SNAPSHOT, RecordingFailure.INTERRUPTED),
    }


def test_rules_that_end_are_told_of_and_then_switched_off() -> None:
    rule = RuleFactory(expires_at=clock.now() + dt.timedelta(days=10))
    RuleFactory()

    tasks.rules()
    tasks.rules()
    assert [event.kind for event in FeedEvent.objects.all()] == ["rule.expiring"]

    clock.move(dt.timedelta(days=10, minutes=1))
    tasks.rules()
    rule.refresh_from_db()
    assert rule.state == RuleState.OFF
    assert Entry.objects.get(action=Action.RULE_CHANGED).details["reason"] == "expired"


def test_a_rule_that_the_law_no_longer_allows_is_switched_off() -> None:
    rule = RuleFactory()
    Rule.objects.filter(pk=rule.pk).update(purpose="")

    tasks.rules()

    rule.refresh_from_db()
    assert rule.state == RuleState.OFF
    assert Entry.objects.get(action=Action.RULE_CHANGED).details["reason"] == "not_lawful"
