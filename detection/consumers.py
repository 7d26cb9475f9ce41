"""The live socket: all tiles of one browser, multiplexed; a slow reader skips to the next key frame."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from detection.live_hub import LiveHub, Picture, Standing
from detection.live_wire import Format, LiveState
from detection.models import WatchState
from detection.selectors import Situation, cameras, situations
from soc import clock
from soc.broadcast.database import in_database
from soc.broadcast.sockets import CloseCode, Receive, Scope, Send, Socket
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import Reaches, admits

MOST_TILES: Final = 64
MOST_PENDING: Final = 10
"""Pictures that may wait for one tile; when more come, all that wait are left out, up to the next key frame."""

STALLED_S: Final = 10.0
"""A reader that takes nothing for so long is closed."""

MAY_NOT = _("You may not watch this camera.")
TOO_MANY = _("Too many cameras are open in this window. Close some.")
STALE = _("The picture is not being renewed.")
CONNECTING = _("The camera is being connected.")
GONE = _("This camera was removed.")


@dataclass(slots=True)
class Tile:
    """One camera that this socket shows, and what waits to be sent of it."""

    camera: UUID
    kind: Format
    site: UUID
    pending: deque[bytes] = field(default_factory=deque)
    boxes: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_PENDING))
    needs_key: bool = True

    def put(self, picture: Picture) -> bool:
        """Queue a picture; ``False`` when it is left out."""
        if self.kind is Format.JPEG:
            self.pending.clear()  # the latest wins
        elif len(self.pending) >= MOST_PENDING:
            self.pending.clear()
            self.needs_key = True
        if self.needs_key and not picture.key:
            return False
        self.needs_key = False
        self.pending.append(picture.data)
        return True


@dataclass(frozen=True, slots=True)
class Opened:
    """A camera that may be watched, as it stands."""

    site: UUID
    situation: Situation


class LiveConsumer(Socket):
    """``/ws/live/``: ``{"watch": camera, "format": "h264" | "jpeg"}`` and ``{"unwatch": camera}``.

    Who watches a camera gets the boxes of what was found on it as well between ``{"follow": camera}`` and
    ``{"unfollow": camera}``. The right is checked for each camera, and again while it is watched; who
    begins to watch is journalled.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)
        self.live = LiveHub.here()
        self._tiles: dict[UUID, Tile] = {}
        self._states: dict[UUID, str] = {}
        self._filled = asyncio.Event()

    @override
    def may_stay(self, reaches: Reaches) -> bool:
        return bool(reaches.get(Right.SEE_LIVE))

    @override
    def checked(self, reaches: Reaches | None) -> None:
        super().checked(reaches)
        for tile in tuple(self._tiles.values()):
            self._recheck(tile)

    # -- what the reader asks ----------------------------------------------------------------------------------

    @override
    async def heard(self, text: str) -> None:
        try:
            act, camera, kind = _wish(text)
        except ValueError:
            self.close(CloseCode.BAD_MESSAGE)
            return
        if act is _Act.FOLLOW:
            if camera in self._tiles:
                await self.live.follow(camera, self)
        elif act is _Act.UNFOLLOW:
            self._unfollow(camera)
        else:
            self._unwatch(camera)
            if kind is not None:
                await self._watch(camera, kind)

    async def _watch(self, camera: UUID, kind: Format) -> None:
        if len(self._tiles) >= MOST_TILES:
            self._refuse(camera, TOO_MANY)
            return
        member: Member = self.scope["user"]
        journal = self.live.is_new_viewing(member.pk, camera)
        opened = await in_database(_open)(member, camera, journal=journal)
        if opened is None:
            self._refuse(camera, MAY_NOT)
            return
        self.live.saw(member.pk, camera)
        self._tiles[camera] = Tile(camera, kind, opened.site)
        await self.live.join(camera, kind, self, opened.situation)

    def _unfollow(self, camera: UUID) -> None:
        self.live.unfollow(camera, self)
        if camera in self._tiles:
            self._tiles[camera].boxes.clear()

    def _unwatch(self, camera: UUID) -> None:
        self._unfollow(camera)
        tile = self._tiles.pop(camera, None)
        self._states.pop(camera, None)
        if tile is not None:
            self.live.leave(camera, tile.kind, self)
            self.live.saw(self.ticket.member, camera)

    # -- what the hub says -------------------------------------------------------------------------------------

    def show(self, picture: Picture) -> None:
        """Queue a picture for its tile."""
        tile = self._tiles.get(picture.camera)
        if tile is not None and tile.kind is picture.kind and tile.put(picture):
            self._filled.set()

    def trace(self, camera: UUID, boxes: str) -> None:
        """Queue a frame's boxes for its tile; who is slow gets the newest."""
        tile = self._tiles.get(camera)
        if tile is not None:
            tile.boxes.append(boxes)
            self._filled.set()

    def tell(self, camera: UUID, standing: Standing) -> None:
        """Queue a camera's state; only the newest waits."""
        self._say(camera, standing.state, _sentence(standing), standing.since.isoformat())

    def moved(self, camera: UUID, site: UUID | None) -> None:
        """The camera is at this site now: is the right there as well? ``None``: it was removed."""
        tile = self._tiles.get(camera)
        if tile is None:
            return
        if site is None:
            self._unwatch(camera)
            self._refuse(camera, GONE)
        else:
            tile.site = site
            self._recheck(tile)

    def _recheck(self, tile: Tile) -> None:
        if not admits(self.reaches, Right.SEE_LIVE, tile.site):
            self._unwatch(tile.camera)
            self._refuse(tile.camera, MAY_NOT)

    # -- sending -----------------------------------------------------------------------------------------------

    def _refuse(self, camera: UUID, why: Promise) -> None:
        self._say(camera, LiveState.REFUSED, why, clock.now().isoformat())

    def _say(self, camera: UUID, state: LiveState, reason: Promise | str, since: str) -> None:
        if len(self._states) > 2 * MOST_TILES:
            self.close(CloseCode.TOO_SLOW)  # asks without reading the answers
            return
        with translation.override(self.scope["user"].language):
            notice = {"camera": str(camera), "state": state.value, "reason": str(reason), "since": since}
        self._states[camera] = json.dumps(notice, ensure_ascii=False)
        self._filled.set()

    @override
    async def talk(self) -> None:
        while True:
            await self._filled.wait()
            self._filled.clear()
            try:
                async with asyncio.timeout(None) as patience:
                    await self._send_round(patience)
            except TimeoutError:
                self.close(CloseCode.TOO_SLOW)
                return

    async def _send_round(self, patience: asyncio.Timeout) -> None:
        """Send one picture of each tile in turn, with the boxes that are ready, states first, until nothing waits."""
        clock_now = asyncio.get_running_loop().time
        while self._states or any(tile.pending or tile.boxes for tile in self._tiles.values()):
            while self._states:
                patience.reschedule(clock_now() + STALLED_S)
                await self.send_text(self._states.pop(next(iter(self._states))))
            for tile in tuple(self._tiles.values()):
                while tile.boxes:
                    patience.reschedule(clock_now() + STALLED_S)
                    await self.send_text(tile.boxes.popleft())
                if tile.pending:
                    patience.reschedule(clock_now() + STALLED_S)
                    await self.send_bytes(tile.pending.popleft())

    @override
    async def left(self) -> None:
        for camera in tuple(self._tiles):
            self._unwatch(camera)


