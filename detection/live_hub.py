"""One web process's end of live viewing: one subscription to the broker, each picture passed to all who watch it here."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol
from uuid import UUID
from weakref import WeakKeyDictionary

import structlog
from django.conf import settings
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from detection.live_wire import (
    TRACKS,
    WANT_FOR_S,
    Flag,
    Format,
    Header,
    LiveState,
    StateNotice,
    Wish,
    key_channel,
    picture_channel,
    state_channel,
    tracks_channel,
    want_key,
)
from detection.models import Camera, WatchState
from detection.selectors import Situation, situations
from soc.broadcast.database import in_database
from soc.broadcast.hub import Hub
from soc.broadcast.subscription import Subscription

log = structlog.get_logger(__name__)

RENEW_S: Final = WANT_FOR_S / 3
LOOK_S: Final = 2.0
FRESH_S: Final = 2.5
"""Without a covered picture for so long a tile says that its picture is stale, also when its watcher died and says nothing."""

SUBSCRIBE_WITHIN_S: Final = 2.0
JOURNAL_AGAIN_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture with its header, as it goes to browsers."""

    camera: UUID
    kind: Format
    key: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """How a camera's picture stands.

    Attributes:
        situation: of its watch, with the reason why it is down; ``None`` when there is no such camera any more.
        since: since when it stands so.
    """

    state: LiveState
    situation: Situation | None
    since: dt.datetime

    def differs(self, other: Standing | None) -> bool:
        """Whether a reader would notice."""
        if other is None or self.state is not other.state:
            return True
        mine, its = self.situation, other.situation
        return (mine and (mine.state, mine.reason)) != (
            its and (its.state, its.reason)
        ) and self.state is LiveState.DOWN


class Viewer(Protocol):
    """An open socket, as the hub sees it."""

    def show(self, picture: Picture) -> None:
        """Take a picture, or leave it when the reader is slow; must not block."""

    def trace(self, camera: UUID, boxes: str) -> None:
        """Take the boxes of one frame, as JSON; must not block."""

    def tell(self, camera: UUID, standing: Standing) -> None:
        """The camera's picture stands differently."""

    def moved(self, camera: UUID, site: UUID | None) -> None:
        """The camera is at this site now; ``None``: it is gone."""


class View:
    """One camera that is watched in this process."""

    def __init__(self, camera: UUID, situation: Situation) -> None:
        self.camera = camera
        self.viewers: dict[Format, set[Viewer]] = defaultdict(set)
        self.tracers: set[Viewer] = set()
        self.situation: Situation | None = situation
        self.notice: StateNotice | None = None
        self.standing: Standing | None = None
        self._picture_at = time.monotonic()  # a new view is given the time to get its first picture

    @property
    def everyone(self) -> set[Viewer]:
        """All viewers, of either format."""
        return set().union(*self.viewers.values())

    @property
    def wishes(self) -> list[Wish]:
        """What is wanted of the camera here."""
        wishes: list[Wish] = [kind for kind in Format if self.viewers[kind]]
        return [*wishes, TRACKS] if self.tracers else wishes

    def pass_on(self, picture: Picture, *, covered: bool) -> None:
        """Give a picture to all who watch in its format."""
        if covered:
            self._picture_at = time.monotonic()
        for viewer in tuple(self.viewers[picture.kind]):
            viewer.show(picture)

    def draw(self, boxes: str) -> None:
        """Give one frame's boxes to all who want them drawn."""
        for viewer in tuple(self.tracers):
            viewer.trace(self.camera, boxes)

    def look(self) -> None:
        """Work out how the picture stands, and tell when that is different."""
        now = self._now()
        if now.differs(self.standing):
            self.standing = now
            for viewer in self.everyone:
                viewer.tell(self.camera, now)

    def _now(self) -> Standing:
        situation, notice = self.situation, self.notice
        age = time.monotonic() - self._picture_at
        now = dt.datetime.now(dt.UTC)
        said = dt.datetime.fromtimestamp(notice.since, dt.UTC) if notice else None
        watched = situation is not None and situation.state is WatchState.LIVE
        if notice and notice.state is LiveState.LIVE and age < FRESH_S and situation is not None:
            return Standing(LiveState.LIVE, situation, said or now)
        if watched and notice is None and age < FRESH_S:
            return Standing(LiveState.LIVE, situation, (situation and situation.since) or now)
        if watched and (notice is None or notice.state is not LiveState.DOWN):
            stale = said if notice and notice.state is LiveState.STALE else None
            return Standing(LiveState.STALE, situation, stale or now - dt.timedelta(seconds=age))
        return Standing(LiveState.DOWN, situation, (situation and situation.since) or said or now)


