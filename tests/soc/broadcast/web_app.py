"""The ASGI application that `web.start` serves."""

from __future__ import annotations

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soc.settings")
get_asgi_application()  # sets Django up

# ruff: noqa: E402
from channels.routing import URLRouter

from crisis.activations.routing import websocket_urlpatterns as talk
from detection.routing import websocket_urlpatterns as live
from soc.broadcast.routing import websocket_urlpatterns as feed
from soc.people.sockets import SocketDoor

door = SocketDoor(URLRouter([*feed, *live, *talk]))
open_sockets = 0


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    global open_sockets
    if scope["type"] == "websocket":
        open_sockets += 1
        try:
            await door(scope, receive, send)
        finally:
            open_sockets -= 1
    elif scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(open_sockets).encode()})
