"""What can be asked of cameras: reads, scoped to the member; which are watched, and why the others are not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now

from detection import lawful, leases
from detection.lawful import Ending, LegalRefusal
from detection.models import Camera, CameraStatus, Lease, Outage, Watcher, WatchState
from detection.reasons import Reason
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped


@dataclass(frozen=True, slots=True)
class Situation:
    """How the watch of a camera goes, as the console shows it.

    Attributes:
        state: not watched, connecting, live or down.
        reason: why it is not live, if it is not.
        since: since when; ``None`` when that is not known.
        missing: what the law still asks for.
        analysed_per_second: frames that went through the whole path, lately.
        frames_dropped: frames that came while the watch was busy, since it began.
        width: of the newest frame, pixels; 0 before the first.
        height: likewise.
        cores: processor cores that the watch used lately, measured; ``None`` before that is known.
        ending: that its authorisation ends soon, if it does.
        next_try: when a camera that is down is tried again.
    """

    state: WatchState
    reason: Reason | None = None
    since: dt.datetime | None = None
    missing: tuple[LegalRefusal, ...] = ()
    analysed_per_second: float = 0.0
    frames_dropped: int = 0
    width: int = 0
    height: int = 0
    cores: float | None = None
    ending: Ending | None = None
    next_try: dt.datetime | None = None

    @property
    def sentence(self) -> str:
        """The reason in the active language; empty without one."""
        return str(self.reason.label) if self.reason else ""


@dataclass(frozen=True, slots=True)
class Fleet:
    """The installation's watchers: how many live, and how many cameras they hold of how many they could."""

    living: int
    capacity: int
    held: int

    @property
    def room(self) -> int:
        """How many more cameras they would take."""
        return max(0, self.capacity - self.held)


HELD = frozenset({WatchState.LIVE, WatchState.DOWN, WatchState.CONNECTING})
"""States of a camera that a watcher has, or is about to have."""


def cameras(member: Member, right: Right = Right.SEE_CAMERAS) -> QuerySet[Camera]:
    """The cameras that `member` reaches with `right`."""
    rows = Camera.objects.filter(removed_at=None).select_related("organisation", "site", "status")
    return scoped(rows.prefetch_related("zones", "lines"), member, right)


def fleet() -> Fleet:
    """The watchers that were seen within a lease's time, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum(capacity), 0), "
            "(SELECT count(*) FROM detection_lease WHERE expires_at > clock_timestamp()) "
            "FROM detection_watcher WHERE seen_at > clock_timestamp() - make_interval(secs => %s)",
            [leases.LEASE_S],
        )
        living, capacity, held = cursor.fetchone()
    return Fleet(int(living), int(capacity), int(held))


def watchers() -> list[Watcher]:
    """The living watchers, by name."""
    alive = Now() - dt.timedelta(seconds=leases.LEASE_S)
    return list(Watcher.objects.filter(seen_at__gt=alive).order_by("name"))


def situations(asked: Iterable[Camera]) -> dict[UUID, Situation]:
    """How the watch of each camera goes, and why it does not where it does not. A few queries, however many cameras."""
    rows = list(asked)
    keys = [camera.pk for camera in rows]
    held = set(Lease.objects.filter(camera__in=keys, expires_at__gt=Now()).values_list("camera_id", flat=True))
    reported = {status.camera_id: status for status in CameraStatus.objects.filter(camera__in=keys)}
    free = _Free() if len(held) < len(rows) else None
    found = {
        camera.pk: _watched(reported.get(camera.pk))
        if camera.pk in held
        else _unwatched(camera, free, reported.get(camera.pk))
        for camera in rows
    }
    dark = [pk for pk, one in found.items() if one.state in _DARK and one.reason is not Reason.DISABLED]
    began = dict(Outage.objects.filter(camera__in=dark, until=None).values_list("camera_id", "since"))
    return {
        camera.pk: replace(
            found[camera.pk], ending=lawful.ending(camera), since=began.get(camera.pk, found[camera.pk].since)
        )
        for camera in rows
    }


_DARK = (WatchState.DOWN, WatchState.UNWATCHED)


class _Free:
    """What becomes of cameras that nobody watches: the first ones in line are taken, as far as there is room."""

    def __init__(self) -> None:
        found = fleet()
        self.reason = Reason.NO_ROOM if found.living else Reason.NO_WATCHER
        self.next = {camera.pk for camera in leases.free_cameras()[: found.room]} if found.room else set()


def _watched(status: CameraStatus | None) -> Situation:
    if status is None or status.state == WatchState.UNWATCHED:
        return Situation(WatchState.CONNECTING)
    return Situation(
        state=WatchState(status.state),
        reason=Reason(status.reason) if status.reason in Reason.values else None,
        since=status.since,
        analysed_per_second=status.analysed_per_second,
        frames_dropped=status.frames_dropped,
        width=status.width,
        height=status.height,
        cores=status.cores,
        next_try=status.next_try,
    )


def _unwatched(camera: Camera, free: _Free | None, status: CameraStatus | None) -> Situation:
    missing = tuple(lawful.refusals(camera))
    # Since its last watch ended, where there was one.
    since = status.since if status is not None and status.state == WatchState.UNWATCHED else None
    if not camera.enabled:
        return Situation(WatchState.UNWATCHED, Reason.DISABLED, since, missing=missing)
    if missing:
        return Situation(WatchState.UNWATCHED, Reason.NOT_LAWFUL, since, missing=missing)
    if free is None or camera.pk in free.next:
        return Situation(WatchState.CONNECTING)
    return Situation(WatchState.UNWATCHED, free.reason, since)
