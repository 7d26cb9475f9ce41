"""How the watch goes: cameras without a picture, watchers and their room, frames that were too much."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Sum
from django.db.models.functions import Now

from alerts.overview.wire import DownCamera, DroppingCamera, WatcherLoad, WatchLoad
from alerts.wire import Named
from detection import selectors
from detection.models import Camera, FrameCount, Lease, WatchState
from detection.reasons import Reason
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped

HOUR = dt.timedelta(hours=1)


def watch_load(member: Member, now: dt.datetime) -> tuple[list[DownCamera], WatchLoad]:
    """The cameras that give no picture, the longest first, and the watchers' load."""
    cameras = list(selectors.cameras(member, Right.SEE_OVERVIEW))
    situations = selectors.situations(cameras)
    down = [
        DownCamera(
            camera=_named(camera),
            site=Named(id=camera.site_id, name=camera.site.name),
            state=found.state,
            since=found.since,
            sentence=found.sentence,
        )
        for camera in cameras
        if (found := situations[camera.pk]).state in (WatchState.DOWN, WatchState.UNWATCHED)
        and found.reason is not Reason.DISABLED  # somebody wanted that
    ]
    down.sort(key=lambda one: (one.since or now, one.camera.name))
    wanted = [found for camera in cameras if camera.enabled and not (found := situations[camera.pk]).missing]
    dropping, analysed, dropped = _frames(member, {camera.pk: camera for camera in cameras}, now)
    held = dict(
        Lease.objects.filter(expires_at__gt=Now()).order_by().values_list("watcher").annotate(count=Count("pk"))
    )
    load = WatchLoad(
        watchers=[
            WatcherLoad(
                name=one.name,
                engine=one.engine,
                capacity=one.capacity,
                held=held.get(one.name, 0),
                started_at=one.started_at,
            )
            for one in selectors.watchers()
        ],
        room=selectors.fleet().room,
        expected=len(wanted),
        watched=sum(found.state in (WatchState.LIVE, WatchState.DOWN) for found in wanted),
        analysed=analysed,
        dropped=dropped,
        cameras=dropping,
    )
    return down, load


def _frames(member: Member, cameras: dict[object, Camera], now: dt.datetime) -> tuple[list[DroppingCamera], int, int]:
    rows = (
        scoped(FrameCount.objects.filter(at__gt=now - HOUR, at__lte=now), member, Right.SEE_OVERVIEW)
        .order_by()
        .values("camera_id")
        .annotate(seen=Sum("analysed"), lost=Sum("dropped"))
    )
    found, analysed, dropped = [], 0, 0
    for row in rows:
        analysed += row["seen"]
        dropped += row["lost"]
        camera = cameras.get(row["camera_id"])
        if camera is not None and row["lost"] > 0:
            frames = row["seen"] + row["lost"]
            share = row["lost"] / frames
            found.append(DroppingCamera(camera=_named(camera), frames=frames, dropped=row["lost"], share=share))
    return sorted(found, key=lambda one: (-one.share, one.camera.name)), analysed, dropped


def _named(camera: Camera) -> Named:
    return Named(id=camera.pk, name=camera.name)
