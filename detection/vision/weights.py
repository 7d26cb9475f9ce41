"""Model files: none is loaded unless its SHA-256 is the one that was written down when it was verified or made."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final

DETECTOR: Final = "yolov8n.onnx"
"""The detector, exported on this machine by tools/export_model.py, which notes its hash beside it in `yolov8n.json`."""

DETECTOR_INT8: Final = "yolov8n-int8.onnx"
"""The same in 8 bits, made by tools/quantise_model.py, noted likewise; absent where the processor has no use for it."""

DETECTOR_WEIGHTS_SHA256: Final = "f59b3d833e2ff32e194b5bb8e08d211dc7c5bdf144b90d2c8412c47ccfc83b36"
"""Of the weights that it must have been exported from."""

FACES: Final = "centerface.onnx"
FACES_SHA256: Final = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"


class ModelUnusable(RuntimeError):
    """A model cannot be loaded or run; the text says what happened and what to do."""


def verified(path: Path, expected: str) -> bytes:
    """Return a file's bytes if its SHA-256 is `expected`.

    The bytes that were verified are the bytes that are loaded: a file that changes in between changes nothing.

    Raises:
        ModelUnusable: there is no such file, it cannot be read, or it is another one.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelUnusable(
            f"The model file {path.name} is missing or cannot be read ({error.strerror}). "
            "Run `make run` again to fetch and export the models."
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise ModelUnusable(
            f"The model file {path.name} is not the one that was verified: its SHA-256 is {found[:16]}…, expected "
            f"{expected[:16]}…. It is not loaded. Delete it and run `make run` again."
        )
    return content


def recorded_digest(path: Path) -> str:
    """Return the SHA-256 that was noted beside an exported model when it was made.

    Raises:
        ModelUnusable: there is no note, it cannot be read, or it was exported from other weights.
    """
    note = path.with_suffix(".json")
    try:
        found = json.loads(note.read_text(encoding="utf-8"))
        digest, source = str(found["sha256"]), str(found["source_sha256"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelUnusable(
            f"The SHA-256 of {path.name} was not noted: {note.name} is missing or unreadable. "
            "Run `make run` again to export the model."
        ) from error
    if source != DETECTOR_WEIGHTS_SHA256:
        raise ModelUnusable(
            f"{path.name} was exported from other weights than the verified ones (SHA-256 {source[:16]}…). "
            "It is not loaded. Delete it and run `make run` again."
        )
    return digest


def detector_bytes(folder: Path, name: str = DETECTOR) -> bytes:
    """Return the verified detector of a models folder; raises `ModelUnusable`."""
    path = folder / name
    return verified(path, recorded_digest(path))


def faces_bytes(folder: Path) -> bytes:
    """Return the verified face detector of a models folder; raises `ModelUnusable`."""
    return verified(folder / FACES, FACES_SHA256)
