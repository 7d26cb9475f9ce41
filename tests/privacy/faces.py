"""Looks for faces with a detector that the product does not use: OpenCV's cascades. Other tests use it on what is emitted."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import cv2
import numpy as np

from detection.vision.frames import Pixels

_FILES: Final = (
    "haarcascade_frontalface_default.xml",
    "haarcascade_frontalface_alt2.xml",
    "haarcascade_profileface.xml",
)
_FOLDER: Final = Path(cv2.__file__).parent / "data"

SMALLEST: Final = 24
"""Side of the smallest face looked for, pixels; in large pictures a 24th of the shorter side."""


def found_in(picture: Pixels) -> list[tuple[int, int, int, int]]:
    """Return every face, left, top, width, height; the mirror image is searched for profiles too."""
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    smallest = max(SMALLEST, min(grey.shape) // 24)
    faces: list[tuple[int, int, int, int]] = []
    for name in _FILES:
        cascade = cv2.CascadeClassifier(str(_FOLDER / name))
        assert not cascade.empty(), f"OpenCV came without {name}"
        for view in (grey, cv2.flip(grey, 1)):
            boxes = cascade.detectMultiScale(view, 1.1, 5, minSize=(smallest, smallest))
            faces += [(int(x), int(y), int(w), int(h)) for x, y, w, h in boxes]
    return faces
