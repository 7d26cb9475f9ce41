"""Live viewing: frame captured → received by a browser's socket, and what a second to eighth viewer costs."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from websockets.asyncio.client import connect

from bench.installation import Installation, Web, installation, web

if TYPE_CHECKING:
    from detection.live import LiveOutlet

SIZE = (640, 360)
FRAMES_PER_SECOND = 5
HEADER_BYTES = 32


@dataclass(frozen=True, slots=True)
class Result:
    """Milliseconds from capture to the socket, and shares of one core: encoding and sending, and the web process."""

    p50_ms: float
    p95_ms: float
    watcher_share: float
    web_share: float
    pictures: int


class Moving:
    """A camera's public frames without a camera: a bar over a soft pattern, stamped when it is offered."""

    def __init__(self, outlet: LiveOutlet) -> None:
        self._outlet = outlet
        rows, columns = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
        self._still = np.stack([columns % 200, rows % 200, (rows + columns) % 200], axis=2).astype(np.uint8)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        from detection.vision import anonymise
        from detection.vision.frames import RawFrame
        from detection.vision.masks import NOWHERE

        number = 0
        while not self._stop.wait(1 / FRAMES_PER_SECOND):
            raw = RawFrame(np.roll(self._still, number * 6, axis=1), time.time(), number)
            self._outlet.offer(anonymise.public_frame(anonymise.blacked_out(raw, ()), NOWHERE, raw, ()))
            number += 1

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        self._outlet.close()


@contextmanager
def cameras(home: Installation, count: int) -> Iterator[list[UUID]]:
    """So many cameras, watched here: rows, leases, and outlets that are offered frames."""
    from django.utils import timezone

    from detection.live import LiveOutlet
    from detection.models import Camera, CameraStatus, Lease, SourceKind, WatchState

    with ExitStack() as stack:
        made = []
        for _ in range(count):
            camera = Camera.objects.create(
                organisation_id=home.organisation,
                site_id=home.site,
                name=f"Camera {time.monotonic_ns()}",
                source=SourceKind.FILE,
                address="bench",
            )
            in_an_hour = timezone.now() + dt.timedelta(hours=1)
            owner = {"camera": camera, "organisation_id": home.organisation, "watcher": "bench"}
            Lease.objects.create(**owner, expires_at=in_an_hour)
            CameraStatus.objects.create(**owner, state=WatchState.LIVE)
            moving = Moving(LiveOutlet(camera.pk, FRAMES_PER_SECOND, 20))
            stack.callback(moving.stop)
            made.append(camera.pk)
        yield made


async def watch(server: Web, token: str, watched: list[UUID], viewers: int, seconds: float) -> Result:
    """Open the viewers' sockets, each with a tile a camera, and note each picture's age when it arrives."""
    from detection.live_wire import Header

    late_s: list[float] = []
    measuring = asyncio.Event()

    def note(message: str | bytes) -> None:
        if isinstance(message, bytes) and measuring.is_set():
            late_s.append(time.time() - Header.decode(message[:HEADER_BYTES]).captured_at)

    async def view() -> None:
        headers = {"Authorization": f"Bearer {token}"}
        async with connect(
            f"ws://127.0.0.1:{server.port}/ws/live/", additional_headers=headers, compression=None
        ) as tile:
            for camera in watched:
                await tile.send(json.dumps({"watch": str(camera), "format": "h264"}))
            async for message in tile:
                note(message)

    tasks = [asyncio.create_task(view()) for _ in range(viewers)]
    await asyncio.sleep(3.0)  # everybody has a picture
    measuring.set()
    web_before, own_before = server.cpu_s(), time.process_time()
    await asyncio.sleep(seconds)
    web_s, own_s = server.cpu_s() - web_before, time.process_time() - own_before
    for task in tasks:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    failed = [result for result in results if isinstance(result, Exception)]
    if failed:
        raise failed[0]
    cuts = statistics.quantiles(late_s, n=20)
    return Result(cuts[9] * 1e3, cuts[18] * 1e3, own_s / seconds, web_s / seconds, len(late_s))


def compare(*, short: bool) -> tuple[Result, Result]:
    """Four cameras at 5 frames a second for one viewer, and for eight; the client's own work is in `watcher_share`."""
    seconds = 5.0 if short else 20.0
    with installation() as home, web() as server, cameras(home, 4) as watched:
        return (
            asyncio.run(watch(server, home.token, watched, 1, seconds)),
            asyncio.run(watch(server, home.token, watched, 8, seconds)),
        )


def main() -> None:
    """Print the figures."""
    for viewers, result in zip((1, 8), compare(short="--short" in sys.argv), strict=True):
        print(
            f"{viewers} viewers: captured to socket p50 {result.p50_ms:.1f} ms, p95 {result.p95_ms:.1f} ms, "
            f"of a core: encoding and clients {result.watcher_share:.1%}, web {result.web_share:.1%} "
            f"({result.pictures} pictures)"
        )


if __name__ == "__main__":
    main()
