"""Exports YOLO weights to ONNX with a free batch, height and width, and compares the result with torch.

Runs in the models environment (torch, ultralytics), never in a watcher:

    .venvs/models/bin/python tools/export_model.py var/models/yolov8n.pt var/footage/bus.jpg var/models/yolov8n.onnx

Beside the result lies `<name>.json` with the SHA-256 of the weights and of the result: a result whose weights, exporter
or contents changed is exported anew, any other is left as it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

OPSET = 19
# Height and width, pixels: not only the square one that it was traced with.
TRIED_SIZES = ((640, 640), (416, 416), (320, 416))
# Greatest difference of box coordinates (pixels) and scores (0..1) from torch; float noise is 1000 times less.
BOX_TOLERANCE = 0.5
SCORE_TOLERANCE = 0.01


class ExportFault(RuntimeError):
    """The model could not be exported, or the export does not say what torch says."""


@dataclass(frozen=True)
class Record:
    """What a result was made from, to tell whether it is still the right one."""

    source_sha256: str
    sha256: str
    opset: int
    exporter: str
    input: str = "images"
    output: str = "output0"


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in lower-case hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_current(source: Path, target: Path, maker: Path = Path(__file__)) -> bool:
    """Say whether `target` is what the program `maker`, this one, made of `source`."""
    note = target.with_suffix(".json")
    if not (target.exists() and note.exists()):
        return False
    found = json.loads(note.read_text())
    expected = (digest(source), digest(target), digest(maker))
    return (found.get("source_sha256"), found.get("sha256"), found.get("exporter")) == expected


def export(source: Path, picture: Path, target: Path) -> Record:
    """Export `source` to `target`, once it agrees with torch on `picture`.

    Raises:
        ExportFault: it does not agree.
    """
    from ultralytics import YOLO

    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".export-") as scratch:
        # ultralytics writes the result beside the weights.
        weights = Path(scratch) / source.name
        weights.write_bytes(source.read_bytes())
        made = Path(YOLO(str(weights)).export(format="onnx", dynamic=True, simplify=True, opset=OPSET, device="cpu"))
        worst = compare(weights, made, picture)
        record = Record(digest(source), digest(made), OPSET, digest(Path(__file__)))
        made.replace(target)
    target.with_suffix(".json").write_text(json.dumps(asdict(record), indent=2) + "\n")
    print(f"{target.name}: agrees with torch on {picture.name} within {worst[0]:.4f} px and {worst[1]:.6f}")
    return record


def compare(weights: Path, made: Path, picture: Path) -> tuple[float, float]:
    """Return the greatest difference from torch of boxes (pixels) and scores, over sizes and a batch of two."""
    import cv2
    import numpy as np
    import onnxruntime
    import torch
    from ultralytics import YOLO

    model = YOLO(str(weights)).model.float().eval()
    session = onnxruntime.InferenceSession(str(made), providers=["CPUExecutionProvider"])
    pixels = cv2.imread(str(picture))
    if pixels is None:
        raise ExportFault(f"{picture} is not a picture that can be read.")
    worst = (0.0, 0.0)
    for height, width in TRIED_SIZES:
        frame = cv2.resize(pixels, (width, height))[..., ::-1].transpose(2, 0, 1).astype(np.float32) / 255
        batch = np.ascontiguousarray(np.stack([frame, frame[:, ::-1]]))
        with torch.no_grad():
            expected = model(torch.from_numpy(batch))[0].numpy()
        (found,) = session.run(None, {"images": batch})
        if found.shape != expected.shape:
            raise ExportFault(f"The export answers {found.shape} where torch answers {expected.shape}.")
        if not (expected[0, 4] > 0.5).any():
            raise ExportFault(f"torch finds nobody on {picture.name}: the weights are not what they should be.")
        difference = np.abs(found - expected)
        worst = (max(worst[0], float(difference[:, :4].max())), max(worst[1], float(difference[:, 4:].max())))
    if worst[0] > BOX_TOLERANCE or worst[1] > SCORE_TOLERANCE:
        raise ExportFault(f"The export differs from torch by {worst[0]:.3f} px and {worst[1]:.4f} in score.")
    return worst


def main(source: Path, picture: Path, target: Path) -> int:
    """Export unless the result is current. Returns the exit status."""
    if is_current(source, target):
        print(f"{target.name}: up to date")
        return 0
    # Before ultralytics is imported: no downloads, no installs, weights only, settings of our own.
    os.environ |= {"YOLO_OFFLINE": "true", "YOLO_AUTOINSTALL": "false", "ULTRALYTICS_SAFE_LOAD": "1"}
    os.environ["YOLO_VERBOSE"] = "false"
    try:
        with tempfile.TemporaryDirectory(prefix="vigie-ultralytics-") as settings:
            os.environ["YOLO_CONFIG_DIR"] = settings
            export(source, picture, target)
    except ExportFault as fault:
        print(f"{fault} The watchers would be blind: report this with the versions installed.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*map(Path, sys.argv[1:])))
