"""Frames a second through the whole path on a street camera, against the raw engine, a plain script and deface."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import cv2
import numpy as np

from alerts.listener import RuleListener
from bench import alerts
from bench.deface import DefaceFailed, frames_per_second
from bench.figures import Figure, Target, unmeasured
from detection.observing import Observer, Scene, SceneZone
from detection.vision.engine import Engines, open_engines
from detection.vision.frames import Pixels, RawFrame
from detection.vision.geometry import Polygon
from detection.vision.letterbox import Letterbox
from detection.vision.pipeline import Pending, Pipeline, PipelineSettings
from soc.config import config
from soc.embedded import assets

ROOT = Path(__file__).resolve().parent.parent
MODELS_PYTHON = ROOT / ".venvs" / "models" / "bin" / "python"
DEFACE = ROOT / ".venvs" / "deface" / "bin" / "deface"
UNDER_WAY = 3
LEAST = {416: 0.5, 640: 0.65}
LEAST_OF_SCRIPT = {416: 1.6, 640: 1.5}
FRAMES_PER_SECOND = 10


def decoded(frames: int) -> Iterator[Pixels]:
    """Decode so many frames of the street camera, from its beginning again when it ends."""
    capture = cv2.VideoCapture(str(assets.ensure("vtest.avi")))
    for _ in range(frames):
        more, frame = capture.read()
        if not more:
            capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            more, frame = capture.read()
        yield np.asarray(frame, np.uint8)
    capture.release()


@dataclass(slots=True)
class Camera:
    """One camera as a watch runs it: frames to observations, and to rules."""

    pipeline: Pipeline
    observer: Observer
    rules: RuleListener

    @classmethod
    def opened(cls, engines: Engines) -> Camera:
        """A camera with a zone and the rules of `bench.alerts`."""
        nowhere = alerts.Nowhere()
        rules = RuleListener(alerts.CAMERA, alerts.ORGANISATION, nowhere, nowhere)
        rules.instruct(alerts.duties(1), {})
        zone = SceneZone(alerts.ZONE, Polygon.of([[0, 0.3], [1, 0.3], [1, 1], [0, 1]]))
        return cls(Pipeline(engines, PipelineSettings()), Observer(uuid4(), Scene(zones=(zone,))), rules)

    def watch(self, frames: Iterator[Pixels]) -> None:
        """Carry all frames through."""
        under_way: deque[Pending] = deque()
        for number, pixels in enumerate(frames):
            under_way.append(self.pipeline.start(RawFrame(pixels, 1.7e9 + number / FRAMES_PER_SECOND, number)))
            if len(under_way) > UNDER_WAY:
                self._finish(under_way)
        while under_way:
            self._finish(under_way)

    def watch_one(self, raw: RawFrame) -> None:
        """Carry one frame through."""
        self._finish(deque([self.pipeline.start(raw)]))

    def _finish(self, under_way: deque[Pending]) -> None:
        analysed = self.pipeline.finish(under_way.popleft())
        assert analysed.public is not None, analysed.fault
        if analysed.analysed:
            self.rules.observe(self.observer.observe(analysed.tracks, analysed.captured_at, analysed.number))


def whole_path(engines: Engines, cameras: int, frames: int) -> float:
    """Frames a second of all cameras together, each a thread of its own, as in a watcher."""
    opened = [Camera.opened(engines) for _ in range(cameras)]
    threads = [threading.Thread(target=each.watch, args=(decoded(frames // cameras),)) for each in opened]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return frames // cameras * cameras / (time.perf_counter() - begun)


def one_frame(engines: Engines, frames: int) -> Figure:
    """How long one frame takes by itself, from the decoded picture to the public frame and the rules."""
    camera, taken_ms = Camera.opened(engines), []
    for number, pixels in enumerate(decoded(frames)):
        begun = time.perf_counter()
        camera.watch_one(RawFrame(pixels, 1.7e9 + number / FRAMES_PER_SECOND, number))
        taken_ms.append((time.perf_counter() - begun) * 1e3)
    p95 = statistics.quantiles(taken_ms[frames // 10 :], n=20)[18]
    return Figure("watch.frame_p95_640", p95, "ms", 100, Target.AT_MOST, "a frame's own processing, nothing beside it")


def raw_engine(engines: Engines, height: int, width: int, frames: int) -> float:
    """Frames a second that the engine infers, asynchronously, with nothing around it."""
    network = engines.detector.network
    picture = np.random.default_rng(1).integers(0, 255, (height, width, 3), np.uint8)

    def run(count: int) -> float:
        begun = time.perf_counter()
        runs = deque(network.submit(height, width, lambda buffer: np.copyto(buffer, picture)) for _ in range(4))
        for _ in range(count - 4):
            first = runs.popleft()
            first.wait()
            first.release()
            runs.append(network.submit(height, width, lambda buffer: np.copyto(buffer, picture)))
        for each in runs:
            each.wait()
            each.release()
        return count / (time.perf_counter() - begun)

    run(8)
    return run(frames)


def still(engines: Engines, frames: int) -> float:
    """Frames a second of a scene in which nothing moves."""
    first = next(decoded(1))
    camera = Camera.opened(engines)
    begun = time.perf_counter()
    camera.watch(first for _ in range(frames))
    return frames / (time.perf_counter() - begun)


def plain_script(size: int, frames: int) -> float | str:
    """Frames a second of `bench/plain_script.py` in the models environment, or why it could not be measured."""
    if not MODELS_PYTHON.exists():
        return "the models environment is not installed"
    weights = config().models_folder / "yolov8n.pt"
    if not weights.exists():
        return "yolov8n.pt is not there"
    command: list[str | Path] = [
        MODELS_PYTHON,
        ROOT / "bench" / "plain_script.py",
        weights,
        assets.ensure("vtest.avi"),
        str(size),
        str(frames),
    ]
    settings = {"YOLO_OFFLINE": "true", "YOLO_AUTOINSTALL": "false", "YOLO_VERBOSE": "false", "YOLO_CONFIG_DIR": "/tmp"}
    done = subprocess.run(command, env=dict(os.environ) | settings, capture_output=True, text=True, check=False)
    if done.returncode:
        return f"the script failed: {(done.stderr.strip().splitlines() or ['?'])[-1]}"
    return float(json.loads(done.stdout.strip().splitlines()[-1])["frames_per_second"])


def shares(size: int, *, short: bool) -> list[Figure]:
    """The figures of one analysis size."""
    engines = open_engines("auto", config().models_folder, size)
    frames = 60 if short else 400
    lie = Letterbox.of(768, 576, size)
    whole_path(engines, 1, 12)  # compiled and warm
    figures, best = [], 0.0
    for cameras in (1, 4):
        before = raw_engine(engines, size, size, frames // 2)
        same = raw_engine(engines, lie.height, lie.width, frames // 2)
        ours = whole_path(engines, cameras, frames)
        after = raw_engine(engines, size, size, frames // 2)
        engine = (before + after) / 2
        best = max(best, ours)
        name = f"{size}_{cameras}_cameras"
        note = f"{ours:.1f} of {engine:.1f} frames/s at {size} × {size}, {engines.detector.device}"
        figures.append(Figure(f"watch.share_of_engine_{name}", ours / engine, "", LEAST[size], note=note))
        note = f"against the engine at {lie.width} × {lie.height}, the very shape analysed: {same:.1f} frames/s"
        figures.append(Figure(f"watch.share_of_same_shape_{name}", ours / same, note=note))
        if cameras == 1:
            figures.append(_against_script(size, ours, frames))
    return figures


def _against_script(size: int, ours: float, frames: int) -> Figure:
    name = f"watch.times_plain_script_{size}"
    script = plain_script(size, max(frames // 2, 40))
    if isinstance(script, str):
        return unmeasured(name, script, LEAST_OF_SCRIPT[size])
    return Figure(
        name,
        ours / script,
        "times",
        LEAST_OF_SCRIPT[size],
        note=f"ultralytics track(), blur, JPEG: {script:.1f} frames/s",
    )


def figures(short: bool) -> list[Figure]:
    """All of it."""
    found = [each for size in (416, 640) for each in shares(size, short=short)]
    engines = open_engines("auto", config().models_folder, 640)
    frames = 60 if short else 300
    quiet, busy = still(engines, frames), whole_path(engines, 1, frames)
    found.append(
        Figure("watch.still_of_busy", quiet / busy, "times", note=f"{quiet:.0f} against {busy:.0f} frames/s at 640")
    )
    return [*found, one_frame(engines, frames), _against_deface(short=short)]


def _against_deface(*, short: bool) -> Figure:
    """The default size against deface, on a film of the same frames."""
    name = "watch.times_deface"
    if not DEFACE.exists():
        return unmeasured(name, "deface is not installed in .venvs/deface", 8)
    frames = 30 if short else 150
    engines = open_engines("auto", config().models_folder, 416)
    whole_path(engines, 1, 12)  # compiled and warm
    # In turns: deface's own figure varies by a quarter from one run to the next.
    ours_each, theirs_each = [], []
    try:
        for _ in range(1 if short else 3):
            theirs_each.append(frames_per_second(DEFACE, frames))
            ours_each.append(whole_path(engines, 1, 2 * frames))
    except DefaceFailed as failure:
        return unmeasured(name, f"deface: {failure}", 8)
    ours, theirs = statistics.fmean(ours_each), statistics.fmean(theirs_each)
    return Figure(name, ours / theirs, "times", 8, note=f"{ours:.1f} against {theirs:.1f} frames/s, ours at 416")