class LiveHub:
    """The live views of this process. Its tasks run from the first viewer on."""

    _hubs: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, LiveHub]] = WeakKeyDictionary()

    def __init__(self) -> None:
        self._views: dict[UUID, View] = {}
        self._seen: dict[tuple[UUID, UUID], float] = {}
        self._subscription = Subscription(settings.REDIS_URL, self._receive)
        self._redis = Redis.from_url(
            settings.REDIS_URL, socket_timeout=1.0, socket_connect_timeout=1.0, retry=Retry(NoBackoff(), 0)
        )
        hub = Hub.here()
        hub.keep_running("live subscription", self._subscription.run)
        hub.keep_running("live wishes", self._renew)
        hub.keep_running("live situations", self._look)

    @classmethod
    def here(cls) -> LiveHub:
        """The running event loop's hub."""
        loop = asyncio.get_running_loop()
        if loop not in cls._hubs:
            cls._hubs[loop] = cls()
        return cls._hubs[loop]

    async def join(self, camera: UUID, kind: Format, viewer: Viewer, situation: Situation) -> None:
        """Show `viewer` the camera from now on, beginning with a picture that can be decoded by itself."""
        view = self._views.get(camera)
        if view is None:
            view = self._views[camera] = View(camera, situation)
        view.viewers[kind].add(viewer)
        self._subscription.want(state_channel(camera))
        ready = self._subscription.want(picture_channel(camera, kind))
        if view.standing:
            viewer.tell(camera, view.standing)
        view.look()
        try:
            async with asyncio.timeout(SUBSCRIBE_WITHIN_S):
                await self._subscription.tried.wait()
                if self._subscription.up.is_set():
                    await ready.wait()
        except TimeoutError:
            return  # the broker is away; when it is back, key frames come each second
        await self._wish([(camera, kind)], ask=True)

    def leave(self, camera: UUID, kind: Format, viewer: Viewer) -> None:
        """Show it no more."""
        view = self._views.get(camera)
        if view is None:
            return
        view.viewers[kind].discard(viewer)
        if not view.viewers[kind]:
            self._subscription.unwant(picture_channel(camera, kind))
        if not view.everyone:
            self._subscription.unwant(state_channel(camera))
            del self._views[camera]

    async def follow(self, camera: UUID, viewer: Viewer) -> None:
        """Give `viewer`, who watches this camera, the boxes on its pictures as well."""
        view = self._views.get(camera)
        if view is None:
            return
        view.tracers.add(viewer)
        self._subscription.want(tracks_channel(camera))
        await self._wish([(camera, TRACKS)], ask=True)

    def unfollow(self, camera: UUID, viewer: Viewer) -> None:
        """Give it no more boxes."""
        view = self._views.get(camera)
        if view is None:
            return
        view.tracers.discard(viewer)
        if not view.tracers:
            self._subscription.unwant(tracks_channel(camera))

    def is_new_viewing(self, member: UUID, camera: UUID) -> bool:
        """Whether it is to be journalled that this member watches this camera: not when a tile only came back."""
        return time.monotonic() - self._seen.get((member, camera), -JOURNAL_AGAIN_S) >= JOURNAL_AGAIN_S

    def saw(self, member: UUID, camera: UUID) -> None:
        """This member watched this camera until now."""
        now = time.monotonic()
        self._seen[member, camera] = now
        if len(self._seen) > 10_000:
            self._seen = {pair: at for pair, at in self._seen.items() if now - at < JOURNAL_AGAIN_S}

    def _receive(self, channel: str, data: bytes) -> None:
        try:
            _, camera_id, what = channel.split(":")
            view = self._views.get(UUID(camera_id))
            if view is None:
                return
            if what == "state":
                view.notice = StateNotice.decode(data)
                view.look()
                return
            if what == TRACKS:
                view.draw(data.decode())
                return
            header = Header.decode(data)
        except ValueError:
            log.warning("live_message_not_understood", channel=channel)
            return
        picture = Picture(header.camera, header.kind, Flag.KEY in header.flags, data)
        view.pass_on(picture, covered=Flag.PIXELATED_WHOLE not in header.flags)

    async def _renew(self) -> None:
        while True:
            await self._wish([(camera, wish) for camera, view in self._views.items() for wish in view.wishes])
            await asyncio.sleep(RENEW_S)

    async def _wish(self, wishes: Collection[tuple[UUID, Wish]], *, ask: bool = False) -> None:
        if not wishes:
            return
        try:
            async with self._redis.pipeline(transaction=False) as pipeline:
                for camera, kind in wishes:
                    pipeline.set(want_key(camera, kind), 1, ex=WANT_FOR_S)
                    if ask:
                        pipeline.publish(key_channel(camera), str(kind))
                await pipeline.execute()
        except (RedisError, OSError) as error:
            log.debug("live_wish_not_told", error=type(error).__name__)  # the subscription says that the broker is away

    async def _look(self) -> None:
        ticks_a_look = 4
        while True:
            if self._views:
                asked = list(self._views)
                self._take_over(asked, await in_database(_look_up)(asked))
            for _ in range(ticks_a_look):
                await asyncio.sleep(LOOK_S / ticks_a_look)
                for view in tuple(self._views.values()):
                    view.look()

    def _take_over(self, asked: Collection[UUID], found: dict[UUID, tuple[UUID, Situation]]) -> None:
        for camera in asked:
            view = self._views.get(camera)
            if view is None:  # left meanwhile; and of who came meanwhile nothing was asked
                continue
            site, view.situation = found.get(camera, (None, None))
            for viewer in view.everyone:
                viewer.moved(camera, site)
            view.look()


def _look_up(cameras: Iterable[UUID]) -> dict[UUID, tuple[UUID, Situation]]:
    rows = list(Camera.objects.filter(pk__in=cameras, removed_at=None).select_related("organisation", "site", "status"))
    found = situations(rows)
    return {camera.pk: (camera.site_id, found[camera.pk]) for camera in rows}
