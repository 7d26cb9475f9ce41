"""Model files: none is loaded unless its SHA-256 is the one that was written down when it was verified or made."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final

DETECTOR: Final = "yolov8n.onnx"
"""The detector, exported on this machine; its hash lies beside it in `yolov8n.onnx.sha256`."""

FACES: Final = "centerface.onnx"
FACES_SHA256: Final = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"

_HEX_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


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
    """Return the SHA-256 that was written beside an exported model, in the format of `sha256sum`.

    Raises:
        ModelUnusable: there is none, or it is no SHA-256.
    """
    record = path.with_name(path.name + ".sha256")
    try:
        text = record.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelUnusable(
            f"The SHA-256 of {path.name} was not recorded: {record.name} is missing or unreadable. "
            "Run `make run` again to export the model."
        ) from error
    found = _HEX_DIGEST.search(text)
    if found is None:
        raise ModelUnusable(
            f"{record.name} holds no SHA-256. Delete {path.name} and run `make run` again to export the model."
        )
    return found.group()


def detector_bytes(folder: Path) -> bytes:
    """Return the verified detector of a models folder; raises `ModelUnusable`."""
    path = folder / DETECTOR
    return verified(path, recorded_digest(path))


def faces_bytes(folder: Path) -> bytes:
    """Return the verified face detector of a models folder; raises `ModelUnusable`."""
    return verified(folder / FACES, FACES_SHA256)
