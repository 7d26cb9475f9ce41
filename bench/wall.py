"""The wall in a real browser: what 16 tiles of the demo's footage cost the page, with boxes, zones and counts drawn.

The footage goes through the real pipeline once; what comes out is then sent to 16 cameras' channels again and again, so that the
browser, and not the watchers, is what is measured. Broker, web process, socket and page are the product's.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import psutil

from bench.installation import ROOT, Installation, Web, installation, web
from tools.bootstrap.debian import whole_browser

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from detection.observations import Observation
    from detection.vision.encoders import Packet

TILES = 16
FRAMES_PER_SECOND = 5
SETTLE_MS = 4_000
FOOTAGE = ("vtest.avi", "bikes.mp4", "carphone_pristine.mp4", "bigbuckbunny.mp4")
"""The demo's four cameras."""

COUNT = """() => {
    window.bench = { drawn: 0, painted: 0, tasks: [] }
    const draw = CanvasRenderingContext2D.prototype.drawImage
    CanvasRenderingContext2D.prototype.drawImage = function (...given) { window.bench.drawn += 1; return draw.apply(this, given) }
    const paint = () => { window.bench.painted += 1; requestAnimationFrame(paint) }
    requestAnimationFrame(paint)
    const note = list => window.bench.tasks.push(...list.getEntries().map(one => one.duration))
    new PerformanceObserver(note).observe({ type: 'longtask' })
}"""


@dataclass(frozen=True, slots=True)
class Take:
    """What came out of the pipeline for a piece of footage: pictures, and what was seen in each."""

    packets: list[Packet]
    observations: list[Observation]


@dataclass(frozen=True, slots=True)
class Result:
    """Of the page: its main thread's share of a core, pictures drawn and frames painted a second, tasks of over 50 ms and the
    longest of them; and the cores that the whole browser uses."""

    tiles: int
    busy: float
    drawn: float
    painted: float
    long_tasks: int
    longest_ms: float
    cores: float
    seconds: float


def missing() -> str | None:
    """Why it cannot be measured here; ``None`` when it can."""
    if find_spec("playwright") is None:
        return "Playwright is not installed: it belongs to the tests"
    if not (ROOT / "frontend" / "dist" / "index.html").exists():
        return "the front end is not built"
    return None


def filmed(frames: int) -> list[Take]:
    """Each piece of footage through the real pipeline and encoder, at the demo's rate."""
    import av

    from detection.observing import Observer, Scene
    from detection.vision.encoders import H264Encoder
    from detection.vision.engine import open_engines
    from detection.vision.frames import RawFrame
    from detection.vision.pipeline import Pipeline
    from soc.embedded import assets

    engines = open_engines("auto", ROOT / "var" / "models", 640)
    takes = []
    for name in FOOTAGE:
        pipeline, encoder, observer = Pipeline(engines), H264Encoder(FRAMES_PER_SECOND), Observer(UUID(int=0), Scene())
        packets, observations = [], []
        with av.open(str(assets.ensure(name))) as film:
            step = max(1, round(float(film.streams.video[0].average_rate or 25) / FRAMES_PER_SECOND))
            for number, picture in enumerate(film.decode(video=0)):
                if number % step:
                    continue
                raw = RawFrame(
                    np.asarray(picture.to_ndarray(format="bgr24"), np.uint8), 1.7e9 + number / FRAMES_PER_SECOND, number
                )
                analysed = pipeline.process(raw)
                if analysed.public is not None:
                    packets.append(encoder.encode(analysed.public))
                    observations.append(observer.observe(analysed.tracks, analysed.captured_at, number))
                if len(packets) == frames:
                    break
        pipeline.close()
        takes.append(Take(packets, observations))
    return takes


class Cameras:
    """So many cameras that play the takes, each picture stamped when it is sent."""

    def __init__(self, home: Installation, takes: list[Take]) -> None:
        self._takes = takes
        self._ids = [_camera(home, f"Camera {at + 1:02}") for at in range(TILES)]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        from redis import Redis

        from detection.live_wire import Flag, Format, Header, picture_channel, tracks_channel
        from detection.traces import Traces

        redis: Any = Redis.from_url(os.environ["REDIS_URL"])
        traces = [Traces(camera) for camera in self._ids]
        number = 0
        while not self._stop.is_set():
            for at, camera in enumerate(self._ids):
                take, now = self._takes[at % len(self._takes)], time.time()
                place = number % len(take.packets)
                packet, seen = take.packets[place], replace(take.observations[place], captured_at=now)
                header = Header(camera, Format.H264, Flag.KEY if packet.key else Flag(0), number, now)
                redis.publish(tracks_channel(camera), traces[at].encode(seen, frozenset()))
                redis.publish(picture_channel(camera, Format.H264), header.encode() + packet.data)
                self._stop.wait(1 / FRAMES_PER_SECOND / TILES)  # cameras are not in step
            number += 1

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


