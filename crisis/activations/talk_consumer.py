"""The socket of who speaks live: the button held, the sound passed on to everyone connected, and nothing of it kept."""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
from collections import deque
from typing import ClassVar, Final
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from crisis.activations import talks
from crisis.activations.kinds import TalkEnd
from crisis.activations.models import Talk
from soc.broadcast.database import in_database
from soc.broadcast.flow import Flow
from soc.broadcast.sockets import CloseCode, Receive, Scope, Send, Socket
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import Reaches, admits
from soc.refusals import Refusal

LOOK_S: Final = 1.0
"""How often it is looked whether somebody else ended it: a stand-down, another page."""
MOST_A_SECOND: Final = 12_000
BURST: Final = 48_000
"""Bytes: Opus as it is asked for here takes 3,000 a second."""
MOST_PACKETS: Final = 100
LONGEST_PACKET: Final = 1275 * 3 + 7
HEADER: Final = struct.Struct("<B16sI")
VERSION: Final = 1


class TalkConsumer(Socket):
    """``/ws/talk/``: ``{"open": activation}``, then pieces of sound, then ``{"close": true}``.

    A piece is Opus packets, each behind its length in two bytes, little endian; listeners get it behind 21 bytes: 1, the talk's
    id, the piece's number. Answers: ``{"state": "open", "talk": …, "longest_s": 60}``, ``{"state": "refused", "code": …,
    "reason": …}``, ``{"state": "closed", "ended_because": …, "reason": …}``. The right is checked at the opening, and by the
    guard while it lasts.
    """

    longest_bytes: ClassVar[int] = 8000

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)
        self._talk: Talk | None = None
        self._opening: asyncio.Future[Talk] | None = None
        self._site: UUID | None = None
        self._ends_at = 0.0
        self._pieces = 0
        self._room = float(BURST)
        self._room_at = 0.0
        self._ending: TalkEnd | None = None
        self._said: deque[str] = deque()
        self._news = asyncio.Event()

    @override
    def may_stay(self, reaches: Reaches) -> bool:
        return bool(reaches.get(Right.DIRECT))

    @override
    def checked(self, reaches: Reaches | None) -> None:
        super().checked(reaches)
        if self._talk is not None and (self.closing or not admits(self.reaches, Right.DIRECT, self._site)):
            self._end_soon(TalkEnd.RIGHT)

    # -- what the speaker says ---------------------------------------------------------------------------------

    @override
    async def heard(self, text: str) -> None:
        try:
            wish = json.loads(text)
        except ValueError:
            wish = None
        match wish:
            case {"open": str(activation)}:
                await self._open(activation)
            case {"close": True}:
                self._end_soon(TalkEnd.RELEASED)
            case _:
                self.close(CloseCode.BAD_MESSAGE)

    @override
    async def heard_bytes(self, data: bytes) -> None:
        talk = self._talk
        if talk is None or self._ending is not None or self._site is None:
            return  # said after the end
        if not is_sound(data):
            self.close(CloseCode.BAD_MESSAGE)
            return
        if not self._has_room(len(data)):
            self._end_soon(TalkEnd.TOO_MUCH)
            return
        header = HEADER.pack(VERSION, talk.pk.bytes, self._pieces & 0xFFFFFFFF)
        self._pieces += 1
        self.hub.pour(self.ticket.organisation, Flow(Right.RESPOND, self._site, header + data))

    async def _open(self, activation: str) -> None:
        if self._talk is not None:
            return
        member: Member = self.scope["user"]
        try:
            # Who goes away meanwhile has begun to speak all the same: `left` ends it.
            self._opening = asyncio.ensure_future(in_database(talks.begin)(UUID(activation), member))
            talk = await asyncio.shield(self._opening)
        except ValueError:
            self.close(CloseCode.BAD_MESSAGE)
            return
        except Refusal as refusal:
            with translation.override(member.language):
                self._say(state="refused", code=refusal.code, reason=refusal.sentence())
            return
        now = asyncio.get_running_loop().time()
        self._opening = None
        self._talk, self._site, self._ending, self._pieces = talk, talk.activation.site_id, None, 0
        self._ends_at, self._room, self._room_at = now + talks.LONGEST_S, float(BURST), now
        self._say(state="open", talk=str(talk.pk), longest_s=talks.LONGEST_S)

    def _has_room(self, size: int) -> bool:
        now = asyncio.get_running_loop().time()
        self._room = min(float(BURST), self._room + (now - self._room_at) * MOST_A_SECOND) - size
        self._room_at = now
        return self._room >= 0

    # -- what it is told ---------------------------------------------------------------------------------------

    @override
    async def talk(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._patience()):
                    await self._news.wait()
            except TimeoutError:
                await self._look()
            self._news.clear()
            if self._ending is not None:
                await self._end()
            while self._said:
                await self.send_text(self._said.popleft())

    def _patience(self) -> float | None:
        if self._talk is None:
            return None
        return min(LOOK_S, max(0.0, self._ends_at - asyncio.get_running_loop().time()))

    async def _look(self) -> None:
        talk = self._talk
        if talk is None or self._ending is not None:
            return
        if asyncio.get_running_loop().time() >= self._ends_at:
            self._ending = TalkEnd.LIMIT
        else:
            self._ending = await in_database(talks.reason_to_stop)(talk.pk) or self._ending

    def _end_soon(self, why: TalkEnd) -> None:
        if self._talk is not None and self._ending is None:
            self._ending = why
            self._news.set()

    async def _end(self) -> None:
        talk, why = self._talk, self._ending
        if talk is None or why is None:
            return
        await in_database(talks.end)(talk.pk, why)
        # Only now: a socket that is closed meanwhile ends it in `left`.
        self._talk = self._ending = None
        with translation.override(self.scope["user"].language):
            self._say(state="closed", ended_because=why.value, reason=str(_SENTENCES.get(why, "")))

    def _say(self, **said: object) -> None:
        self._said.append(json.dumps(said, ensure_ascii=False))
        self._news.set()

    @override
    async def left(self) -> None:
        talk = self._talk
        if talk is None and self._opening is not None:
            with contextlib.suppress(Refusal):
                talk = await self._opening
        if talk is not None:
            await in_database(talks.end)(talk.pk, self._ending or TalkEnd.LOST)


_SENTENCES = {
    TalkEnd.LIMIT: _("You have spoken for 60 seconds. Press again to go on."),
    TalkEnd.RIGHT: _("You may not direct this plan any more, so nobody hears you."),
    TalkEnd.OVER: _("The plan is over, or you speak from another page: nobody hears you here any more."),
    TalkEnd.TOO_MUCH: _("Your browser sent more sound than can be. Press again."),
}


def is_sound(piece: bytes) -> bool:
    """Whether a piece is Opus packets, each behind its length, and nothing else."""
    at = packets = 0
    while at + 2 < len(piece):
        (length,) = struct.unpack_from("<H", piece, at)
        if not 0 < length <= LONGEST_PACKET:
            return False
        at += 2 + length
        packets += 1
    return at == len(piece) and 0 < packets <= MOST_PACKETS
