"""The real thing: a watcher process on real footage raises an alert, keeps its pictures, and is killed in the middle."""

from __future__ import annotations

from collections.abc import Iterator

import av
import pytest
from django.core.files.storage import default_storage

from alerts.models import Alert, Recording, RecordingKind, RuleState, RuleTrialHit
from soc.broadcast.models import FeedEvent
from tests.factories import CameraFactory, RuleFactory
from tests.system import System, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def system() -> Iterator[System]:
    with System() as running:
        yield running


def kept(kind: RecordingKind) -> Recording | None:
    return Recording.objects.filter(kind=kind).exclude(sha256="").first()


def test_people_in_the_street_raise_one_alert_with_a_snapshot_and_a_clip(system: System) -> None:
    camera = CameraFactory(clip_before_s=2, clip_after_s=2)
    loud = RuleFactory(camera=camera, name="Someone in the street")
    quiet = RuleFactory(camera=camera, state=RuleState.SILENT)
    first = system.watcher()

    until(lambda: Alert.objects.exists(), "the alert is raised", 180)
    until(
        lambda: RuleTrialHit.objects.filter(rule=quiet).exists(), "the silent rule says what it would have raised", 60
    )
    until(lambda: kept(RecordingKind.SNAPSHOT) is not None, "the snapshot is kept", 60)
    until(lambda: kept(RecordingKind.CLIP) is not None, "the clip is kept", 60)

    alert = Alert.objects.get()
    assert alert.rule == loud
    assert alert.why["params"]["things"]["person"] >= 1
    snapshot, clip = kept(RecordingKind.SNAPSHOT), kept(RecordingKind.CLIP)
    assert snapshot is not None
    assert clip is not None
    with default_storage.open(str(snapshot.file.name)) as file:
        assert file.read(3) == b"\xff\xd8\xff"
    with default_storage.open(str(clip.file.name)) as file, av.open(file, "r") as video:
        assert len(list(video.decode(video=0))) > 5

    first.kill()
    seen = Alert.objects.get().last_seen_at
    system.watcher()
    until(lambda: Alert.objects.get().last_seen_at > seen, "the next watcher takes the situation up", 180)
    assert FeedEvent.objects.filter(kind="alert.raised").count() == 1