def _camera(home: Installation, name: str) -> UUID:
    from django.utils import timezone

    from detection.models import Camera, CameraStatus, Lease, SourceKind, WatchState, Zone

    camera = Camera.objects.create(
        organisation_id=home.organisation, site_id=home.site, name=name, source=SourceKind.FILE, address="bench"
    )
    owner = {"camera": camera, "organisation_id": home.organisation}
    Lease.objects.create(**owner, watcher="bench", expires_at=timezone.now() + dt.timedelta(hours=1))
    CameraStatus.objects.create(**owner, watcher="bench", state=WatchState.LIVE)
    Zone.objects.create(**owner, name="Zone", polygon=[[0.1, 0.4], [0.9, 0.4], [0.9, 0.95], [0.1, 0.95]])
    return camera.pk


@contextmanager
def page(server: Web) -> Iterator[Page]:
    """A real Chromium, signed in, 1920 by 1080."""
    from playwright.sync_api import sync_playwright

    from soc.people.models import Member

    password = secrets.token_urlsafe(16)
    member = Member.objects.get(name="bench")
    member.set_password(password)
    member.save()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("VIGIE_CHROMIUM") or whole_browser(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="en-GB")
        address = f"http://127.0.0.1:{server.port}"
        opened = context.new_page()
        opened.goto(f"{address}/sign-in")
        opened.get_by_label("Name").fill("bench")
        opened.get_by_label("Password", exact=True).fill(password)
        opened.locator("form button").last.click()
        opened.locator("#main").wait_for()
        yield opened
        browser.close()


def measure(opened: Page, seconds: float) -> Result:
    """What the page does for so many seconds. CPU time, so that what else runs on the machine does not count."""
    browser = [one for one in psutil.Process().children(recursive=True) if "chrom" in one.name()]
    page_s, browser_s, begun = _main_threads(browser), _cpu(browser), time.perf_counter()
    opened.evaluate("Object.assign(window.bench, { drawn: 0, painted: 0, tasks: [] })")
    opened.wait_for_timeout(seconds * 1000)
    found = opened.evaluate("window.bench")
    took = time.perf_counter() - begun
    return Result(
        tiles=opened.locator("[data-phase='live']").count(),
        busy=(_main_threads(browser) - page_s) / took,
        drawn=found["drawn"] / took,
        painted=found["painted"] / took,
        long_tasks=len(found["tasks"]),
        longest_ms=max(found["tasks"], default=0.0),
        cores=(_cpu(browser) - browser_s) / took,
        seconds=took,
    )


def _main_threads(browser: list[psutil.Process]) -> float:
    """Seconds of CPU of the pages' main threads: a renderer's first thread."""
    renderers = [one for one in browser if "--type=renderer" in one.cmdline()]
    times = [thread for one in renderers for thread in one.threads() if thread.id == one.pid]
    return float(sum(thread.user_time + thread.system_time for thread in times))


def _cpu(browser: list[psutil.Process]) -> float:
    times = [one.cpu_times() for one in browser]
    return float(sum(one.user + one.system for one in times))


def compare(*, short: bool) -> tuple[Result, Result]:
    """16 tiles with everything drawn, and the same cameras when only one of them is in sight."""
    from playwright.sync_api import expect

    seconds = 6.0 if short else 30.0
    with installation() as home, web() as server:
        cameras = Cameras(home, filmed(25 if short else 50))
        try:
            with page(server) as opened:
                opened.add_init_script(f"({COUNT})()")
                results = []
                for grid, tiles in (("16", TILES), ("1", 1)):
                    opened.goto(f"http://127.0.0.1:{server.port}/?grid={grid}&counts=on")
                    expect(opened.locator("article[data-camera]")).to_have_count(tiles, timeout=60_000)
                    opened.locator("[data-phase='live']").first.wait_for(timeout=60_000)
                    opened.wait_for_timeout(SETTLE_MS)
                    results.append(measure(opened, seconds))
                return results[0], results[1]
        finally:
            cameras.stop()


def main() -> None:
    """Print the figures."""
    for result in compare(short="--short" in sys.argv):
        print(
            f"{result.tiles} tiles live: main thread {result.busy:.1%} busy, {result.drawn:.1f} pictures drawn a second, "
            f"{result.painted:.1f} frames painted a second, {result.long_tasks} long tasks, "
            f"the longest {result.longest_ms:.0f} ms, browser {result.cores:.2f} cores"
        )


if __name__ == "__main__":
    main()
