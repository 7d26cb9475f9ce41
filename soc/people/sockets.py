"""How a socket says who it is: the page's session, or a program's token.

Consumers find the member in ``scope["user"]`` (a `Member`, or Django's ``AnonymousUser``) and, for a program, the token in
``scope["token"]``. That holds at the opening only: `soc.broadcast.guard` asks again while the socket is open.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.security.websocket import AllowedHostsOriginValidator
from django.contrib.auth.models import AnonymousUser

from soc.people.authentication import find_token

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class SocketDoor:
    """Lets a socket in by its token, or by the page's session.

    A browser sends the session's cookie with any page's socket, so a session counts only from our own pages (``Origin``); it
    never sends an ``Authorization`` header by itself, so a program's socket needs no origin.
    """

    def __init__(self, app: Application) -> None:
        self._by_token = TokenAuth(app)
        self._by_session = AllowedHostsOriginValidator(AuthMiddlewareStack(app))

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve one socket."""
        door = self._by_session if _authorization(scope) is None else self._by_token
        await door(scope, receive, send)


class TokenAuth:
    """Finds the member of ``Authorization: Bearer <token>``."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve one socket."""
        words = (_authorization(scope) or "").split()
        token = None
        if len(words) == 2 and words[0].lower() == "bearer":
            token = await database_sync_to_async(find_token)(words[1])
        user = token.member if token else AnonymousUser()
        await self._app({**scope, "user": user, "token": token}, receive, send)


def _authorization(scope: dict[str, Any]) -> str | None:
    for name, value in scope["headers"]:
        if name == b"authorization":
            return str(value.decode("latin-1"))
    return None
