"""The feed's socket: what a member may know, each numbered event once and in order, also after a gap."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from urllib.parse import parse_qs

from typing_extensions import override

from soc.broadcast import selectors, wire
from soc.broadcast.database import in_database
from soc.broadcast.flow import Flow
from soc.broadcast.sockets import CloseCode, Receive, Scope, Send, Socket
from soc.people.scope import admits

QUEUE = 64
QUEUE_IN_REPLAY = 1024
SOUND_QUEUE = 16
SOUND_GOOD_FOR_S = 2.0


class FeedConsumer(Socket):
    """``/ws/feed/?after=<number>``, and with ``&sound=1`` what is spoken live, as bytes between the texts.

    1. It joins the hub: what happens from now on is queued.
    2. It reads from the database what the client missed, and sends it.
    3. It sends the queue, without the numbers that were already sent.

    A client that does not keep up, so that the queue is full, is closed (4408) and catches up when it comes back. Sound is
    never waited for: what is older than a moment is left out.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)
        self._queue: deque[wire.Envelope | None] = deque()
        self._filled = asyncio.Event()
        self._limit = QUEUE_IN_REPLAY
        self._position = 0
        self._sound: deque[tuple[float, bytes]] = deque(maxlen=SOUND_QUEUE)
        self._with_sound = "sound" in self._query()

    def flow(self, piece: Flow) -> None:
        """Queue a piece of what is spoken live, for who asked for it and may hear it; the oldest goes when there are many."""
        if self._with_sound and admits(self.reaches, piece.right, piece.site):
            self._sound.append((asyncio.get_running_loop().time(), piece.data))
            self._filled.set()

    def offer(self, envelope: wire.Envelope) -> None:
        """Queue an event that the member may know."""
        if not admits(self.reaches, envelope.right, envelope.site):
            return
        if envelope.member is not None and envelope.member != self.ticket.member:
            return
        self._put(envelope)

    def lost_track(self) -> None:
        """Tell the client to reload its lists."""
        self._put(None)

    def _put(self, item: wire.Envelope | None) -> None:
        if len(self._queue) >= self._limit:
            self.close(CloseCode.TOO_SLOW)
            return
        self._queue.append(item)
        self._filled.set()

    @override
    async def talk(self) -> None:
        await self.hub.join(self.ticket.organisation, self)
        await self._catch_up()
        while True:
            while self._queue or self._sound:
                if self._queue:
                    await self._tell(self._queue.popleft())
                if self._sound:
                    await self._play(*self._sound.popleft())
            self._limit = QUEUE
            self._filled.clear()
            await self._filled.wait()

    async def _tell(self, item: wire.Envelope | None) -> None:
        if item is None:
            await self.send_text(_sign("feed.reset"))
        elif item.number is None:
            await self.send_text(item.text)
        elif item.number > self._position:
            self._position = item.number
            # Asked again: the right may have been revoked while it waited in the queue.
            if admits(self.reaches, item.right, item.site):
                await self.send_text(item.text)

    async def _play(self, came_at: float, data: bytes) -> None:
        if asyncio.get_running_loop().time() - came_at <= SOUND_GOOD_FOR_S:
            await self.send_bytes(data)

    async def _catch_up(self) -> None:
        organisation = self.ticket.organisation
        after = self._after()
        standing = await in_database(selectors.standing)(organisation, after)
        replay = after is not None and standing.whole
        await self.send_text(_sign("feed.hello", number=standing.latest, replay=replay))
        if after is not None and not replay:
            await self.send_text(_sign("feed.reset"))
        self._position = after if replay and after is not None else standing.latest
        while self._position < standing.latest:
            page = await in_database(selectors.events_after)(organisation, self._position, up_to=standing.latest)
            for envelope in page:
                await self._tell(envelope)
            if not page:  # it was forgotten meanwhile
                await self.send_text(_sign("feed.reset"))
                self._position = standing.latest

    def _query(self) -> dict[str, list[str]]:
        return parse_qs(self.scope.get("query_string", b"").decode("latin-1"))

    def _after(self) -> int | None:
        """The number up to which the client has the feed; ``None`` for a client that begins; -1 if it is no number."""
        values = self._query().get("after")
        if not values:
            return None
        digits = values[0]
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 18 else -1

    @override
    async def left(self) -> None:
        self.hub.leave(self.ticket.organisation, self)


def _sign(kind: str, **fields: object) -> str:
    return json.dumps({"kind": kind, **fields}, separators=(",", ":"))
