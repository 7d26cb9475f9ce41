"""The models: verified before they are loaded, the same answer from every engine, clear sentences when they cannot."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from detection.vision import weights
from detection.vision.detections import Detections, intersection_over_union
from detection.vision.engine import Engine, EngineKind, Engines, open_engine, open_engines, resolve
from detection.vision.frames import Pixels
from detection.vision.labels import INDEX, LABELS
from detection.vision.network import Run
from detection.vision.onnx_network import OnnxNetwork, has_cuda
from detection.vision.processor import multiplies_bytes
from detection.vision.weights import ModelUnusable
from soc.embedded import assets


def picture(name: str) -> Pixels:
    return np.asarray(cv2.imread(str(assets.ensure(name))), np.uint8)


def sure(found: Detections) -> list[str]:
    return sorted(LABELS[index] for index, sure in zip(found.classes, found.confidences > 0.5, strict=True) if sure)


def test_people_and_a_bus_are_found_where_they_are(engines: Engines) -> None:
    found = engines.detector.submit(picture("bus.jpg")).detections()
    assert sure(found) == ["bus", "person", "person", "person"]
    bus = found.boxes[found.classes == INDEX["bus"]][0]
    assert bus == pytest.approx([0.02, 0.21, 0.99, 0.7], abs=0.03)
    assert found.boxes.dtype == np.float32
    assert found.boxes.min() >= 0
    assert found.boxes.max() <= 1
    assert (np.diff(found.confidences) <= 0).all()


@pytest.mark.parametrize("kind", ["openvino", "onnx"])
def test_every_engine_finds_the_same(models: Path, kind: str) -> None:
    if kind == "openvino":
        pytest.importorskip("openvino")
    own = open_engines(kind, models, 416)
    assert sure(own.detector.submit(picture("zidane.jpg")).detections()) == ["person", "person"]
    faces = own.faces.submit(picture("zidane.jpg")).faces()
    assert faces == pytest.approx(np.array([[0.72, 0.14, 0.82, 0.38], [0.43, 0.37, 0.52, 0.6]]), abs=0.02)


@pytest.mark.skipif(not has_cuda(), reason="no NVIDIA accelerator here")
def test_the_accelerator_finds_the_same(models: Path) -> None:
    found = open_engine("cuda", models, 416).submit(picture("zidane.jpg")).detections()
    assert sure(found) == ["person", "person"]


def test_pictures_that_run_together_as_on_an_accelerator_keep_their_own_outputs(models: Path) -> None:
    """The accelerator's path but for the device: one worker, batches of what waits, pictures of one size together."""
    network = OnnxNetwork(weights.detector_bytes(models), rgb_divisor=255.0, cuda=False, batch=4)
    alone = OnnxNetwork(weights.detector_bytes(models), rgb_divisor=255.0, cuda=False)
    noise = {(height, seed): noisy(height, seed) for height in (64, 96) for seed in range(5)}

    def submit(to: OnnxNetwork, frame: Pixels) -> Run:
        return to.submit(frame.shape[0], frame.shape[1], lambda buffer: np.copyto(buffer, frame))

    jobs = [submit(network, frame) for frame in noise.values()]
    expected = [submit(alone, frame).wait()[0] for frame in noise.values()]
    for index, job in enumerate(jobs):
        near = [other for other, one in enumerate(expected) if np.shape(one) == job.wait()[0].shape]
        differences = {other: float(np.abs(job.wait()[0] - expected[other]).max()) for other in near}
        assert min(differences, key=lambda other: differences[other]) == index
        assert differences[index] < 1e-2


def noisy(height: int, seed: int) -> Pixels:
    """A picture like no other: the model answers each differently."""
    return np.random.default_rng((height, seed)).integers(0, 256, (height, 128, 3), np.uint8)