class _Act(Enum):
    WATCH = auto()
    UNWATCH = auto()
    FOLLOW = auto()
    UNFOLLOW = auto()


def _wish(text: str) -> tuple[_Act, UUID, Format | None]:
    """What is asked, of which camera, and the format in which to show it.

    Raises:
        ValueError: it is no wish.
    """
    wish = json.loads(text)
    match wish:
        case {"watch": str(camera), "format": str(kind)}:
            return _Act.WATCH, UUID(camera), Format(kind)
        case {"unwatch": str(camera)}:
            return _Act.UNWATCH, UUID(camera), None
        case {"follow": str(camera)}:
            return _Act.FOLLOW, UUID(camera), None
        case {"unfollow": str(camera)}:
            return _Act.UNFOLLOW, UUID(camera), None
    raise ValueError("Not one of the four things that can be asked.")


def _open(member: Member, camera_id: UUID, *, journal: bool) -> Opened | None:
    """The camera, if `member` may watch it now; that is journalled before the first picture is shown."""
    with transaction.atomic():
        camera = cameras(member, Right.SEE_LIVE).filter(pk=camera_id).first()
        if camera is None:
            return None
        if journal:
            record(camera.organisation_id, Action.LIVE_VIEWED, actor=member, subject=camera, site_id=camera.site_id)
        return Opened(camera.site_id, situations([camera])[camera.pk])


_SENTENCES: Mapping[LiveState, Promise | str] = {LiveState.LIVE: "", LiveState.STALE: STALE}


def _sentence(standing: Standing) -> Promise | str:
    if standing.state in _SENTENCES:
        return _SENTENCES[standing.state]
    situation = standing.situation
    if situation is None:
        return GONE
    if situation.reason is None or situation.state is WatchState.CONNECTING:
        return CONNECTING
    return situation.reason.label
