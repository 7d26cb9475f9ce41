"""The detector and the face finder of one process, shared by all cameras that it watches.

engines = open_engines("auto", folder, 640)
job = engines.detector.submit(frame)    # letterboxed into the model's own buffer, runs in the background
job.detections()                        # waits
"""

from __future__ import annotations

import platform
import threading
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from detection.vision import faces, weights
from detection.vision.detections import Detections, Floats, decode
from detection.vision.faces import FaceFinder
from detection.vision.frames import Pixels
from detection.vision.labels import LABELS, PERSON, VEHICLES
from detection.vision.letterbox import STRIDE, Letterbox
from detection.vision.network import Network, Run
from detection.vision.processor import multiplies_bytes
from detection.vision.weights import ModelUnusable

SMALLEST_SIZE: Final = 160
LARGEST_SIZE: Final = 1280
PERSON_FLOOR: Final = 0.03
"""Lowest confidence of a person that is masked. Rules see tracks only, which need more: `tracker`. Measured on a street camera:
0.04 leaves up to twice as many heads bare; 0.02 masks a tenth more of the picture and covers no more heads."""

VEHICLE_FLOOR: Final = 0.2
OTHER_FLOOR: Final = 0.25
OVERLAP: Final = 0.6
MOST: Final = 200


class EngineKind(StrEnum):
    """What runs the models."""

    AUTO = "auto"
    OPENVINO = "openvino"
    ONNX = "onnx"
    CUDA = "cuda"


class Job:
    """A frame under way through the detector."""

    def __init__(self, run: Run, letterbox: Letterbox, floors: Floats) -> None:
        self._run = run
        self._letterbox = letterbox
        self._floors = floors

    def detections(self) -> Detections:
        """Wait and return what was found, once; gives the model's buffers back.

        Raises:
            ModelUnusable: the model failed on this frame.
        """
        try:
            output = self._run.wait()[0]
            return decode(
                output, 1 / self._letterbox.inner_width, 1 / self._letterbox.inner_height, self._floors, OVERLAP, MOST
            )
        finally:
            self._run.release()

    def abandon(self) -> None:
        """Give the buffers back without a result."""
        self._run.release()


class Engine:
    """The detector at one analysis size. Thread-safe: cameras share it, their frames run side by side.

    Args:
        network: the loaded model.
        size: length of a frame's longer side in the analysis, pixels; a multiple of 32.
    """

    def __init__(self, network: Network, size: int) -> None:
        if not SMALLEST_SIZE <= size <= LARGEST_SIZE or size % STRIDE:
            raise ValueError(f"size must be a multiple of {STRIDE} from {SMALLEST_SIZE} to {LARGEST_SIZE}, not {size}")
        self.network = network
        self.size = size
        self._floors = np.full(len(LABELS), OTHER_FLOOR, np.float32)
        self._floors[list(VEHICLES)] = VEHICLE_FLOOR
        self._floors[PERSON] = PERSON_FLOOR

    @property
    def device(self) -> str:
        """What runs it, for the console."""
        return self.network.device

    def scaled(self, frame: Pixels) -> Pixels:
        """Return a frame, (h, w, 3) uint8, at the analysis size: its longer side has `size` pixels."""
        letterbox = Letterbox.of(frame.shape[1], frame.shape[0], self.size)
        return letterbox.scaled(frame)

    def submit(self, frame: Pixels) -> Job:
        """Start a frame, (h, w, 3) uint8 BGR, scaled or not; returns at once unless too many are under way.

        Raises:
            ModelUnusable: the model cannot run frames of this size.
        """
        letterbox = Letterbox.of(frame.shape[1], frame.shape[0], self.size)
        run = self.network.submit(letterbox.height, letterbox.width, lambda buffer: letterbox.fill(frame, buffer))
        return Job(run, letterbox, self._floors)


@dataclass(frozen=True, slots=True)
class Engines:
    """What a camera's pipeline shares with the process's other cameras."""

    detector: Engine
    faces: FaceFinder


_lock = threading.Lock()
_detectors: dict[tuple[EngineKind, Path], Network] = {}
_face_finders: dict[tuple[EngineKind, Path], FaceFinder] = {}


def open_engine(kind: str, model_folder: Path, size: int) -> Engine:
    """Return the detector; the model is loaded once in a process, whatever the sizes.

    Args:
        kind: a value of `EngineKind`.
        model_folder: where the verified models lie.
        size: the analysis size, a multiple of 32 from 160 to 1280.

    Raises:
        ModelUnusable: a file is missing, has the wrong SHA-256, or nothing here can run it.
    """
    chosen = resolve(kind)
    # Cameras run side by side already: OpenCV's own threads would only take the models' cores.
    cv2.setNumThreads(1)
    with _lock:
        network = _detectors.get((chosen, model_folder))
        if network is None:
            network = _load(chosen, model_folder)
            _detectors[chosen, model_folder] = network
    return Engine(network, size)


def open_engines(kind: str, model_folder: Path, size: int) -> Engines:
    """Return the detector and the face finder; arguments and errors as of `open_engine`."""
    detector = open_engine(kind, model_folder, size)
    chosen = resolve(kind)
    with _lock:
        faces = _face_finders.get((chosen, model_folder))
        if faces is None:
            faces = FaceFinder(_load_faces(chosen, weights.faces_bytes(model_folder)))
            _face_finders[chosen, model_folder] = faces
    return Engines(detector, faces)


def resolve(kind: str) -> EngineKind:
    """Return what `kind` means on this machine: `AUTO` takes CUDA where there is one, OpenVINO on x86, else ONNX Runtime.

    Raises:
        ModelUnusable: there is no such kind.
    """
    try:
        asked = EngineKind(kind)
    except ValueError as error:
        known = ", ".join(EngineKind)
        raise ModelUnusable(f"There is no engine named {kind!r}. VIGIE_ENGINE is one of: {known}.") from error
    if asked is not EngineKind.AUTO:
        return asked
    if find_spec("onnxruntime"):
        from detection.vision.onnx_network import has_cuda

        if has_cuda():
            return EngineKind.CUDA
    on_x86 = platform.machine().lower() in {"x86_64", "amd64"}
    return EngineKind.OPENVINO if on_x86 and find_spec("openvino") else EngineKind.ONNX


def _load(kind: EngineKind, folder: Path) -> Network:
    # Imported here: a machine has the libraries of its own engine only.
    if kind is EngineKind.OPENVINO:
        from detection.vision.openvino_network import OpenVinoNetwork

        if multiplies_bytes() and (folder / weights.DETECTOR_INT8).exists():
            model = weights.detector_bytes(folder, weights.DETECTOR_INT8)
            return OpenVinoNetwork(model, rgb_divisor=255.0, precision="int8")
        return OpenVinoNetwork(weights.detector_bytes(folder), rgb_divisor=255.0)
    from detection.vision.onnx_network import OnnxNetwork

    return OnnxNetwork(weights.detector_bytes(folder), rgb_divisor=255.0, cuda=kind is EngineKind.CUDA)


def _load_faces(kind: EngineKind, model: bytes) -> Network:
    if kind is EngineKind.OPENVINO:
        from detection.vision.openvino_network import OpenVinoNetwork

        return OpenVinoNetwork(model, rgb_divisor=1.0)
    from detection.vision.opencv_network import OpenCvNetwork

    return OpenCvNetwork(model, rgb_divisor=1.0, outputs=faces.OUTPUTS)
