"""What one would write in an afternoon: ultralytics `track()`, a blur over the upper part of each person, JPEG.

Runs in the models environment: plain_script.py WEIGHTS FILM SIZE FRAMES; prints {"frames_per_second": …}.
"""

from __future__ import annotations

import json
import sys
import time
import types
from importlib.util import find_spec

import cv2
import numpy as np


def assignment(cost: np.ndarray, cost_limit: float, **_options: object) -> tuple[float, np.ndarray, np.ndarray]:
    """Stand in for `lap.lapjv`, on which ultralytics' tracker insists and which the models environment has not: greedy."""
    x, y = np.full(cost.shape[0], -1), np.full(cost.shape[1], -1)
    total = 0.0
    for index in np.argsort(cost, axis=None):
        row, column = divmod(int(index), cost.shape[1])
        if cost[row, column] > cost_limit:
            break
        if x[row] < 0 and y[column] < 0:
            x[row], y[column] = column, row
            total += float(cost[row, column])
    return total, x, y


def main(weights: str, film: str, size: int, frames: int) -> float:
    """Return frames a second."""
    if find_spec("lap") is None:
        stand_in = types.ModuleType("lap")
        stand_in.__dict__.update(lapjv=assignment, __version__="0.5.13")
        sys.modules["lap"] = stand_in
    from ultralytics import YOLO

    model = YOLO(weights)
    capture = cv2.VideoCapture(film)
    warm_up, begun = 5, 0.0
    for number in range(frames + warm_up):
        if number == warm_up:
            begun = time.perf_counter()
        more, frame = capture.read()
        if not more:
            raise SystemExit("The film is too short.")
        found = model.track(frame, imgsz=size, persist=True, verbose=False, tracker="bytetrack.yaml")[0].boxes
        for left, top, right, bottom in found.xyxy[found.cls == 0].int().tolist():
            head = frame[top : top + max(1, (bottom - top) // 3), left:right]
            if head.size:
                head[:] = cv2.blur(head, (31, 31))
        cv2.imencode(".jpg", frame)
    return frames / (time.perf_counter() - begun)


if __name__ == "__main__":
    print(json.dumps({"frames_per_second": main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))}))
