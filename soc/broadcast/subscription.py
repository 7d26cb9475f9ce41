"""One connection to the broker, subscribed to what is wanted now; it comes back by itself when the broker does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, Protocol

import structlog
from redis.asyncio.connection import ConnectionPool
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

PING_S = 5.0
SILENT_S = 16.0  # three pings without an answer: the connection is dead though nobody said so
BACKOFF_S = (0.1, 0.2, 0.5, 1.0)


class _Connection(Protocol):
    """What is used of redis-py's connection, parts of which have no types."""

    async def connect(self) -> None: ...
    async def disconnect(self, *, nowait: bool) -> None: ...
    async def send_command(self, *args: str, check_health: bool = ...) -> None: ...
    async def read_response(self, *, disable_decoding: bool) -> object: ...


class Subscription:
    """Gives every message of the wanted channels to `receive(channel, data)`, in the event loop, which must not block.

    redis-py's own `PubSub` reconnects in the middle of a read, from whichever task met the error first; here one task reads,
    one writes, and any error takes the whole connection down and up again.
    """

    def __init__(self, url: str, receive: Callable[[str, bytes], None], *, patterns: tuple[str, ...] = ()) -> None:
        self._pool: Any = ConnectionPool.from_url(url, socket_timeout=None, socket_connect_timeout=2.0)
        self._receive = receive
        self._patterns = patterns
        self._wanted: dict[str, asyncio.Event] = {}
        self._changed = asyncio.Event()
        self._heard_at = 0.0
        self.up = asyncio.Event()
        """Set while the broker serves this subscription."""
        self.tried = asyncio.Event()
        """Set once it is known whether the broker was there at first: who waits for more than that waits in vain."""

    def want(self, channel: str) -> asyncio.Event:
        """Subscribe to `channel`; the event is set while the broker has confirmed it."""
        ready = self._wanted.get(channel)
        if ready is None:
            ready = self._wanted[channel] = asyncio.Event()
            self._changed.set()
        return ready

    def unwant(self, channel: str) -> None:
        """Stop getting `channel`'s messages."""
        if self._wanted.pop(channel, None) is not None:
            self._changed.set()

    async def run(self) -> None:
        """Keep the subscription up until cancelled."""
        failures = 0
        while True:
            try:
                await self._session()
            except (RedisError, OSError) as error:
                self.tried.set()
                if self.up.is_set() or not failures:
                    log.warning("subscription_lost", error=type(error).__name__)
                failures = 0 if self.up.is_set() else failures + 1
            finally:
                self.up.clear()
                for ready in self._wanted.values():
                    ready.clear()
            await asyncio.sleep(BACKOFF_S[min(failures, len(BACKOFF_S) - 1)])

    async def _session(self) -> None:
        connection: _Connection = self._pool.make_connection()
        try:
            await connection.connect()
            self._heard_at = asyncio.get_running_loop().time()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read(connection))
                tasks.create_task(self._write(connection))
                tasks.create_task(self._ping(connection))
        except* (RedisError, OSError) as errors:
            raise _first(errors) from None
        finally:
            with contextlib.suppress(RedisError, OSError):
                await connection.disconnect(nowait=True)

    async def _write(self, connection: _Connection) -> None:
        sent: set[str] = set()
        if self._patterns:
            await connection.send_command("PSUBSCRIBE", *self._patterns)
        while True:
            self._changed.clear()
            wanted = set(self._wanted)
            if added := wanted - sent:
                await connection.send_command("SUBSCRIBE", *added)
            if dropped := sent - wanted:
                await connection.send_command("UNSUBSCRIBE", *dropped)
            sent = wanted
            await self._changed.wait()

    async def _ping(self, connection: _Connection) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(PING_S)
            if clock() - self._heard_at > SILENT_S:
                raise ConnectionError("The broker does not answer.")
            await connection.send_command("PING", check_health=False)

    async def _read(self, connection: _Connection) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            self._take(await connection.read_response(disable_decoding=True))
            self._heard_at = clock()

    def _is_up(self) -> None:
        self.up.set()
        self.tried.set()

    def _take(self, response: object) -> None:
        match response:
            case [b"message", bytes(channel), bytes(data)] | [b"pmessage", _, bytes(channel), bytes(data)]:
                self._receive(channel.decode(), data)
            case [b"subscribe", bytes(channel), _]:
                self._is_up()
                if ready := self._wanted.get(channel.decode()):
                    ready.set()
            case [b"psubscribe", *_]:
                self._is_up()
            case _:
                pass  # the answer to a ping or to an unsubscribe


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
