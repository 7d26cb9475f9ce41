"""The share of heads covered on a real street camera; the whole film is measured by `make bench`."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from detection.vision.engine import Engines
from detection.vision.frames import RawFrame
from detection.vision.pipeline import Pipeline
from soc.config import config
from soc.embedded import assets
from tests.privacy.heads import Coverage, Judge

pytestmark = pytest.mark.privacy

JUDGED_EVERY = 20


def test_heads_on_a_street_camera_are_covered(engines: Engines) -> None:
    """Every frame of 30 s goes through the pipeline; every twentieth is judged."""
    judge = Judge(config().models_folder / "yolov8n.onnx")
    pipeline, coverage = Pipeline(engines), Coverage()
    capture = cv2.VideoCapture(str(assets.ensure("vtest.avi")))
    for number in range(300):
        frame = np.asarray(capture.read()[1], np.uint8)
        analysed = pipeline.process(RawFrame(frame, 1e9 + number / 10, number))
        assert analysed.public is not None
        if number % JUDGED_EVERY == 0:
            heads = judge.heads(frame)
            coverage.add(number, frame, analysed.public.pixels, heads, whole=analysed.public.pixelated_whole)
    assert coverage.heads > 60
    assert coverage.share_covered >= 0.99, coverage.leaks
    assert coverage.share_altered <= 0.1
    assert coverage.whole == 0


def test_the_measure_sees_a_bare_head(engines: Engines) -> None:
    judge = Judge(config().models_folder / "yolov8n.onnx")
    capture = cv2.VideoCapture(str(assets.ensure("vtest.avi")))
    frame = np.asarray(capture.read()[1], np.uint8)
    coverage = Coverage()
    heads = judge.heads(frame)
    for number in range(2):
        coverage.add(number, frame, frame.copy(), heads, whole=False)
    assert coverage.share_covered == 0
    assert coverage.longest_leak(frame.shape[1]) == 2
