"""What every socket shares: who it belongs to, how it is closed, and that nobody waits for a slow reader."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar
from uuid import UUID

from soc.broadcast.hub import Hub
from soc.people.models import ApiToken, Member
from soc.people.rights import Right
from soc.people.scope import Reaches

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

CLOSE_WITHIN_S = 15.0
"""How long a reader who is closed may take to read so far; after that the connection just ends."""
LONGEST_MESSAGE = 1000


class CloseCode(IntEnum):
    """Why the server closes a socket."""

    BAD_MESSAGE = 4400
    SIGNED_OUT = 4401
    REVOKED = 4403
    TOO_SLOW = 4408


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a socket was let in with; it is checked again while the socket is open."""

    member: UUID
    organisation: UUID
    session: str | None
    token: UUID | None

    @classmethod
    def of(cls, scope: Scope) -> Ticket | None:
        """The ticket of a connection, or ``None`` when nobody is signed in."""
        member = scope.get("user")
        if not isinstance(member, Member):
            return None
        token = scope.get("token")
        session = scope.get("session")
        return cls(
            member=member.pk,
            organisation=member.organisation_id,
            session=getattr(session, "session_key", None) if token is None else None,
            token=token.pk if isinstance(token, ApiToken) else None,
        )


class Socket:
    """One open WebSocket: a plain ASGI application, of which a subclass says what is sent and received.

    Sending has a task of its own, so that a reader who is slow, or never reads, holds up neither the hub nor the rest.
    """

    longest_bytes: ClassVar[int] = 0
    """How many bytes a message that is no text may have; 0: none is taken."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        self._receive = receive
        self._send = send
        self._closing: asyncio.Future[CloseCode] = asyncio.get_running_loop().create_future()
        self.hub = Hub.here()
        self.reaches: Reaches = {}

    @classmethod
    def as_asgi(cls) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
        """The application that opens one such socket a connection."""

        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            await cls(scope, receive, send).serve()

        return application

    async def serve(self) -> None:
        """The socket's whole life."""
        if (await self._receive())["type"] != "websocket.connect":
            return
        # Accepted even if it is closed at once: a browser is told the code of an accepted socket only.
        await self._send({"type": "websocket.accept"})
        ticket = Ticket.of(self.scope)
        if ticket is None:
            await self._say_goodbye(CloseCode.SIGNED_OUT)
            return
        self.ticket = ticket
        try:
            if await self.hub.guard.admit(self):
                await self._live()
            else:
                await self._say_goodbye(await self._closing)
        finally:
            self.hub.guard.forget(self)
            await self.left()

    async def _live(self) -> None:
        work = [asyncio.create_task(self._listen()), asyncio.create_task(self.talk())]
        try:
            ends: list[asyncio.Future[Any]] = [*work, self._closing]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in work:
                task.cancel()
            results = await asyncio.gather(*work, return_exceptions=True)
        if self._closing.done():
            await self._say_goodbye(self._closing.result())
            return
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, OSError):
                raise result  # OSError: the peer went away (ASGI's send raises it)

    async def _listen(self) -> None:
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                return
            text, data = message.get("text"), message.get("bytes")
            if data is not None and len(data) <= self.longest_bytes:
                await self.heard_bytes(data)
                continue
            if text is None or len(text) > LONGEST_MESSAGE:
                self.close(CloseCode.BAD_MESSAGE)
                return
            await self.heard(text)

    async def _say_goodbye(self, code: CloseCode) -> None:
        # Who does not read is not waited for: the server closes the connection when this application ends.
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self._send({"type": "websocket.close", "code": int(code)})

    def close(self, code: CloseCode) -> None:
        """Close the socket; returns at once, may be called often."""
        if not self._closing.done():
            self._closing.set_result(code)

    @property
    def closing(self) -> bool:
        """Whether it is being closed."""
        return self._closing.done()

    async def send_text(self, text: str) -> None:
        """Send a text; waits while the reader is slow."""
        await self._send({"type": "websocket.send", "text": text})

    async def send_bytes(self, data: bytes) -> None:
        """Send bytes; waits while the reader is slow."""
        await self._send({"type": "websocket.send", "bytes": data})

    def checked(self, reaches: Reaches | None) -> None:
        """The guard looked again: these are the member's reaches now; ``None`` when the session or token has ended."""
        if reaches is None:
            self.close(CloseCode.SIGNED_OUT)
        elif not self.may_stay(reaches):
            self.close(CloseCode.REVOKED)
        else:
            self.reaches = reaches

    def may_stay(self, reaches: Reaches) -> bool:
        """Whether these reaches are enough to have this socket at all: any right beyond being signed in."""
        return any(where for right, where in reaches.items() if right is not Right.SIGNED_IN)

    async def talk(self) -> None:
        """What this socket sends, until it is cancelled."""
        raise NotImplementedError

    async def heard(self, text: str) -> None:
        """A text from the reader."""

    async def heard_bytes(self, data: bytes) -> None:
        """Bytes from the reader; only where `longest_bytes` takes any."""

    async def left(self) -> None:
        """The socket is closed."""
