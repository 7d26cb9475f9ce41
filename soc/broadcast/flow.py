"""What flows live through the feed's sockets as bytes, such as somebody's voice: never numbered, never kept, owed to nobody.

By pub/sub between the web processes, so that none of it reaches the broker's disk. A broker that is away costs the listeners
of other processes what is said meanwhile, and holds nobody up.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from soc.people.rights import Right

log = structlog.get_logger(__name__)

FLOWS = "flow:*"
TIMEOUT_S = 0.5
PAUSE_S = 1.0
WAITING = 64
"""Pieces that may wait for the broker; when more come, the oldest are left out."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A piece of what flows, and who may have it: whoever holds `right` at `site`. `data` is passed on untouched."""

    right: Right
    site: UUID
    data: bytes


def organisation_of_flow(channel: str) -> UUID:
    """The organisation whose channel this is.

    Raises:
        ValueError: for a channel that is none.
    """
    return UUID(channel.removeprefix("flow:"))


class FlowLink:
    """One process's way to the others; what it sent itself it does not read again."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, retry=Retry(NoBackoff(), 0)
        )
        self._own = secrets.token_hex(8)
        self._waiting: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue(WAITING)

    def send(self, organisation: UUID, piece: Flow) -> None:
        """Queue a piece for the other processes; returns at once."""
        head = json.dumps([self._own, piece.right.value, str(piece.site)])
        if self._waiting.full():
            self._waiting.get_nowait()
        self._waiting.put_nowait((f"flow:{organisation}", f"{head}\n".encode() + piece.data))

    def read(self, message: bytes) -> Flow | None:
        """The piece in a message; ``None``: it is this process's own.

        Raises:
            ValueError: it is none.
        """
        head, _, data = message.partition(b"\n")
        sender, right, site = json.loads(head)
        return None if sender == self._own else Flow(Right(right), UUID(site), data)

    async def run(self) -> None:
        """Send what waits, until cancelled."""
        while True:
            channel, data = await self._waiting.get()
            try:
                await self._redis.publish(channel, data)
            except (RedisError, OSError) as error:
                log.warning("flow_without_broker", error=type(error).__name__)
                while not self._waiting.empty():  # what was said meanwhile is old when the broker is back
                    self._waiting.get_nowait()
                await asyncio.sleep(PAUSE_S)
