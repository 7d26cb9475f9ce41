"""When cameras gave no picture, and why: one row a period, written where the state of a watch is reported.

    live ──── down, unreachable ──── down, refused ──── not watched ──── live
              └ a row ──────────────┘└ a row ──────────┘└ a row ───────┘

A row is written in the transaction that holds the lock of the camera's status, so those of a camera follow one another.
A watcher that dies says nothing: the next watcher's first report, or `sweep`, dates its silence from what it said last.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from detection import selectors
from detection.models import Camera, CameraStatus, FrameCount, Lease, Outage, WatchState
from detection.reasons import Reason
from soc import clock

KEPT = dt.timedelta(days=90)
"""How long outages are kept."""

COUNTS_KEPT = dt.timedelta(days=2)
"""How long frame counts are kept."""

SILENT = dt.timedelta(seconds=10)
"""A camera that nobody holds and of which nothing was heard for this long is not watched, whatever was said last."""


def follow(
    camera: UUID,
    organisation: UUID,
    state: WatchState,
    reason: str,
    details: dict[str, str],
    *,
    at: dt.datetime,
    silent_since: dt.datetime | None = None,
) -> None:
    """Write down what `state` means for the camera's outages. Call it while its status row is locked.

    Args:
        camera: whose.
        organisation: of the camera.
        state: what it is from `at` on.
        reason: why it is not live, if it is not.
        details: what fills the reason's sentence.
        at: when it was seen.
        silent_since: when a watcher that has died spoke last; from then on nobody watched.
    """
    standing = Outage.objects.filter(camera_id=camera, until=None).first()
    if silent_since is not None and (standing is None or standing.state != WatchState.UNWATCHED):
        standing = _turn(camera, organisation, standing, WatchState.UNWATCHED, Reason.WATCH_ENDED, {}, silent_since)
    if state == WatchState.LIVE:
        if standing is not None:
            _end(standing, at)
    elif state == WatchState.CONNECTING:
        # Whatever it was before lasts until the first picture.
        return
    elif standing is None or (standing.state, standing.reason) != (state, reason):
        _turn(camera, organisation, standing, state, reason, details, at)


def withdraw(camera: UUID) -> None:
    """Its watcher was there all along, only the database was not: the outage that stands was none."""
    Outage.objects.filter(camera_id=camera, until=None).delete()


def _turn(
    camera: UUID,
    organisation: UUID,
    standing: Outage | None,
    state: WatchState,
    reason: str,
    details: dict[str, str],
    at: dt.datetime,
) -> Outage:
    """End the outage that stands, and begin another where it ends."""
    if standing is not None:
        at = _end(standing, at)
    else:
        # Clocks of several machines differ a little: what has ended stays before what begins.
        last = Outage.objects.filter(camera_id=camera).order_by("-until").values_list("until", flat=True).first()
        at = max(at, last) if last is not None else at
    return Outage.objects.create(
        camera_id=camera, organisation_id=organisation, state=state, reason=reason, reason_details=details, since=at
    )


def _end(standing: Outage, at: dt.datetime) -> dt.datetime:
    standing.until = max(at, standing.since)
    standing.save(update_fields=["until"])
    return standing.until


def sweep() -> list[Camera]:
    """Find cameras that nobody watches and write down that, since when and why; those whose state changed by it.

    A watcher that died said nothing of it, and a camera that was never taken has nobody to speak for it.
    """
    held = Lease.objects.filter(expires_at__gt=Now()).values("camera_id")
    cameras = list(
        Camera.objects.filter(removed_at=None).exclude(pk__in=held).select_related("organisation").order_by("pk")
    )
    found = selectors.situations(cameras)
    changed = []
    for camera in cameras:
        situation = found[camera.pk]
        reason = situation.reason or Reason.WATCH_ENDED
        if _write_unwatched(camera, reason):
            changed.append(camera)
    _close_removed()
    return changed


@transaction.atomic
def _write_unwatched(camera: Camera, reason: str) -> bool:
    now = clock.now()
    status = CameraStatus.objects.select_for_update().filter(camera=camera).first()
    if Lease.objects.filter(camera=camera, expires_at__gt=Now()).exists():
        return False  # taken meanwhile
    spoken = status.reported_at if status is not None and status.reported_at is not None else camera.created_at
    if now - spoken < SILENT:
        return False
    died = status is not None and status.state != WatchState.UNWATCHED
    standing = Outage.objects.filter(camera=camera, until=None).first()
    if standing is not None and standing.state == WatchState.UNWATCHED:
        if standing.reason == Reason.WATCH_ENDED:
            Outage.objects.filter(pk=standing.pk).update(reason=reason)  # now it is known why
        elif reason not in (Reason.WATCH_ENDED, standing.reason):
            _turn(camera.pk, camera.organisation_id, standing, WatchState.UNWATCHED, reason, {}, now)
    else:
        _turn(camera.pk, camera.organisation_id, standing, WatchState.UNWATCHED, reason, {}, spoken)
    if died:
        CameraStatus.objects.filter(camera=camera).update(
            state=WatchState.UNWATCHED,
            reason="",
            reason_details={},
            since=spoken,
            watcher="",
            analysed_per_second=0,
            next_try=None,
        )
    return died


def _close_removed() -> None:
    """A removed camera gives no picture for ever: its outage ends with it."""
    for outage in Outage.objects.filter(until=None).exclude(camera__removed_at=None).select_related("camera"):
        if outage.camera.removed_at is not None:
            _end(outage, outage.camera.removed_at)


def forget() -> None:
    """Delete outages and frame counts that are older than they are kept."""
    now = clock.now()
    Outage.objects.filter(until__lt=now - KEPT).delete()
    FrameCount.objects.filter(at__lt=now - COUNTS_KEPT).delete()
