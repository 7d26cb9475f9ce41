"""The hub of one web process, in this process: what happens while the database is slow to answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from uuid import UUID

import psycopg
import pytest
from django.db import connections

from detection.live_hub import LiveHub, Picture, Standing
from detection.live_wire import Format
from detection.models import Camera
from detection.selectors import situations
from soc import clock
from soc.broadcast.database import THREADS, in_database
from tests.factories import CameraFactory
from tests.system import database_url

pytestmark = pytest.mark.django_db(transaction=True)
CEILING_S = 60


class Reader:
    """A viewer that keeps where its cameras were said to be."""

    def __init__(self) -> None:
        self.moves: list[tuple[UUID, UUID | None]] = []
        self.looked = asyncio.Event()

    def show(self, picture: Picture) -> None:
        """Take a picture."""

    def trace(self, camera: UUID, boxes: str) -> None:
        """Take boxes."""

    def tell(self, camera: UUID, standing: Standing) -> None:
        """Take a state."""

    def moved(self, camera: UUID, site: UUID | None) -> None:
        self.moves.append((camera, site))
        self.looked.set()


@pytest.fixture(autouse=True)
async def _connections_closed() -> AsyncIterator[None]:
    """Each thread that asks the database closes its connection: the test's database goes when all is over."""
    yield
    all_there = threading.Barrier(THREADS)

    def close() -> None:
        all_there.wait(CEILING_S)
        connections.close_all()

    await asyncio.gather(*(in_database(close)() for _ in range(THREADS)))


@pytest.fixture
def cameras() -> tuple[Camera, Camera]:
    """Two cameras of one site."""
    first = CameraFactory()
    return first, CameraFactory(site=first.site)


async def somebody_waits(connection: psycopg.AsyncConnection) -> None:
    """Return when a look at the cameras waits for the lock."""
    async with asyncio.timeout(CEILING_S):
        while True:
            waiting = await connection.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
            if (await waiting.fetchone()) == (True,):
                return
            await asyncio.sleep(0.02)


async def next_look(reader: Reader) -> UUID | None:
    """Return what the reader is told by the next look."""
    reader.looked.clear()
    async with asyncio.timeout(CEILING_S):
        await reader.looked.wait()
    return reader.moves[-1][1]


async def test_who_comes_while_the_database_answers_is_not_told_that_the_camera_is_gone(
    cameras: tuple[Camera, Camera],
) -> None:
    found = await in_database(situations)(cameras)
    early, late = cameras
    first, second = Reader(), Reader()
    await LiveHub.here().join(early.pk, Format.H264, first, found[early.pk])
    async with await psycopg.AsyncConnection.connect(database_url()) as connection:
        await connection.execute("LOCK TABLE detection_camera IN ACCESS EXCLUSIVE MODE")
        await somebody_waits(connection)
        await LiveHub.here().join(late.pk, Format.H264, second, found[late.pk])
    await next_look(second)
    assert set(first.moves) == {(early.pk, early.site_id)}
    assert set(second.moves) == {(late.pk, late.site_id)}


async def test_who_watches_a_camera_that_is_removed_is_told(cameras: tuple[Camera, Camera]) -> None:
    camera, _ = cameras
    reader = Reader()
    await LiveHub.here().join(camera.pk, Format.H264, reader, (await in_database(situations)([camera]))[camera.pk])
    assert await next_look(reader) == camera.site_id
    await in_database(Camera.objects.filter(pk=camera.pk).update)(enabled=False, removed_at=clock.now())
    while await next_look(reader) is not None:
        pass
