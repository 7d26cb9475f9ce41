"""What a watch says of itself, into the database for who asks and over the broadcast for who looks."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from detection.events import CameraStatePayload
from detection.models import CameraStatus, WatchState
from detection.reasons import Reason
from soc import clock
from soc.broadcast import services as broadcast
from soc.broadcast.events import Event
from soc.people.rights import Right

FIGURES_EVERY_S = 5.0
"""Figures are written this often; a change of state at once."""


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
    """

    state: WatchState
    reason: Reason | None
    details: dict[str, str]
    analysed: int
    dropped: int
    width: int
    height: int


@dataclass(slots=True)
class _Last:
    report: WatchReport
    at: float


class Reporter:
    """Writes the reports of one watcher's cameras. Used from one thread, but for `ended`."""

    def __init__(self, watcher: str) -> None:
        self._watcher = watcher
        self._last: dict[UUID, _Last] = {}

    def report(self, subject: Subject, report: WatchReport) -> None:
        """Write `report` if its state changed or its figures are due.

        Raises:
            DatabaseError: the database is away; the next report carries the same news.
        """
        last = self._last.get(subject.camera)
        now = time.monotonic()
        changed = last is None or (last.report.state, last.report.reason) != (report.state, report.reason)
        if last is not None and not changed and now - last.at < FIGURES_EVERY_S:
            return
        rate = (report.analysed - last.report.analysed) / max(0.001, now - last.at) if last else 0.0
        self._write(subject, report, round(max(0.0, rate), 2), changed=changed)
        self._last[subject.camera] = _Last(report, now)

    def ended(self, subject: Subject) -> None:
        """The watch ended here: the camera is not watched, unless another watcher has said otherwise since."""
        self._last.pop(subject.camera, None)
        gone = WatchReport(WatchState.UNWATCHED, None, {}, 0, 0, 0, 0)
        now = clock.now()
        changed = CameraStatus.objects.filter(camera_id=subject.camera, watcher=self._watcher).update(
            state=gone.state,
            reason="",
            reason_details={},
            since=now,
            reported_at=now,
            watcher="",
            analysed_per_second=0,
        )
        if changed:
            self._announce(subject, gone, now, 0.0)

    def _write(self, subject: Subject, report: WatchReport, rate: float, *, changed: bool) -> None:
        now = clock.now()
        figures: dict[str, object] = {
            "organisation_id": subject.organisation,
            "state": report.state,
            "reason": report.reason or "",
            "reason_details": report.details,
            "reported_at": now,
            "watcher": self._watcher,
            "analysed_per_second": rate,
            "frames_dropped": report.dropped,
            "width": report.width,
            "height": report.height,
        }
        if changed:
            figures["since"] = now
        status, _ = CameraStatus.objects.update_or_create(camera_id=subject.camera, defaults=figures)
        self._announce(subject, report, status.since, rate)

    def _announce(self, subject: Subject, report: WatchReport, since: dt.datetime, rate: float) -> None:
        payload = CameraStatePayload(
            camera=subject.camera,
            state=report.state,
            reason=report.reason or "",
            reason_details=report.details,
            since=since,
            analysed_per_second=rate,
            frames_dropped=report.dropped,
        )
        broadcast.announce(
            Event(organisation_id=subject.organisation, right=Right.SEE_CAMERAS, site_id=subject.site, payload=payload)
        )
