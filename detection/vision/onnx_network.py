"""Models by ONNX Runtime: on processors without OpenVINO, and on NVIDIA's accelerators, there in batches."""

from __future__ import annotations

import os
import queue
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
import onnxruntime as ort

from detection.vision.frames import Pixels
from detection.vision.network import Fill, Outputs
from detection.vision.weights import ModelUnusable

CUDA: Final = "CUDAExecutionProvider"
CPU: Final = "CPUExecutionProvider"
CUDA_BATCH: Final = 16
"""Pictures of one size, of any cameras, that go to the accelerator together: what waits goes, nothing waits for more."""

WAITING: Final = 64
"""Pictures that wait at most; a camera that brings one more waits."""


def has_cuda() -> bool:
    """Return whether this ONNX Runtime can use an accelerator and one is there."""
    return CUDA in ort.get_available_providers() and os.path.exists("/dev/nvidiactl")  # noqa: PTH110


@dataclass(slots=True)
class _Run:
    """A picture that waits for its turn, and its outputs."""

    buffer: Pixels
    future: Future[Outputs] = field(default_factory=Future)

    def wait(self) -> Outputs:
        return self.future.result()

    def release(self) -> None:
        self.future.cancel()


class OnnxNetwork:
    """A model run by ONNX Runtime.

    Args:
        model: the ONNX file's bytes, verified; batch, height and width dynamic.
        rgb_divisor: what the model expects 8-bit values divided by.
        cuda: use the accelerator.
        batch: pictures that run together at most; by default what suits the device.

    Raises:
        ModelUnusable: it cannot be loaded, or there is no accelerator.
    """

    def __init__(self, model: bytes, *, rgb_divisor: float, cuda: bool, batch: int | None = None) -> None:
        if cuda and not has_cuda():
            raise ModelUnusable(
                "VIGIE_ENGINE is cuda, but ONNX Runtime finds no NVIDIA accelerator. "
                "Install onnxruntime-gpu and the driver, or set VIGIE_ENGINE=auto."
            )
        options = ort.SessionOptions()
        options.log_severity_level = 3
        # On a processor each worker runs a picture on one core: more pictures a second than one picture on all of them.
        options.intra_op_num_threads = 1
        try:
            self._session = ort.InferenceSession(model, options, providers=[CUDA, CPU] if cuda else [CPU])
        except Exception as error:  # ONNX Runtime's exceptions share no base of their own
            raise ModelUnusable(f"ONNX Runtime cannot load the model: {str(error)[:200]} Export it again.") from error
        self._input = self._session.get_inputs()[0].name
        self._divisor = rgb_divisor
        self._cuda = CUDA in self._session.get_providers()
        self._batch = batch or (CUDA_BATCH if self._cuda else 1)
        self._waiting: queue.Queue[_Run] = queue.Queue(WAITING)
        for number in range(1 if self._batch > 1 else os.cpu_count() or 1):
            threading.Thread(target=self._work, name=f"onnx-{number}", daemon=True).start()

    @property
    def device(self) -> str:
        """What runs it."""
        return "ONNX Runtime, CUDA" if self._cuda else "ONNX Runtime"

    def submit(self, height: int, width: int, fill: Fill) -> _Run:
        """Queue a picture; see `Network.submit`."""
        run = _Run(np.empty((height, width, 3), np.uint8))
        fill(run.buffer)
        self._waiting.put(run)
        return run

    def _work(self) -> None:
        left: _Run | None = None
        while True:
            batch = [left or self._waiting.get()]
            left = None
            while len(batch) < self._batch:
                try:
                    run = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if run.buffer.shape != batch[0].buffer.shape:
                    left = run
                    break
                batch.append(run)
            self._run([run for run in batch if run.future.set_running_or_notify_cancel()])

    def _run(self, batch: list[_Run]) -> None:
        if not batch:
            return
        try:
            blob = cv2.dnn.blobFromImages([run.buffer for run in batch], 1 / self._divisor, swapRB=True)
            outputs = self._session.run(None, {self._input: blob})
        except Exception as error:  # noqa: BLE001  (handed to whoever waits)
            for run in batch:
                run.future.set_exception(ModelUnusable(f"The model failed on a picture: {str(error)[:200]}"))
            return
        for index, run in enumerate(batch):
            run.future.set_result(tuple(output[index] for output in outputs))
