"""Down times: written by real reports, found where a watcher died, never overlapping, forgotten in time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from detection import outages
from detection.models import Camera, CameraStatus, FrameCount, Lease, Outage, WatchState
from detection.reasons import Reason
from detection.reports import Reporter, Unwatched, WatchReport
from soc import clock
from tests.factories import CameraFactory, OrganisationFactory, OutageFactory, SiteFactory
from tests.system import System, until

LIVE = WatchReport(WatchState.LIVE, None, {}, 10, 2, 768, 576)
CONNECTING = WatchReport(WatchState.CONNECTING, None, {}, 0, 0, 0, 0)


def down(reason: Reason) -> WatchReport:
    return WatchReport(WatchState.DOWN, reason, {"status": "404"}, 10, 2, 768, 576)


def subject(camera: Camera) -> Unwatched:
    return Unwatched(camera.pk, camera.organisation_id, camera.site_id)


def later(seconds: float) -> None:
    clock.move(dt.timedelta(seconds=seconds))


def told(camera: Camera) -> list[tuple[str, str, bool]]:
    """Its outages in order, as state, reason and whether they ended; they must not overlap."""
    rows = list(Outage.objects.filter(camera=camera).order_by("since", "pk"))
    for one, following in pairwise(rows):
        assert one.until is not None
        assert one.since <= one.until <= following.since
    return [(one.state, one.reason, one.until is not None) for one in rows]


@pytest.mark.django_db
class TestReports:
    def test_a_camera_that_goes_down_and_comes_back_has_one_outage_a_reason(self) -> None:
        camera = CameraFactory()
        reporter = Reporter("one")
        for report in (CONNECTING, LIVE, down(Reason.UNREACHABLE), down(Reason.REFUSED), LIVE):
            reporter.report(subject(camera), report)
            later(60)
        assert told(camera) == [("down", "unreachable", True), ("down", "refused", True)]
        first, second = Outage.objects.filter(camera=camera)
        assert first.until == second.since
        assert dt.timedelta(seconds=59) < (second.until or clock.now()) - second.since < dt.timedelta(seconds=62)
        assert first.reason_details == {"status": "404"}

    def test_the_same_trouble_again_is_the_same_outage(self) -> None:
        camera = CameraFactory()
        for report in (LIVE, down(Reason.UNREACHABLE), CONNECTING, down(Reason.UNREACHABLE)):
            Reporter("one").report(subject(camera), report)
        assert told(camera) == [("down", "unreachable", False)]

    def test_a_watch_that_ended_is_not_watched_until_the_next_is_live(self) -> None:
        camera = CameraFactory()
        first, second = Reporter("one"), Reporter("two")
        first.report(subject(camera), LIVE)
        first.ended(subject(camera))
        assert told(camera) == [("unwatched", "watch_ended", False)]
        later(20)
        second.report(subject(camera), CONNECTING)
        assert told(camera) == [("unwatched", "watch_ended", False)]
        second.report(subject(camera), LIVE)
        assert told(camera) == [("unwatched", "watch_ended", True)]

    def test_who_ends_late_does_not_speak_for_the_next_watcher(self) -> None:
        camera = CameraFactory()
        first, second = Reporter("one"), Reporter("two")
        first.report(subject(camera), LIVE)
        second.report(subject(camera), LIVE)
        first.ended(subject(camera))
        assert CameraStatus.objects.get(camera=camera).state == WatchState.LIVE
        assert not Outage.objects.filter(camera=camera, until=None).exists()

    @pytest.mark.parametrize("next_report", [LIVE, CONNECTING, down(Reason.REFUSED)])
    def test_a_dead_watchers_silence_is_not_watched_since_it_spoke_last(self, next_report: WatchReport) -> None:
        camera = CameraFactory()
        Reporter("dead").report(subject(camera), LIVE)
        spoken = CameraStatus.objects.get(camera=camera).reported_at
        later(30)
        Reporter("next").report(subject(camera), next_report)
        first = Outage.objects.filter(camera=camera).earliest("since")
        assert (first.state, first.reason, first.since) == ("unwatched", "watch_ended", spoken)
        assert (first.until is None) is (next_report is CONNECTING)

    def test_a_clock_that_goes_back_makes_no_overlap(self) -> None:
        camera = CameraFactory()
        reporter = Reporter("one")
        for report in (LIVE, down(Reason.UNREACHABLE), LIVE, down(Reason.REFUSED), LIVE):
            reporter.report(subject(camera), report)
            later(-5)
        assert told(camera) == [("down", "unreachable", True), ("down", "refused", True)]

    def test_frames_are_counted_since_the_last_report(self) -> None:
        camera = CameraFactory()
        reporter = Reporter("one")
        reporter.report(subject(camera), WatchReport(WatchState.LIVE, None, {}, 100, 10, 768, 576))
        later(301)
        reporter.report(subject(camera), WatchReport(WatchState.DOWN, Reason.ENDED, {}, 150, 14, 768, 576))
        Reporter("next").report(subject(camera), WatchReport(WatchState.LIVE, None, {}, 7, 1, 768, 576))
        counted = list(FrameCount.objects.filter(camera=camera).order_by("at").values_list("analysed", "dropped"))
        assert counted == [(100, 10), (57, 5)]

    def test_figures_cost_no_query_for_outages(self) -> None:
        camera = CameraFactory()
        reporter = Reporter("one")
        reporter.report(subject(camera), LIVE)
        reporter._last[camera.pk].at -= 10
        with CaptureQueriesContext(
            connection,
        ) as queries:
            reporter.report(subject(camera), LIVE)
        assert not [query for query in queries if "detection_outage" in query["sql"]]

    def test_the_database_holds_one_open_outage_a_camera_and_no_strangers(self) -> None:
        outage = OutageFactory()
        with pytest.raises(IntegrityError), transaction.atomic():
            OutageFactory(camera=outage.camera)
        OutageFactory(organisation=OrganisationFactory())
        with pytest.raises(IntegrityError):
            connection.check_constraints()


@pytest.mark.django_db
class TestSweep:
    def test_a_camera_whose_watcher_died_is_not_live(self) -> None:
        camera = CameraFactory()
        Reporter("dead").report(subject(camera), LIVE)
        spoken = CameraStatus.objects.get(camera=camera).reported_at
        assert outages.sweep() == [], "it may just be between two watchers"
        later(15)
        assert outages.sweep() == [camera]
        status = CameraStatus.objects.get(camera=camera)
        assert (status.state, status.watcher) == ("unwatched", "")
        assert told(camera) == [("unwatched", "no_watcher", False)]
        assert Outage.objects.get(camera=camera).since == spoken
        assert outages.sweep() == []

    def test_a_camera_that_is_held_is_left_alone(self) -> None:
        camera = CameraFactory()
        Reporter("one").report(subject(camera), LIVE)
        Lease.objects.create(
            camera=camera,
            organisation=camera.organisation,
            watcher="one",
            expires_at=clock.now() + dt.timedelta(hours=2),
        )
        later(600)
        assert outages.sweep() == []
        assert told(camera) == []

    def test_why_it_is_not_watched_is_followed(self) -> None:
        camera = CameraFactory()
        reporter = Reporter("one")
        reporter.report(subject(camera), LIVE)
        Camera.objects.filter(pk=camera.pk).update(enabled=False)
        reporter.ended(subject(camera))
        later(15)
        outages.sweep()
        assert told(camera) == [("unwatched", "disabled", False)], "why it ended is known now"
        Camera.objects.filter(pk=camera.pk).update(enabled=True, purpose="")
        later(15)
        outages.sweep()
        assert told(camera) == [("unwatched", "disabled", True), ("unwatched", "not_lawful", False)]

    def test_a_camera_that_was_down_and_lost_its_watcher_is_not_watched_from_then_on(self) -> None:
        camera = CameraFactory()
        Reporter("dead").report(subject(camera), down(Reason.UNREACHABLE))
        later(15)
        outages.sweep()
        assert told(camera) == [("down", "unreachable", True), ("unwatched", "no_watcher", False)]

    def test_a_camera_that_was_never_taken_is_not_watched_since_it_is_there(self) -> None:
        camera = CameraFactory()
        later(15)
        outages.sweep()
        assert Outage.objects.get(camera=camera).since == camera.created_at

    def test_a_watch_that_outlived_the_database_was_no_outage(self) -> None:
        camera = CameraFactory()
        reporter = Reporter("one")
        reporter.report(subject(camera), LIVE)
        later(60)
        outages.sweep()  # beat is faster than the watcher after the database came back
        reporter._last[camera.pk].at -= 60
        reporter.report(subject(camera), LIVE)
        assert told(camera) == []
        assert CameraStatus.objects.get(camera=camera).state == WatchState.LIVE

    def test_a_removed_camera_has_no_outage_that_lasts(self) -> None:
        outage = OutageFactory()
        removed = clock.now() + dt.timedelta(seconds=5)
        Camera.objects.filter(pk=outage.camera_id).update(enabled=False, removed_at=removed)
        outages.sweep()
        outage.refresh_from_db()
        assert outage.until == removed

    def test_what_is_old_is_forgotten_and_what_lasts_is_not(self) -> None:
        site = SiteFactory()
        now = clock.now()
        old, lasting = CameraFactory(site=site), CameraFactory(site=site)
        OutageFactory(camera=old, since=now - dt.timedelta(days=120), until=now - dt.timedelta(days=91))
        kept = OutageFactory(camera=old, since=now - dt.timedelta(days=91), until=now - dt.timedelta(days=89))
        open_one = OutageFactory(camera=lasting, since=now - dt.timedelta(days=120))
        FrameCount.objects.create(
            camera=old, organisation=site.organisation, at=now - dt.timedelta(days=3), analysed=1, dropped=1
        )
        outages.forget()
        assert set(Outage.objects.all()) == {kept, open_one}
        assert not FrameCount.objects.exists()


@pytest.fixture
def system() -> Iterator[System]:
    with System() as running:
        yield running


@pytest.mark.django_db(transaction=True)
def test_a_killed_watchers_camera_has_a_hole_where_nobody_watched(system: System) -> None:
    camera = CameraFactory()
    first = system.watcher()
    until(lambda: CameraStatus.objects.filter(camera=camera, state=WatchState.LIVE).exists(), "the camera is live")
    assert Outage.objects.filter(camera=camera).count() == 0

    first.kill()
    system.responder()
    system.beat()
    until(
        lambda: Outage.objects.filter(camera=camera, state=WatchState.UNWATCHED, until=None).exists(),
        "the sweep finds that nobody watches",
        ceiling_s=60,
    )
    assert CameraStatus.objects.get(camera=camera).state == WatchState.UNWATCHED

    system.watcher()
    until(lambda: not Outage.objects.filter(camera=camera, until=None).exists(), "live again")
    assert {state for state, _, _ in told(camera)} == {WatchState.UNWATCHED}
