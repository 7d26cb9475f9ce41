"""Models on Intel's and AMD's processors by OpenVINO: asynchronous requests that share all cores.

Measured on 2 cores, YOLOv8n: parallel requests of one picture each run 20 to 30 % more pictures a second than one request
with a batch of 4, and no camera waits for another. So cameras share the streams, each picture is a request of its own.
"""

from __future__ import annotations

import queue
import threading
from collections import OrderedDict

import numpy as np
import openvino as ov
from openvino.preprocess import ColorFormat, PrePostProcessor

from detection.vision.frames import Pixels
from detection.vision.network import Fill, Outputs
from detection.vision.weights import ModelUnusable

SHAPES_KEPT = 8
"""Compiled sizes kept; the one used longest ago goes. Cameras of the same aspect share one."""

REQUESTS = 16
"""Requests a size has at most: pictures under way, queued included."""


class _Request:
    """An infer request with its input buffer."""

    def __init__(self, compiled: ov.CompiledModel, height: int, width: int) -> None:
        self.buffer: Pixels = np.zeros((1, height, width, 3), np.uint8)
        self.infer = compiled.create_infer_request()
        self.infer.set_input_tensor(ov.Tensor(self.buffer, shared_memory=True))


class _Size:
    """A model compiled for one size, and its requests."""

    def __init__(self, compiled: ov.CompiledModel, height: int, width: int) -> None:
        self._compiled = compiled
        self._height = height
        self._width = width
        self._free: queue.SimpleQueue[_Request] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._made = 0

    def take(self) -> _Request:
        """Return a free request, a new one while there may be more, else wait for one."""
        try:
            return self._free.get_nowait()
        except queue.Empty:
            pass
        with self._lock:
            if self._made < REQUESTS:
                self._made += 1
                return _Request(self._compiled, self._height, self._width)
        return self._free.get()

    def give(self, request: _Request) -> None:
        self._free.put(request)


class _Run:
    """A request under way."""

    def __init__(self, size: _Size, request: _Request) -> None:
        self._size = size
        self._request: _Request | None = request

    def wait(self) -> Outputs:
        if self._request is None:
            raise ModelUnusable("This run was released before it was waited for.")
        infer = self._request.infer
        try:
            infer.wait()
        except RuntimeError as error:
            raise ModelUnusable(f"The model failed on a picture: {str(error)[:200]}") from error
        return tuple(tensor.data[0] for tensor in infer.output_tensors)

    def release(self) -> None:
        request, self._request = self._request, None
        if request is None:
            return
        request.infer.wait()
        self._size.give(request)

    def __del__(self) -> None:
        # A run that nobody finished (an error between submit and wait) must not cost its request.
        self.release()


class OpenVinoNetwork:
    """A model run by OpenVINO on the processor.

    Args:
        model: the ONNX file's bytes, verified.
        rgb_divisor: what the model expects 8-bit values divided by.
        precision: what the model itself computes in, for the console; OpenVINO's choice when it is left to it.
    """

    _core: ov.Core | None = None
    _core_lock = threading.Lock()

    def __init__(self, model: bytes, *, rgb_divisor: float, precision: str = "") -> None:
        self._model = model
        self._divisor = rgb_divisor
        self._sizes: OrderedDict[tuple[int, int], _Size] = OrderedDict()
        self._lock = threading.Lock()
        self._precision = precision
        self._compile(64, 64)

    @property
    def device(self) -> str:
        """What runs it."""
        return f"OpenVINO, {self._precision}"

    def submit(self, height: int, width: int, fill: Fill) -> _Run:
        """Start a picture; see `Network.submit`."""
        size = self._size(height, width)
        request = size.take()
        try:
            fill(request.buffer[0])
            request.infer.start_async()
        except BaseException:
            size.give(request)
            raise
        return _Run(size, request)

    def _size(self, height: int, width: int) -> _Size:
        with self._lock:
            size = self._sizes.get((height, width))
            if size is None:
                size = _Size(self._compile(height, width), height, width)
                self._sizes[height, width] = size
                if len(self._sizes) > SHAPES_KEPT:
                    self._sizes.popitem(last=False)
            else:
                self._sizes.move_to_end((height, width))
            return size

    def _compile(self, height: int, width: int) -> ov.CompiledModel:
        core = self._shared_core()
        try:
            model = core.read_model(self._model, ov.Tensor(np.zeros(0, np.uint8)))
            model.reshape([1, 3, height, width])
            steps = PrePostProcessor(model)
            tensor = steps.input().tensor()
            tensor.set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC")).set_color_format(ColorFormat.BGR)
            change = steps.input().preprocess().convert_color(ColorFormat.RGB).convert_element_type(ov.Type.f32)
            if self._divisor != 1.0:
                change.scale(self._divisor)
            steps.input().model().set_layout(ov.Layout("NCHW"))
            compiled = core.compile_model(steps.build(), "CPU", {"PERFORMANCE_HINT": "THROUGHPUT"})
        except RuntimeError as error:
            raise ModelUnusable(
                f"OpenVINO cannot load the model for pictures of {width} × {height}: {str(error)[:200]} "
                "Export it again, or choose another engine with VIGIE_ENGINE."
            ) from error
        self._precision = self._precision or compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name()
        return compiled

    @classmethod
    def _shared_core(cls) -> ov.Core:
        with cls._core_lock:
            if cls._core is None:
                cls._core = ov.Core()
            return cls._core
