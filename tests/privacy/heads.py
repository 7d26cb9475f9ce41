"""Measures how many heads a blur covers, with a judge that the product does not use: the same weights, three times the size.

A head is the top quarter of every person that YOLOv8n finds at 1280 pixels and confidence 0.4 on the original; it is covered
when 90 % of its box is altered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from detection.vision.frames import Pixels

SIZE: Final = 1280
CONFIDENCE: Final = 0.4
PART: Final = 4
COVERED: Final = 0.9
SAME_PLACE: Final = 0.04
"""Of the frame's width: how near the head of the next frame is taken for the same one."""

Rectangle = tuple[int, int, int, int]


class Judge:
    """YOLOv8n by ONNX Runtime in single precision, with its own letterbox and suppression."""

    def __init__(self, model: Path, threads: int = 2) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

    def heads(self, frame: Pixels) -> list[Rectangle]:
        """Every head: left, top, right, bottom in pixels."""
        height, width = frame.shape[:2]
        scale = SIZE / max(height, width)
        inner = cv2.resize(frame, (round(width * scale), round(height * scale)))
        rows, columns = (-(-side // 32) * 32 for side in inner.shape[:2])
        canvas = np.full((rows, columns, 3), 114, np.uint8)
        canvas[: inner.shape[0], : inner.shape[1]] = inner
        blob = cv2.dnn.blobFromImage(canvas, 1 / 255, swapRB=True)
        found = self._session.run(None, {"images": blob})[0][0]
        people = found[:, (found[4] >= CONFIDENCE) & (found[4:].argmax(axis=0) == 0)]
        x, y, wide, high = people[:4] / scale
        boxes = np.stack((x - wide / 2, y - high / 2, wide, high), axis=1)
        kept = cv2.dnn.NMSBoxes(boxes.tolist(), people[4].tolist(), CONFIDENCE, 0.7)
        return [_head(boxes[index].tolist(), width, height) for index in np.asarray(kept).flatten()]


def _head(box: list[float], width: int, height: int) -> Rectangle:
    left, top, wide, high = box
    right, bottom = min(round(left + wide), width), min(round(top + high / PART), height)
    return max(round(left), 0), max(round(top), 0), right, bottom


@dataclass(frozen=True, slots=True)
class Leak:
    """A head that was not covered."""

    frame: int
    box: Rectangle
    covered: float


@dataclass(slots=True)
class Coverage:
    """What was measured over a run of frames."""

    frames: int = 0
    heads: int = 0
    whole: int = 0
    altered: float = 0.0
    leaks: list[Leak] = field(default_factory=list)

    def add(self, number: int, original: Pixels, blurred: Pixels, heads: Iterable[Rectangle], *, whole: bool) -> None:
        """Count one frame."""
        different: NDArray[np.bool_] = (original != blurred).any(axis=2)
        self.frames += 1
        self.whole += whole
        self.altered += float(different.mean())
        for left, top, right, bottom in heads:
            part = different[top:bottom, left:right]
            if not part.size:
                continue
            self.heads += 1
            if part.mean() < COVERED:
                self.leaks.append(Leak(number, (left, top, right, bottom), round(float(part.mean()), 2)))

    @property
    def share_covered(self) -> float:
        """Of all heads."""
        return 1 - len(self.leaks) / max(self.heads, 1)

    @property
    def share_altered(self) -> float:
        """Of all pixels."""
        return self.altered / max(self.frames, 1)

    def longest_leak(self, width: int) -> int:
        """Most frames in a row in which a head at one place was bare."""
        longest = 0
        under_way: list[tuple[Leak, int]] = []
        for leak in self.leaks:
            length = 1 + max(
                (run for last, run in under_way if leak.frame - last.frame == 1 and _near(leak, last, width)), default=0
            )
            under_way.append((leak, length))
            longest = max(longest, length)
        return longest


def _near(one: Leak, other: Leak, width: int) -> bool:
    middles = [((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) for box in (one.box, other.box)]
    return all(abs(first - second) < SAME_PLACE * width for first, second in zip(*middles, strict=True))
