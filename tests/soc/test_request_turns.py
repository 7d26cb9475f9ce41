"""A request is one call on one thread; what is read piece by piece ends when its client leaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path
from pytest_django import Settings

from soc import request_threads
from soc.request_threads import InOneTurn, RequestThreads

Sent = list[dict[str, Any]]
closed: list[str] = []


class Page(HttpResponse):
    def close(self) -> None:
        super().close()
        closed.append("page")


class Stream(StreamingHttpResponse):
    def close(self) -> None:
        super().close()
        closed.append("stream")


def page(request: HttpRequest) -> Page:
    return Page(request.body)


def endless(request: HttpRequest) -> Stream:
    async def numbers() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"again "
                await asyncio.sleep(0)
        finally:
            closed.append("numbers")

    return Stream(numbers())


async def _short() -> AsyncIterator[bytes]:
    for number in range(3):
        yield b"%d" % number


def short(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(_short())


def broken(request: HttpRequest) -> StreamingHttpResponse:
    async def half() -> AsyncIterator[bytes]:
        yield b"half"
        raise OSError("the disk is gone")

    return StreamingHttpResponse(half())


urlpatterns = [path("page/", page), path("endless/", endless), path("short/", short), path("broken/", broken)]


@pytest.fixture(autouse=True)
def _pages(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
    ]
    closed.clear()


def ask(address: str, body: bytes = b"", leaves: Callable[[Sent], bool] = lambda _sent: False) -> Sent:
    """What was sent to a client, who leaves when `leaves` says so."""
    sent: Sent = []
    came = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if came:
            return came.pop()
        while not leaves(sent):
            await asyncio.sleep(0.001)
        return {"type": "http.disconnect"}

    async def send(event: Any) -> None:
        sent.append(dict(event))

    scope = {
        "type": "http", "method": "POST", "path": address, "raw_path": address.encode(), "query_string": b"", "headers": [],
        "server": ("testserver", 80), "client": ("127.0.0.1", 5000), "scheme": "http", "root_path": "",
    }  # fmt: skip

    async def served() -> None:
        async with asyncio.timeout(30):
            await RequestThreads(InOneTurn())(scope, receive, send)

    asyncio.run(served())
    return sent


def body_of(sent: Sent) -> bytes:
    return b"".join(event.get("body", b"") for event in sent)


def test_a_page_is_one_call_with_all_its_middleware_and_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Callable[[], object]] = []
    submit = request_threads._threads.submit

    def counted(call: Callable[[], object]) -> Future[object]:
        calls.append(call)
        return submit(call)

    monkeypatch.setattr(request_threads._threads, "submit", counted)
    sent = ask("/page/", b"words")
    assert sent[0]["status"] == 200
    assert body_of(sent) == b"words"
    assert (b"Content-Language", b"en") in sent[0]["headers"], "its middleware had it"
    assert len(calls) == 1
    assert closed == ["page"]


def test_what_is_read_piece_by_piece_arrives_whole() -> None:
    assert body_of(ask("/short/")) == b"012"


def test_an_endless_response_ends_when_its_client_leaves() -> None:
    sent = ask("/endless/", leaves=lambda sent: len(sent) > 5)
    assert len(sent) > 5
    assert closed == ["numbers", "stream"]


def test_what_breaks_while_it_is_read_is_told_to_the_server() -> None:
    with pytest.raises(OSError, match="the disk is gone"):
        ask("/broken/")


def test_who_leaves_before_the_request_is_there_gets_nothing() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(event: Any) -> None:
        raise AssertionError(event)

    scope = {"type": "http", "method": "GET", "path": "/page/", "query_string": b"", "headers": []}
    asyncio.run(InOneTurn()(scope, receive, send))


def test_an_address_that_cannot_be_read_is_refused() -> None:
    assert ask("/nowhere/")[0]["status"] == 404
