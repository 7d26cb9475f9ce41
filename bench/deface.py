"""deface, the usual tool for blurring faces, on ONNX Runtime in an environment of its own: its speed and what it covers."""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from detection.vision.frames import Pixels
from soc.embedded import assets

FRAMES_PER_SECOND = 10


class DefaceFailed(RuntimeError):
    """deface could not be run; the text is what it said last."""


def cut(frames: int, folder: Path) -> Path:
    """Write the street camera's first frames as a film without loss."""
    capture = cv2.VideoCapture(str(assets.ensure("vtest.avi")))
    target = folder / "film.avi"
    writer = cv2.VideoWriter(str(target), cv2.VideoWriter.fourcc(*"MJPG"), FRAMES_PER_SECOND, (768, 576))
    writer.set(cv2.VIDEOWRITER_PROP_QUALITY, 100)
    for _ in range(frames):
        writer.write(capture.read()[1])
    writer.release()
    return target


def blur(program: Path, film: Path) -> tuple[float, Path]:
    """Run deface over a film: seconds, and the blurred film."""
    target = film.with_name("blurred.mp4")
    command: list[str | Path] = [program, film, "-o", target, "--backend", "onnxrt", "--replacewith", "blur"]
    begun = time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise DefaceFailed((done.stderr.strip().splitlines() or ["deface failed without a word"])[-1])
    return time.perf_counter() - begun, target


def frames_per_second(program: Path, frames: int) -> float:
    """Frames a second, without starting: the difference of a long film and a short one."""
    with tempfile.TemporaryDirectory() as folder:
        short, _ = blur(program, cut(2, Path(folder)))
        long, _ = blur(program, cut(2 + frames, Path(folder)))
        return frames / max(long - short, 1e-6)


def blurred(program: Path, frames: int) -> list[tuple[Pixels, Pixels]]:
    """Original and blurred frames; what changed by less than compression changes is set back to the original."""
    with tempfile.TemporaryDirectory() as folder:
        film = cut(frames, Path(folder))
        _, target = blur(program, film)
        before, after = cv2.VideoCapture(str(film)), cv2.VideoCapture(str(target))
        pairs = []
        for _ in range(frames):
            more, original = before.read()
            also, result = after.read()
            if not (more and also):
                break
            result = cv2.resize(result, (original.shape[1], original.shape[0]))
            same = cv2.blur(cv2.absdiff(original, result), (5, 5)).max(axis=2) < 12
            pairs.append((np.asarray(original, np.uint8), np.where(same[..., None], original, result).astype(np.uint8)))
        return pairs
