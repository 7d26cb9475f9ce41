"""One message to many sockets of one web process: how late, at what cost, and how much more than a bare loop costs."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from asgiref.sync import sync_to_async

from bench.bare_loop import CHANNEL
from bench.installation import Installation, Web, installation, web

PAUSE_S = 0.25
CEILING_S = 60
PING, PONG = 9, 10
PADDING = "x" * 700  # a message of about 0.8 kB, as an alert is


@dataclass(slots=True)
class Crowd:
    """What all sockets received: seconds from being sent to being received.

    Where the server greets, a socket is open when it has been greeted.
    """

    late_s: list[float] = field(default_factory=list)
    greets: bool = False
    opened: int = 0

    def are_open(self, count: int) -> bool:
        """Whether so many sockets are open."""
        return self.opened >= count

    def have_read(self, count: int) -> bool:
        """Whether so many messages have arrived."""
        return len(self.late_s) >= count


class Reader(asyncio.Protocol):
    """A WebSocket client that does as little as possible: it reads the server's frames, notes their age, answers pings."""

    def __init__(self, crowd: Crowd, request: bytes) -> None:
        self._crowd = crowd
        self._request = request
        self._buffer = b""
        self._open = False
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(self._request)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        now = time.time()
        self._buffer += data
        if not self._open:
            head, found, self._buffer = self._buffer.partition(b"\r\n\r\n")
            if not found:
                self._buffer = head
                return
            assert b" 101 " in head, head
            self._open = True
            self._crowd.opened += not self._crowd.greets
        while self._transport and (found_frame := self._next_frame()):
            code, frame = found_frame
            if code == PING:
                self._transport.write(bytes([0x80 | PONG, 0x80 | len(frame), 0, 0, 0, 0]) + frame)
            if b"feed.hello" in frame:
                self._crowd.opened += 1
            else:
                self.take(frame, now)

    def take(self, frame: bytes, now: float) -> None:
        """A frame that is no greeting came: note how old what it tells is."""
        if b'"sent":' in frame:
            sent = frame.partition(b'"sent":')[2].partition(b",")[0]
            self._crowd.late_s.append(now - float(sent))

    def _next_frame(self) -> tuple[int, bytes] | None:
        """The next frame's code and payload, once it is whole."""
        if len(self._buffer) < 2:
            return None
        length, start = self._buffer[1], 2
        if length == 126 and len(self._buffer) < 4:
            return None
        if length == 126:
            length, start = int.from_bytes(self._buffer[2:4], "big"), 4
        if len(self._buffer) < start + length:
            return None
        code = self._buffer[0] & 0x0F
        frame, self._buffer = self._buffer[start : start + length], self._buffer[start + length :]
        return code, frame


@dataclass(frozen=True, slots=True)
class Result:
    """Milliseconds to the sockets, microseconds of the web process's CPU a delivery, milliseconds to open a socket."""

    p50_ms: float
    p99_ms: float
    cpu_us: float
    open_ms: float


async def measure(
    server: Web,
    path: str,
    token: str,
    sockets: int,
    messages: int,
    send: Callable[[], Awaitable[None]],
    *,
    greets: bool,
) -> Result:
    """Open the sockets, send the messages, wait until each has arrived at each socket."""
    crowd = Crowd(greets=greets)
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    transports = []
    for index in range(sockets):
        transport, _ = await loop.create_connection(lambda: Reader(crowd, request), "127.0.0.1", server.port)
        transports.append(transport)
        if index % 50 == 49:
            await until(partial(crowd.are_open, index + 1))
    await until(partial(crowd.are_open, sockets))
    open_s = time.perf_counter() - began
    await send()
    await until(partial(crowd.have_read, sockets))
    crowd.late_s.clear()
    before = server.cpu_s()
    for number in range(messages):
        await send()
        await until(partial(crowd.have_read, (number + 1) * sockets))
        await asyncio.sleep(PAUSE_S)
    cpu = server.cpu_s() - before
    assert len(crowd.late_s) == sockets * messages
    for transport in transports:
        transport.abort()
    cuts = statistics.quantiles(crowd.late_s, n=100)
    return Result(cuts[49] * 1e3, cuts[98] * 1e3, cpu / len(crowd.late_s) * 1e6, open_s / sockets * 1e3)


async def until(true: Callable[[], bool]) -> None:
    """Wait for it, for a minute at most."""
    deadline = time.monotonic() + CEILING_S
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError("Not every socket got every message.")
        await asyncio.sleep(0.01)


def feed(home: Installation, sockets: int, messages: int) -> Result:
    """The product: the event is committed, numbered, woken for, checked for each recipient and queued for each socket."""
    from django.db import transaction

    from soc.broadcast.events import Event, Payload
    from soc.broadcast.services import publish
    from soc.people.rights import Right

    class Told(Payload):
        kind: str = "bench.told"
        sent: float
        padding: str = PADDING

    def tell() -> None:
        with transaction.atomic():
            publish(Event(home.organisation, Told(sent=time.time()), Right.SEE_ALERTS, site_id=home.site))

    with web() as server:
        return asyncio.run(
            measure(server, "/ws/feed/", home.token, sockets, messages, sync_to_async(tell), greets=True)
        )


def bare(home: Installation, sockets: int, messages: int) -> Result:
    """The bare loop: no numbers, no rights, no queues, no database."""
    from django.conf import settings
    from redis.asyncio import Redis

    async def measured(server: Web) -> Result:
        redis: Any = Redis.from_url(settings.REDIS_URL)

        async def tell() -> None:
            event = {"kind": "bench.told", "payload": {"sent": time.time(), "padding": PADDING}}
            await redis.publish(CHANNEL, json.dumps(event, separators=(",", ":")))

        try:
            return await measure(server, "/", home.token, sockets, messages, tell, greets=False)
        finally:
            await redis.aclose()

    with web("bench.bare_loop:application") as server:
        return asyncio.run(measured(server))


def compare(*, short: bool) -> tuple[Result, Result]:
    """The feed and the bare loop in one run."""
    sockets, messages = (200, 10) if short else (2000, 20)
    with installation() as home:
        return feed(home, sockets, messages), bare(home, sockets, messages)


def main() -> None:
    """Print the figures."""
    ours, loop = compare(short="--short" in sys.argv)
    for name, result in (("feed", ours), ("bare loop", loop)):
        print(
            f"{name}: p50 {result.p50_ms:.1f} ms, p99 {result.p99_ms:.1f} ms, {result.cpu_us:.1f} us a delivery, "
            f"opened in {result.open_ms:.1f} ms"
        )
    print(f"ratio: CPU {ours.cpu_us / loop.cpu_us:.2f}, p99 {ours.p99_ms / loop.p99_ms:.2f}")


if __name__ == "__main__":
    main()
