"""The whole path in real processes: frame captured → alert received by a browser's socket; memory and CPU a camera."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psutil
from websockets.asyncio.client import connect

from bench.installation import ROOT, Installation, Web, installation, web

FRAMES_PER_SECOND = 5
HEADER_BYTES = 32
LINES = 2
"""Vertical lines over each camera's picture; a rule a line and direction makes an alert of everybody who crosses one."""


@dataclass(frozen=True, slots=True)
class Delays:
    """Milliseconds from a frame's capture to a browser's socket, and how many were measured."""

    p50_ms: float
    p95_ms: float
    count: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What a watcher with so many cameras needs, and what it did with their frames."""

    cameras: int
    memory_mib: float
    share_of_core: float
    analysed_per_second: float
    dropped: int


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of `measure`."""

    alerts: Delays
    pictures: Delays
    costs: tuple[Cost, ...]


def measure(*, short: bool) -> Measured:
    """Four cameras for the delays, then 1, 4 and 8 for the costs; a few seconds each when `short`."""
    counts, seconds = ((1,), 8.0) if short else ((1, 4, 8), 20.0)
    with installation() as home, web() as server:
        cameras = [_camera(home, number) for number in range(max(4, *counts))]
        with _watching(cameras[:4]):
            _wait_until_live(cameras[:4])
            alerts, pictures = asyncio.run(_delays(server, home.token, cameras[:4], 30.0 if short else 60.0))
        costs = []
        for count in counts:
            with _watching(cameras[:count]) as watcher:
                _wait_until_live(cameras[:count])
                costs.append(_cost(watcher, cameras[:count], seconds))
    return Measured(alerts, pictures, tuple(costs))


def _camera(home: Installation, number: int) -> UUID:
    """A camera that plays the street footage, with rules that fire often."""
    from alerts.models import Rule, RuleState, Severity
    from detection.models import Camera, Line, PlaceKind, SourceKind
    from soc import clock

    camera = Camera.objects.create(
        organisation_id=home.organisation,
        site_id=home.site,
        name=f"Street {number}",
        source=SourceKind.FILE,
        address="vtest.avi",
        frames_per_second=FRAMES_PER_SECOND,
        place=PlaceKind.PRIVATE,
        purpose="Bench",
        legal_basis="Bench",
        notice_displayed=True,
        enabled=False,
    )
    for place in range(1, LINES + 1):
        x = place / (LINES + 1)
        line = Line.objects.create(
            organisation_id=home.organisation, camera=camera, name=f"Line {place}", start=[x, 0.0], end=[x, 1.0]
        )
        for direction in ("forward", "backward"):
            Rule.objects.create(
                organisation_id=home.organisation,
                camera=camera,
                name=f"Crossing {place} {direction}",
                kind="crosses",
                settings={"labels": ["person"], "direction": direction},
                line=line,
                severity=Severity.LOW,
                quiet_s=0,
                purpose="Bench",
                state=RuleState.ON,
                expires_at=clock.now() + dt.timedelta(days=1),
            )
    return camera.pk


@contextmanager
def _watching(cameras: list[UUID]) -> Iterator[psutil.Process]:
    """A watcher process that watches exactly these."""
    from detection.models import Camera

    Camera.objects.update(enabled=False)
    Camera.objects.filter(pk__in=cameras).update(enabled=True)
    for folder in ("models", "footage"):
        place = Path(os.environ["VIGIE_VAR"]) / folder
        if not place.exists():
            place.symlink_to(ROOT / "var" / folder)
    arguments = ["worker", "--pool", "threads", "-Q", "detection", "-n", "bench@%h", "-c", str(len(cameras) + 2)]
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "soc.celery", *arguments, "--loglevel", "ERROR"],
        cwd=ROOT,
        env=os.environ | {"VIGIE_WATCHER_CAPACITY": str(len(cameras))},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(60)


def _wait_until_live(cameras: list[UUID]) -> None:
    from detection.models import CameraStatus, WatchState

    deadline = time.monotonic() + 120
    live = CameraStatus.objects.filter(camera__in=cameras, state=WatchState.LIVE, analysed_per_second__gt=0)
    while live.count() < len(cameras):
        if time.monotonic() > deadline:
            raise TimeoutError("The cameras did not become live within two minutes.")
        time.sleep(0.5)


async def _delays(server: Web, token: str, cameras: list[UUID], seconds: float) -> tuple[Delays, Delays]:
    """Listen as a browser does: the feed, and a live tile a camera."""
    from detection.live_wire import Header

    headers = {"Authorization": f"Bearer {token}"}
    base = f"ws://127.0.0.1:{server.port}"
    alerts: list[float] = []
    pictures: list[float] = []

    def note_picture(message: str | bytes) -> None:
        if isinstance(message, bytes):
            pictures.append(time.time() - Header.decode(message[:HEADER_BYTES]).captured_at)

    async def feed() -> None:
        async with connect(f"{base}/ws/feed/", additional_headers=headers, compression=None) as socket:
            async for message in socket:
                event = json.loads(message)
                if event["kind"] == "alert.raised":
                    captured = dt.datetime.fromisoformat(event["payload"]["captured_at"])
                    alerts.append(time.time() - captured.timestamp())

    async def tiles() -> None:
        async with connect(f"{base}/ws/live/", additional_headers=headers, compression=None) as socket:
            for camera in cameras:
                await socket.send(json.dumps({"watch": str(camera), "format": "h264"}))
            async for message in socket:
                note_picture(message)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(feed()), group.create_task(tiles())]
        await asyncio.sleep(seconds)
        for task in tasks:
            task.cancel()
    return _quantiles(alerts), _quantiles(pictures)


def _quantiles(delays_s: list[float]) -> Delays:
    if len(delays_s) < 2:
        raise RuntimeError(f"Only {len(delays_s)} measured: too few to say anything.")
    cuts = statistics.quantiles(delays_s, n=20)
    return Delays(cuts[9] * 1e3, cuts[18] * 1e3, len(delays_s))


def _cost(watcher: psutil.Process, cameras: list[UUID], seconds: float) -> Cost:
    from detection.models import CameraStatus

    def dropped() -> int:
        return sum(CameraStatus.objects.filter(camera__in=cameras).values_list("frames_dropped", flat=True))

    dropped_before, before = dropped(), watcher.cpu_times()
    time.sleep(seconds)
    after = watcher.cpu_times()
    spent = after.user + after.system - before.user - before.system
    rates = CameraStatus.objects.filter(camera__in=cameras).values_list("analysed_per_second", flat=True)
    return Cost(
        cameras=len(cameras),
        memory_mib=watcher.memory_info().rss / 2**20,
        share_of_core=spent / seconds,
        analysed_per_second=sum(rates),
        dropped=dropped() - dropped_before,
    )
