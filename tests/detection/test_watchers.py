"""Watchers as processes: leases, failover, clean stops, a broker that is away, cameras that kill."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from detection.models import Camera, CameraStatus, Lease, Watcher, WatchState
from detection.reasons import Reason
from tests.factories import CameraFactory
from tests.system import System, until

pytestmark = pytest.mark.django_db(transaction=True)

DEAD_BROKER = "redis://127.0.0.1:1/0"
"""Nothing listens on port 1."""


@pytest.fixture
def system() -> Iterator[System]:
    with System() as running:
        yield running


def holder(camera: Camera) -> str:
    """The name of the watcher that holds the camera's lease; empty when nobody does."""
    lease = Lease.objects.filter(camera=camera).first()
    return lease.watcher if lease else ""


def is_live(camera: Camera) -> bool:
    status = CameraStatus.objects.filter(camera=camera).first()
    return status is not None and status.state == WatchState.LIVE and status.analysed_per_second > 0


def test_a_watcher_takes_cameras_analyses_them_and_gives_them_back_at_once(system: System) -> None:
    camera = CameraFactory()
    watcher = system.watcher()
    until(lambda: is_live(camera), "the camera is live")
    status = CameraStatus.objects.get(camera=camera)
    assert (status.width, status.height) == (768, 576)
    until(lambda: (CameraStatus.objects.get(camera=camera).cores or 0) > 0, "what it costs is measured")
    assert Watcher.objects.get().load > 0
    assert Watcher.objects.get().cores >= 1

    watcher.stop()

    lease = Lease.objects.get(camera=camera)
    assert (lease.watcher, lease.expires_at, lease.deaths) == ("", None, 0), "given back, not run out"
    assert CameraStatus.objects.get(camera=camera).state == WatchState.UNWATCHED
    assert not Watcher.objects.exists()


def test_a_killed_watchers_cameras_are_watched_elsewhere(system: System) -> None:
    cameras = [CameraFactory() for _ in range(2)]
    first = system.watcher()
    until(lambda: all(map(is_live, cameras)), "both cameras are live")
    before = {camera.pk: holder(camera) for camera in cameras}
    second = system.watcher()
    until(lambda: Watcher.objects.count() == 2, "the second watcher lives")

    first.kill()

    until(lambda: all(holder(camera) not in {"", before[camera.pk]} for camera in cameras), "taken over")
    until(lambda: all(map(is_live, cameras)), "live again")
    assert second.process.poll() is None


def test_cameras_are_shared_between_watchers_and_no_watcher_takes_more_than_it_may(system: System) -> None:
    cameras = [CameraFactory() for _ in range(4)]
    for _ in range(2):
        system.watcher(capacity=1)

    until(lambda: sum(map(is_live, cameras)) == 2, "each watcher watches one camera")

    holders = [holder(camera) for camera in cameras]
    assert len({name for name in holders if name}) == 2
    assert holders.count("") == 2


def test_a_watcher_starts_and_goes_on_without_a_broker(system: System) -> None:
    camera = CameraFactory()

    system.watcher(REDIS_URL=DEAD_BROKER)

    until(lambda: is_live(camera), "the camera is live although the broker is away")


def test_a_camera_switched_off_is_let_go_and_switched_on_is_watched_again(system: System) -> None:
    camera = CameraFactory()
    system.watcher()
    until(lambda: is_live(camera), "the camera is live")

    Camera.objects.filter(pk=camera.pk).update(enabled=False)
    until(lambda: holder(camera) == "", "the camera is let go")
    Camera.objects.filter(pk=camera.pk).update(enabled=True)

    until(lambda: is_live(camera), "the camera is live again")


def test_a_camera_with_which_two_watchers_died_is_watched_in_a_process_of_its_own(system: System) -> None:
    camera = CameraFactory()
    Lease.objects.create(camera=camera, organisation=camera.organisation, deaths=2)

    watcher = system.watcher()
    until(lambda: is_live(camera), "the camera is live")

    assert CameraStatus.objects.get(camera=camera).watcher.startswith("alone:")
    watcher.kill()
    until(lambda: CameraStatus.objects.get(camera=camera).state == WatchState.UNWATCHED, "its process ended with it")


def test_a_file_that_is_no_video_is_down_with_its_reason(system: System) -> None:
    camera = CameraFactory(address="zidane.jpg.txt")

    system.watcher()

    until(lambda: CameraStatus.objects.filter(camera=camera, reason="no_such_file").exists(), "the reason is told")


def test_a_camera_whose_password_cannot_be_read_says_so(system: System) -> None:
    camera = CameraFactory(credentials=b"sealed with a key that is gone")

    system.watcher()

    until(
        lambda: CameraStatus.objects.filter(camera=camera, reason=Reason.CREDENTIALS_UNREADABLE).exists(),
        "the reason is told",
    )
