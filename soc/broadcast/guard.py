"""Checks, again and again, that whoever has a socket open may still have it: a revoked right closes it within seconds."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from soc.broadcast import selectors
from soc.broadcast.database import in_database
from soc.people.scope import Reaches, reaches

if TYPE_CHECKING:
    from soc.broadcast.sockets import Socket, Ticket

log = structlog.get_logger(__name__)

EVERY_S = 2.0


class Guard:
    """The open sockets of one process, checked together: a few queries, however many sockets."""

    def __init__(self) -> None:
        self._sockets: dict[UUID, set[Socket]] = defaultdict(set)
        self._changed = asyncio.Event()

    async def admit(self, socket: Socket) -> bool:
        """Check a new socket and watch over it; ``False`` when it has been closed instead.

        Raises:
            DatabaseError: nobody is let in who cannot be checked.
        """
        self._sockets[socket.ticket.organisation].add(socket)
        await self._check([socket])
        return not socket.closing

    def forget(self, socket: Socket) -> None:
        """The socket is closed."""
        ticket = getattr(socket, "ticket", None)
        if ticket is None:
            return
        self._sockets[ticket.organisation].discard(socket)
        if not self._sockets[ticket.organisation]:
            del self._sockets[ticket.organisation]

    def look_now(self) -> None:
        """Something changed about people: do not wait for the next round."""
        self._changed.set()

    async def run(self) -> None:
        """Check all sockets every few seconds, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(EVERY_S):
                    await self._changed.wait()
            except TimeoutError:
                pass
            self._changed.clear()
            everyone = [socket for sockets in self._sockets.values() for socket in sockets]
            if everyone:
                await self._check(everyone)

    async def _check(self, sockets: Collection[Socket]) -> None:
        found = await in_database(_standing)({socket.ticket for socket in sockets})
        for index, socket in enumerate(sockets):
            socket.checked(found.get(socket.ticket))
            if index % 200 == 199:
                await asyncio.sleep(0)


def _standing(tickets: Collection[Ticket]) -> dict[Ticket, Reaches]:
    """What each ticket still opens: nothing for who was switched off. A ticket whose session or token ended is absent."""
    people = reaches({ticket.member for ticket in tickets})
    sessions = selectors.live_sessions({ticket.session for ticket in tickets if ticket.session})
    tokens = selectors.live_tokens({ticket.token for ticket in tickets if ticket.token})
    return {
        ticket: people.get(ticket.member, {})
        for ticket in tickets
        if ticket.session in sessions or ticket.token in tokens
    }
