"""The real models and footage; fetched and exported by `make test` before pytest starts."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from detection.vision.engine import Engines, open_engines
from detection.vision.frames import Pixels
from soc.config import config
from soc.embedded import assets


@pytest.fixture(scope="session")
def models() -> Path:
    """The folder of verified models, with the exported detector in it."""
    folder = config().models_folder
    assets.ensure("centerface.onnx")
    assert (folder / "yolov8n.onnx").exists(), "The detector is not exported: `make test` does it, or `make run`."
    return folder


@pytest.fixture(scope="session")
def engines(models: Path) -> Engines:
    return open_engines("auto", models, 416)


@pytest.fixture(scope="session")
def street() -> list[Pixels]:
    """The first 40 frames of a street camera: 768 × 576, people walking."""
    capture = cv2.VideoCapture(str(assets.ensure("vtest.avi")))
    frames = [np.asarray(capture.read()[1], np.uint8) for _ in range(40)]
    capture.release()
    return frames
