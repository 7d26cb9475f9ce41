"""Many requests at once take turns on a few threads and connections: none is refused, and a connection that broke is replaced."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from threading import Barrier, Event
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections

from soc import request_threads
from soc.request_threads import CROWD_THREADS, THREADS, RequestThreads

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 5 * THREADS
PAGE: dict[str, Any] = {"path": "/api/activations/"}
ANSWER: dict[str, Any] = {"path": "/api/answer-link/answer/"}


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """The threads stay, their connections to this test's database do not."""
    yield
    for threads, count in ((request_threads._threads, THREADS), (request_threads._crowd, CROWD_THREADS)):
        everybody = Barrier(count)

        def close(all_there: Barrier = everybody) -> None:
            all_there.wait(30)
            connections.close_all()

        for done in [threads.submit(close) for _ in range(count)]:
            done.result(30)


def serve(view: Callable[[], Any], requests: int = CROWD) -> list[Any]:
    """What the view returned to so many requests that came at once."""
    answers: list[Any] = []

    async def application(_scope: dict[str, Any], _receive: Any, _send: Any) -> None:
        answers.append(await sync_to_async(view)())

    async def all_at_once() -> None:
        served = RequestThreads(application)
        await asyncio.gather(*(served(PAGE, _nothing, _nowhere) for _ in range(requests)))

    asyncio.run(all_at_once())
    return answers


async def _nothing() -> dict[str, Any]:
    return {}


async def _nowhere(_event: Any) -> None:
    pass


def backend() -> int:
    """The number of the connection's process in the server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def busy_backend() -> int:
    found = backend()
    time.sleep(0.02)  # others come meanwhile
    return found


def test_a_crowd_shares_a_few_connections_and_everybody_is_answered() -> None:
    first, second = serve(busy_backend), serve(busy_backend)
    assert len(first) == len(second) == CROWD
    assert len({*first, *second}) <= THREADS, "connections stay from one request to the next"


def test_connections_that_broke_are_replaced_before_the_next_request() -> None:
    broken = set(serve(busy_backend))
    with connection.cursor() as cursor:
        for pid in broken:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    assert not broken & set(serve(busy_backend))


def test_a_request_that_waits_for_its_client_holds_no_thread() -> None:
    reached = asyncio.Event()

    async def slow(_scope: dict[str, Any], receive: Any, _send: Any) -> None:
        await sync_to_async(backend)()
        await receive()
        await sync_to_async(backend)()

    async def many_wait_and_one_is_served() -> int:
        gate = asyncio.Event()

        async def receive() -> dict[str, Any]:
            reached.set()
            await gate.wait()
            return {}

        waiting = [asyncio.create_task(RequestThreads(slow)(PAGE, receive, _nowhere)) for _ in range(2 * THREADS)]
        await reached.wait()

        async def quick(_scope: dict[str, Any], _receive: Any, _send: Any) -> None:
            await sync_to_async(backend)()

        async with asyncio.timeout(30):
            await RequestThreads(quick)(PAGE, receive, _nowhere)
        gate.set()
        await asyncio.gather(*waiting)
        return len(waiting)

    assert asyncio.run(many_wait_and_one_is_served()) == 2 * THREADS


def test_who_directs_does_not_wait_behind_a_crowd_that_answers() -> None:
    gate = Event()

    async def application(scope: dict[str, Any], _receive: Any, _send: Any) -> None:
        if scope is ANSWER:
            await sync_to_async(gate.wait)(30)
        else:
            await sync_to_async(backend)()

    async def a_crowd_is_held_up_and_a_page_is_read() -> list[bool]:
        served = RequestThreads(application)
        crowd = [asyncio.create_task(served(ANSWER, _nothing, _nowhere)) for _ in range(CROWD)]
        await asyncio.sleep(0)
        async with asyncio.timeout(20):
            await served(PAGE, _nothing, _nowhere)
        waiting = [not one.done() for one in crowd]
        gate.set()
        await asyncio.gather(*crowd)
        return waiting

    assert all(asyncio.run(a_crowd_is_held_up_and_a_page_is_read()))