def test_cameras_share_the_engine_without_mixing_their_frames(engines: Engines) -> None:
    names = ["bus.jpg", "zidane.jpg"] * 2
    expected = {name: engines.detector.submit(picture(name)).detections() for name in set(names)}
    wrong: list[str] = []

    def camera(name: str) -> None:
        frame = picture(name)
        for _ in range(10):
            found = engines.detector.submit(frame).detections()
            if not np.array_equal(found.boxes, expected[name].boxes):
                wrong.append(name)

    threads = [threading.Thread(target=camera, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_jobs_that_nobody_waits_for_give_their_buffers_back(engines: Engines) -> None:
    frame = picture("zidane.jpg")
    for _ in range(20):
        engines.detector.submit(frame).abandon()
        engines.detector.submit(frame)
    assert len(engines.detector.submit(frame).detections())


@pytest.mark.parametrize("size", [(1, 1), (64, 64), (65, 3000), (333, 77), (1920, 1080)])
def test_frames_of_any_size_are_taken(engines: Engines, size: tuple[int, int]) -> None:
    frame = np.full((size[1], size[0], 3), 90, np.uint8)
    assert isinstance(engines.detector.submit(frame).detections(), Detections)
    assert engines.faces.submit(frame).faces().shape[1] == 4


@pytest.fixture
def eight_bits(models: Path, tmp_path: Path) -> Path:
    """A folder with both detectors, where this processor has use for the one of 8 bits."""
    pytest.importorskip("openvino")
    if not multiplies_bytes():
        pytest.skip("this processor does not multiply bytes")
    for name in ("yolov8n.onnx", "yolov8n.json", "yolov8n-int8.onnx", "yolov8n-int8.json"):
        shutil.copy(models / name, tmp_path / name)
    return tmp_path


def test_a_processor_that_multiplies_bytes_gets_the_detector_of_8_bits(eight_bits: Path, street: list[Pixels]) -> None:
    own = open_engine("openvino", eight_bits, 640)
    exact = open_engine("onnx", eight_bits, 640)
    assert own.device == "OpenVINO, int8"
    people = seen = 0
    for frame in street[::3]:
        expected, found = exact.submit(frame).detections(), own.submit(frame).detections()
        persons = expected.where((expected.classes == INDEX["person"]) & (expected.confidences > 0.25))
        overlaps = intersection_over_union(persons.boxes, found.boxes[found.classes == INDEX["person"]])
        people += len(persons)
        seen += int((overlaps.max(axis=1) > 0.6).sum())
    assert people > 40
    assert seen >= 0.98 * people


def test_a_detector_of_8_bits_with_the_wrong_hash_is_refused_and_not_replaced_silently(eight_bits: Path) -> None:
    with (eight_bits / "yolov8n-int8.onnx").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(ModelUnusable, match=r"yolov8n-int8.onnx is not the one that was verified.*make run"):
        open_engine("openvino", eight_bits, 416)


def test_without_a_detector_of_8_bits_the_exported_one_serves(eight_bits: Path) -> None:
    (eight_bits / "yolov8n-int8.onnx").unlink()
    assert open_engine("openvino", eight_bits, 416).device != "OpenVINO, int8"


@pytest.mark.parametrize(
    ("description", "answer"),
    [
        ("processor: 0\nflags\t\t: fpu avx512_vnni sse\n", True),
        ("processor: 0\nflags\t\t: fpu avx2 avx512f\n", False),
        ("processor: 0\nFeatures\t: asimd\n", False),
        ("", False),
    ],
)
def test_what_a_processor_says_of_itself_is_understood(tmp_path: Path, description: str, answer: bool) -> None:
    (tmp_path / "cpuinfo").write_text(description)
    assert multiplies_bytes(tmp_path / "cpuinfo") is answer


def test_a_processor_that_says_nothing_gets_the_exported_detector(tmp_path: Path) -> None:
    assert multiplies_bytes(tmp_path / "missing") is False


@pytest.fixture
def copied(models: Path, tmp_path: Path) -> Path:
    for name in ("yolov8n.onnx", "yolov8n.json", "centerface.onnx"):
        shutil.copy(models / name, tmp_path / name)
    return tmp_path


def test_a_detector_with_the_wrong_hash_is_refused_with_a_sentence(copied: Path) -> None:
    with (copied / "yolov8n.onnx").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(ModelUnusable, match=r"yolov8n.onnx is not the one that was verified.*make run"):
        open_engine("auto", copied, 416)


def test_a_face_detector_with_the_wrong_hash_is_refused(copied: Path) -> None:
    (copied / "centerface.onnx").write_bytes(b"something else")
    with pytest.raises(ModelUnusable, match=r"centerface.onnx is not the one"):
        open_engines("auto", copied, 416)


def test_a_detector_of_other_weights_is_refused(copied: Path) -> None:
    note = json.loads((copied / "yolov8n.json").read_text())
    (copied / "yolov8n.json").write_text(json.dumps(note | {"source_sha256": "0" * 64}))
    with pytest.raises(ModelUnusable, match="other weights"):
        open_engine("auto", copied, 416)


@pytest.mark.parametrize("name", ["yolov8n.onnx", "yolov8n.json"])
def test_a_missing_file_is_said(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(ModelUnusable, match="missing"):
        open_engine("auto", copied, 416)


@pytest.mark.parametrize("kind", ["openvino", "onnx"])
def test_a_file_that_is_no_model_is_refused_although_its_hash_is_right(copied: Path, kind: str) -> None:
    (copied / "yolov8n.onnx").write_bytes(b"no model")
    note = {"sha256": assets.digest(copied / "yolov8n.onnx"), "source_sha256": weights.DETECTOR_WEIGHTS_SHA256}
    (copied / "yolov8n.json").write_text(json.dumps(note))
    with pytest.raises(ModelUnusable, match="cannot load"):
        open_engine(kind, copied, 416)


def test_an_unknown_engine_is_refused_with_the_names_of_those_there_are() -> None:
    with pytest.raises(ModelUnusable, match="auto, openvino, onnx, cuda"):
        resolve("tensorrt")


def test_auto_is_never_left_open() -> None:
    assert resolve("auto") is not EngineKind.AUTO


@pytest.mark.parametrize("size", [0, 100, 159, 161, 1312, -32])
def test_an_analysis_size_out_of_bounds_is_refused(engines: Engines, size: int) -> None:
    with pytest.raises(ValueError, match="multiple of 32"):
        Engine(engines.detector.network, size)
