"""Refuses a request's body that is too large while it arrives, before it fills memory or disk."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.utils import translation
from django.utils.translation import gettext as _

Event = Mapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


class _TooLarge(Exception):
    """More arrived than is accepted."""


class BodyLimit:
    """ASGI middleware in front of Django, which spools a body of any size to disk before a view may refuse it.

    Args:
        app: the application behind it.
        limit: the most bytes a body may have.
        larger: where more are accepted: the beginning of an address, and the most bytes there.
    """

    def __init__(self, app: Application, limit: int, larger: Mapping[str, int] | None = None) -> None:
        self.app = app
        self.limit = limit
        self.larger = larger or {}

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 413."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = next((most for begin, most in self.larger.items() if scope["path"].startswith(begin)), self.limit)
        if _announced(scope) > limit:
            await self._refuse(scope, send, limit)
            return
        received = 0
        refused = started = False

        async def counted() -> Event:
            nonlocal received, refused
            event = await receive()
            if event["type"] == "http.request":
                received += len(event["body"])
                if received > limit:
                    refused = True
                    raise _TooLarge
            return event

        async def watched(event: Event) -> None:
            nonlocal started
            if not refused or started:
                started = True
                await send(event)

        with contextlib.suppress(_TooLarge):
            await self.app(scope, counted, watched)
        if refused and not started:
            await self._refuse(scope, send, limit)

    async def _refuse(self, scope: dict[str, Any], send: Send, limit: int) -> None:
        language = translation.get_language_from_request(ASGIRequest(scope, BytesIO()))
        with translation.override(language):
            message = _("What was sent is too large: %(limit)s bytes are accepted at most.") % {"limit": limit}
        body = json.dumps({"code": "too_large", "message": message, "fields": {}}).encode()
        await send(
            {
                "type": "http.response.start",
                "status": 413,
                "headers": [(b"content-type", b"application/json"), (b"connection", b"close")],
            }
        )
        await send({"type": "http.response.body", "body": body, "more_body": False})


def _announced(scope: dict[str, Any]) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


def limit_bodies(app: Application) -> BodyLimit:
    """`app` behind the limits that the settings name."""
    return BodyLimit(app, settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0, settings.LARGER_BODIES)
