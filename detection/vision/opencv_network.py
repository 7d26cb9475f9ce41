"""Models by OpenCV, where OpenVINO is not: for CenterFace, whose ONNX file has a fixed size that ONNX Runtime insists on."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np

from detection.vision.frames import Pixels
from detection.vision.network import Fill, Outputs
from detection.vision.weights import ModelUnusable


@dataclass(frozen=True, slots=True)
class _Run:
    future: Future[Outputs]

    def wait(self) -> Outputs:
        return self.future.result()

    def release(self) -> None:
        self.future.cancel()


class OpenCvNetwork:
    """A model run by OpenCV on the processor.

    Args:
        model: the ONNX file's bytes, verified.
        rgb_divisor: what the model expects 8-bit values divided by.
        outputs: names of the outputs wanted, in the order in which they are returned.

    Raises:
        ModelUnusable: OpenCV cannot load it.
    """

    def __init__(self, model: bytes, *, rgb_divisor: float, outputs: tuple[str, ...]) -> None:
        try:
            self._net = cv2.dnn.readNetFromONNX(np.frombuffer(model, np.uint8))
        except cv2.error as error:
            raise ModelUnusable(f"OpenCV cannot load the model: {error.err}") from error
        self._divisor = rgb_divisor
        self._outputs = outputs
        self._lock = threading.Lock()
        self._workers = ThreadPoolExecutor(1, "opencv")

    @property
    def device(self) -> str:
        """What runs it."""
        return "OpenCV"

    def submit(self, height: int, width: int, fill: Fill) -> _Run:
        """Queue a picture; see `Network.submit`."""
        buffer = np.empty((height, width, 3), np.uint8)
        fill(buffer)
        return _Run(self._workers.submit(self._run, buffer))

    def _run(self, buffer: Pixels) -> Outputs:
        blob = cv2.dnn.blobFromImage(buffer, 1 / self._divisor, swapRB=True)
        try:
            with self._lock:
                self._net.setInput(blob)
                outputs = self._net.forward(self._outputs)
        except cv2.error as error:
            raise ModelUnusable(f"The model failed on a picture: {error.err}") from error
        return tuple(np.asarray(output[0], np.float32) for output in outputs)
