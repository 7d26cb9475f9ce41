"""What a watch says of itself, into the database for who asks and over the broadcast for who looks."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.db import connection, transaction

from detection import outages
from detection.events import CameraStatePayload
from detection.models import Camera, CameraStatus, WatchState
from detection.reasons import Reason
from soc import clock
from soc.broadcast import services as broadcast
from soc.broadcast.events import Event
from soc.people.rights import Right

FIGURES_EVERY_S = 5.0
"""Figures are written this often; a change of state at once."""

COUNTED_MINUTES = 5
"""Frames are counted in pieces of this many minutes."""


class Subject(Protocol):
    """Which camera is reported on; a `CameraPlan` is one."""

    @property
    def camera(self) -> UUID:
        """Its id."""

    @property
    def organisation(self) -> UUID:
        """Whose it is."""

    @property
    def site(self) -> UUID:
        """Where it stands."""


@dataclass(frozen=True, slots=True)
class Unwatched:
    """A camera whose watch could not begin, so that there is no plan of it."""

    camera: UUID
    organisation: UUID
    site: UUID


@dataclass(frozen=True, slots=True)
class WatchReport:
    """How a watch goes: figures count since it began.

    Attributes:
        state: connecting, live or down.
        reason: why it is down, if it is.
        details: what fills the reason's sentence.
        analysed: frames that went through the whole path.
        dropped: frames that came while the watch was busy, or that could not be shown.
        width: of the newest frame, pixels; 0 before the first.
        height: likewise.
        busy_s: seconds for which its frames were under way.
        next_try: when a camera that is down is tried again, seconds of the epoch.
    """

    state: WatchState
    reason: Reason | None
    details: dict[str, str]
    analysed: int
    dropped: int
    width: int
    height: int
    busy_s: float = 0.0
    next_try: float | None = None

    @property
    def next_try_at(self) -> dt.datetime | None:
        """`next_try` as the database has times."""
        return None if self.next_try is None else dt.datetime.fromtimestamp(self.next_try, dt.UTC)


@dataclass(slots=True)
class _Last:
    report: WatchReport
    at: float


class Reporter:
    """Writes the reports of one watcher's cameras. Used from one thread, but for `ended`."""

    def __init__(self, watcher: str) -> None:
        self._watcher = watcher
        self._last: dict[UUID, _Last] = {}

    def report(self, subject: Subject, report: WatchReport, cores: float | None = None) -> None:
        """Write `report` if its state changed or its figures are due; `cores` is what the watch used lately, if known.

        Raises:
            DatabaseError: the database is away; the next report carries the same news.
        """
        last = self._last.get(subject.camera)
        now = time.monotonic()
        changed = last is None or (last.report.state, last.report.reason) != (report.state, report.reason)
        same = last is not None and not changed and last.report.next_try == report.next_try
        if last is not None and same and now - last.at < FIGURES_EVERY_S:
            return
        rate = (report.analysed - last.report.analysed) / max(0.001, now - last.at) if last else 0.0
        self._write(subject, report, round(max(0.0, rate), 2), last.report if last else None, cores)
        self._last[subject.camera] = _Last(report, now)

    def ended(self, subject: Subject) -> None:
        """The watch ended here: the camera is not watched, unless another watcher has said otherwise since."""
        self._last.pop(subject.camera, None)
        gone = WatchReport(WatchState.UNWATCHED, None, {}, 0, 0, 0, 0)
        now = clock.now()
        with transaction.atomic():
            status = CameraStatus.objects.select_for_update().filter(camera_id=subject.camera).first()
            if status is None or status.watcher != self._watcher:
                return
            outages.follow(subject.camera, subject.organisation, gone.state, Reason.WATCH_ENDED, {}, at=now)
            status.state = gone.state
            status.reason, status.reason_details = "", {}
            status.since = status.reported_at = now
            status.watcher, status.analysed_per_second = "", 0
            status.cores = status.next_try = None
            status.save()
        _announce(subject, gone, now, 0.0)

    @transaction.atomic
    def _write(
        self, subject: Subject, report: WatchReport, rate: float, last: WatchReport | None, cores: float | None
    ) -> None:
        now = clock.now()
        before = CameraStatus.objects.select_for_update().filter(camera_id=subject.camera).first()
        said = (report.state, report.reason or "")
        changed = before is None or last is None or (before.state, before.reason) != said
        if changed and last is not None and (last.state, last.reason or "") == said and report.state == WatchState.LIVE:
            # Somebody wrote that nobody watches, while only the database was away.
            outages.withdraw(subject.camera)
        elif changed:
            outages.follow(
                subject.camera,
                subject.organisation,
                report.state,
                report.reason or "",
                report.details,
                at=now,
                silent_since=self._silent_since(before),
            )
        figures: dict[str, object] = {
            "organisation_id": subject.organisation,
            "state": report.state,
            "reason": report.reason or "",
            "reason_details": report.details,
            "reported_at": now,
            "watcher": self._watcher,
            "analysed_per_second": rate,
            "frames_dropped": report.dropped,
            "cores": None if cores is None else round(cores, 3),
            "width": report.width,
            "height": report.height,
            "next_try": report.next_try_at,
        }
        if changed:
            figures["since"] = now
        status, _ = CameraStatus.objects.update_or_create(camera_id=subject.camera, defaults=figures)
        _count(subject, report, last, now)
        _announce(subject, report, status.since, rate, status.cores)

    def _silent_since(self, before: CameraStatus | None) -> dt.datetime | None:
        """When the watcher before this one spoke last, if it died: one that ends says so."""
        if before is None or before.watcher in ("", self._watcher) or before.state == WatchState.UNWATCHED:
            return None
        return before.reported_at


def announce_unwatched(camera: Camera) -> None:
    """Tell who looks that nobody watches a camera, where no watcher is left to say so."""
    gone = WatchReport(WatchState.UNWATCHED, None, {}, 0, 0, 0, 0)
    _announce(Unwatched(camera.pk, camera.organisation_id, camera.site_id), gone, clock.now(), 0.0)


def _announce(
    subject: Subject, report: WatchReport, since: dt.datetime, rate: float, cores: float | None = None
) -> None:
    payload = CameraStatePayload(
        camera=subject.camera,
        state=report.state,
        reason=report.reason or "",
        reason_details=report.details,
        since=since,
        analysed_per_second=rate,
        frames_dropped=report.dropped,
        cores=cores,
        next_try=report.next_try_at,
    )
    broadcast.announce(
        Event(organisation_id=subject.organisation, right=Right.SEE_CAMERAS, site_id=subject.site, payload=payload)
    )


def _count(subject: Subject, report: WatchReport, last: WatchReport | None, now: dt.datetime) -> None:
    """Add the frames since the last report to these minutes' count."""
    analysed = report.analysed - (last.analysed if last else 0)
    dropped = report.dropped - (last.dropped if last else 0)
    if analysed <= 0 and dropped <= 0:
        return
    begin = now.replace(minute=now.minute - now.minute % COUNTED_MINUTES, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO detection_framecount AS counted (camera_id, organisation_id, at, analysed, dropped) "
            "VALUES (%s, %s, %s, %s, %s) ON CONFLICT (camera_id, at) DO UPDATE SET "
            "analysed = counted.analysed + excluded.analysed, dropped = counted.dropped + excluded.dropped",
            [subject.camera, subject.organisation, begin, max(0, analysed), max(0, dropped)],
        )
