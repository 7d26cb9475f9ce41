"""Requests are served by a few threads that stay, each with a database connection that stays.

Django gives each request a thread of its own, whose new connection costs more than most answers do, and which no server has for
the thousand who ask at once. Here they take turns: who comes while all threads are busy waits a moment, in order, and is not
refused. A thread is taken for a call only, not while a slow client sends or reads.

Ten thousand who answer within a minute have a few threads of their own: whoever directs them does not wait behind them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.signals import request_started
from django.db import close_old_connections, reset_queries
from django.http import FileResponse, HttpRequest, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix
from typing_extensions import override

from soc.body_limit import Application, Receive, Send

P = ParamSpec("P")
R = TypeVar("R")

THREADS: Final = 16
CROWD_THREADS: Final = 16
CROWDS: Final = ("/api/answer-link/", "/api/callbacks/", "/api/me/", "/instructions/")
"""Where everybody comes at once: answers, what providers tell of them, and what responders' pages read and hear."""
_threads: Final = ThreadPoolExecutor(THREADS, thread_name_prefix="requests")
_crowd: Final = ThreadPoolExecutor(CROWD_THREADS, thread_name_prefix="crowds")


class _Turns(Executor):
    """A request's executor: its calls come one after the other, each on a thread that is free.

    Nothing may stay on a thread from one call to the next, but its connection: that is looked after around each call, as the end
    of a request may be seen by another thread than the one whose connection has gone bad.
    """

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._of = threads

    @override
    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        return self._of.submit(lambda: _with_connection(partial(fn, *args, **kwargs)))


def _with_connection(call: Callable[[], R]) -> R:
    close_old_connections()
    try:
        return call()
    finally:
        close_old_connections()


class InOneTurn(ASGIHandler):
    """Django's handler, for which a request is one call on one thread: its middleware, its view, and what is closed after it.

    Django's own goes to a thread and back for each of them, and watches for clients that leave while it waits for a thread, which
    goes on all the same. Bodies are still read, and responses sent, while no thread is held.
    """

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware(is_async=False)
        # Connections are looked after around each call: what Django does about them before a request is a journey of its own.
        request_started.disconnect(close_old_connections)
        request_started.disconnect(reset_queries)  # of DEBUG

    @override
    async def handle(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Serve a request (after `django.core.handlers.asgi.ASGIHandler.handle`)."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        try:
            set_script_prefix(get_script_prefix(scope))
            await request_started.asend(sender=self.__class__, scope=scope)
            request, refused = self.create_request(scope, body)
            if request is None:
                response: HttpResponseBase = refused or HttpResponseBadRequest()
            else:
                response = await sync_to_async(self._responded)(request)
            if response.streaming:
                await self._stream(response, receive, send)
            else:
                await self.send_response(response, send)
        finally:
            body.close()

    def _responded(self, request: HttpRequest) -> HttpResponseBase:
        """The response; closed unless it is still to be read."""
        response = self.get_response(request)
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        if not response.streaming:
            response.close()
        return response

    async def _stream(self, response: HttpResponseBase, receive: Receive, send: Send) -> None:
        """Send what is read piece by piece, until the client has it or has left."""
        sending = asyncio.create_task(self.send_response(response, send))
        leaving = asyncio.ensure_future(receive())
        try:
            await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, leaving):
                task.cancel()
            await asyncio.wait((sending, leaving))
            await sync_to_async(response.close)()
        if not sending.cancelled():
            sending.result()


class RequestThreads:
    """ASGI middleware in front of Django."""

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Serve a request."""
        threads = _crowd if scope["path"].startswith(CROWDS) else _threads
        async with ThreadSensitiveContext(executor=_Turns(threads)):
            await self.app(scope, receive, send)
