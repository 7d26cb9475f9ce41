"""The share of heads covered on a street camera, at the sizes that a camera may be analysed at."""

from __future__ import annotations

import cv2
import numpy as np

from bench.deface import DefaceFailed, blurred
from bench.figures import Figure, Target, unmeasured
from bench.watch import DEFACE
from detection.vision.engine import open_engines
from detection.vision.frames import Pixels, RawFrame
from detection.vision.pipeline import Pipeline
from soc.config import config
from soc.embedded import assets
from tests.privacy.heads import Coverage, Judge, Rectangle

LEAKS_SHOWN = 8


def figures(short: bool) -> list[Figure]:
    """Coverage at 640 and 416, and deface's."""
    capture = cv2.VideoCapture(str(assets.ensure("vtest.avi")))
    frames: list[Pixels] = []
    while not short or len(frames) < 30:
        more, frame = capture.read()
        if not more:
            break
        frames.append(np.asarray(frame, np.uint8))
    judge = Judge(config().models_folder / "yolov8n.onnx")
    judged = [judge.heads(frame) for frame in frames]
    found = [each for size in (640, 416) for each in _ours(size, frames, judged)]
    return [*found, _deface(judged, covered_by_ours=found[0].value)]


def _ours(size: int, frames: list[Pixels], judged: list[list[Rectangle]]) -> list[Figure]:
    pipeline, coverage = Pipeline(open_engines("auto", config().models_folder, size)), Coverage()
    for number, frame in enumerate(frames):
        public = pipeline.process(RawFrame(frame, 1.7e9 + number / 10, number)).public
        assert public is not None
        coverage.add(number, frame, public.pixels, judged[number], whole=public.pixelated_whole)
    leaks = "; ".join(f"frame {leak.frame} {leak.box} {leak.covered:.0%}" for leak in coverage.leaks[:LEAKS_SHOWN])
    more = f"; {len(coverage.leaks) - LEAKS_SHOWN} more" if len(coverage.leaks) > LEAKS_SHOWN else ""
    note = (
        f"{len(coverage.leaks)} of {coverage.heads} bare: {leaks}{more}"
        if coverage.leaks
        else f"all of {coverage.heads}"
    )
    at_most = Target.AT_MOST
    return [
        Figure(f"privacy.heads_covered_{size}", coverage.share_covered, "", 0.99, note=note),
        Figure(
            f"privacy.longest_leak_{size}", float(coverage.longest_leak(768)), "frames", 1, at_most, "in a row, an aim"
        ),
        Figure(f"privacy.pixels_altered_{size}", coverage.share_altered, "", 0.1, at_most),
        Figure(f"privacy.pixelated_whole_{size}", coverage.whole / max(coverage.frames, 1), "", 0.01, at_most),
    ]


def _deface(judged: list[list[Rectangle]], covered_by_ours: float | None) -> Figure:
    name = "privacy.heads_covered_deface"
    if not DEFACE.exists():
        return unmeasured(name, "deface is not installed in .venvs/deface")
    try:
        pairs = blurred(DEFACE, 30)
    except DefaceFailed as failure:
        return unmeasured(name, f"deface: {failure}")
    coverage = Coverage()
    for number, (original, result) in enumerate(pairs):
        coverage.add(number, original, result, judged[number], whole=False)
    return Figure(
        name, coverage.share_covered, "", covered_by_ours, Target.AT_MOST, note="deface's; the target is ours"
    )
