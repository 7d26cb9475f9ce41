"""Leases: one watcher a camera, taken over when it dies, given back at once, fenced when it was away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from detection import leases
from detection.models import Camera, Lease
from tests.factories import CameraFactory

pytestmark = pytest.mark.django_db


def run_out(camera: Camera) -> None:
    """Let the camera's lease run out, on the database's clock, as if its watcher had died."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE detection_lease SET expires_at = clock_timestamp() - interval '1 second' WHERE camera_id = %s",
            [camera.pk],
        )


def test_a_camera_has_one_watcher() -> None:
    camera = CameraFactory()

    held = leases.take(camera, "first")

    assert held is not None
    assert held.token == 1
    assert leases.take(camera, "second") is None
    assert camera not in leases.free_cameras()


def test_a_dead_watchers_camera_is_taken_over_and_becomes_a_suspect() -> None:
    camera = CameraFactory()
    first = leases.take(camera, "first")
    run_out(camera)

    second = leases.take(camera, "second")

    assert first is not None
    assert second is not None
    assert second.token == first.token + 1
    assert second.deaths == 1
    assert leases.renew("first", [first]) == frozenset(), "the watcher that was away must notice"
    assert leases.renew("second", [second]) == {camera.pk}


def test_a_lease_that_ran_out_is_renewed_when_nobody_took_it() -> None:
    camera = CameraFactory()
    held = leases.take(camera, "first")
    assert held is not None
    run_out(camera)

    assert leases.renew("first", [held]) == {camera.pk}
    assert leases.take(camera, "second") is None


def test_a_lease_given_back_is_free_at_once_and_nobodys_death() -> None:
    camera = CameraFactory()
    held = leases.take(camera, "first")
    assert held is not None

    leases.give_back("first", [held])
    again = leases.take(camera, "second")

    assert again is not None
    assert again.deaths == 0


def test_giving_back_late_does_not_take_the_camera_from_its_new_watcher() -> None:
    camera = CameraFactory()
    first = leases.take(camera, "first")
    assert first is not None
    run_out(camera)
    second = leases.take(camera, "second")
    assert second is not None

    leases.give_back("first", [first])

    assert Lease.objects.get(camera=camera).watcher == "second"
    assert leases.renew("second", [second]) == {camera.pk}


def test_acquitted_cameras_are_no_suspects() -> None:
    camera = CameraFactory()
    leases.take(camera, "first")
    run_out(camera)
    leases.take(camera, "second")

    leases.acquit(camera.pk)

    assert Lease.objects.get(camera=camera).deaths == 0


def test_only_cameras_that_may_be_watched_are_free() -> None:
    watched = CameraFactory()
    CameraFactory(enabled=False)
    CameraFactory(notice_displayed=False)

    assert leases.free_cameras() == [watched]


def test_watchers_that_stopped_are_forgotten() -> None:
    leases.register("here", 8, "openvino")
    assert leases.living() == 1

    leases.forget("here")

    assert leases.living() == 0


@pytest.mark.django_db(transaction=True)
def test_of_many_watchers_at_once_one_takes_the_camera() -> None:
    camera = CameraFactory()

    def take(number: int) -> bool:
        try:
            return leases.take(camera, f"watcher {number}") is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(8))) == [False] * 7 + [True]
