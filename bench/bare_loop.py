"""What the feed is compared with: an ASGI application that sends what the broker brings to a set of sockets, and no more."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from redis.asyncio import Redis

CHANNEL = "bench-bare"
_sockets: set[Any] = set()
_tasks: list[asyncio.Task[None]] = []


async def _listen() -> None:
    channel: Any = Redis.from_url(os.environ["REDIS_URL"], socket_timeout=None).pubsub(ignore_subscribe_messages=True)
    await channel.subscribe(CHANNEL)
    async for message in channel.listen():
        text = message["data"].decode()
        for send in tuple(_sockets):
            await send({"type": "websocket.send", "text": text})


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serve one connection."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})
    elif scope["type"] == "websocket":
        if not _tasks:
            _tasks.append(asyncio.create_task(_listen()))
        await receive()
        await send({"type": "websocket.accept"})
        _sockets.add(send)
        while (await receive())["type"] != "websocket.disconnect":
            pass
        _sockets.discard(send)
