"""Makes a detector of 8 bits of the exported one, and compares what both find.

Runs in the models environment, after export_model.py and on a processor that multiplies bytes (`detection.vision.processor`):

    .venvs/models/bin/python -m tools.quantise_model WEIGHTS EXPORTED FOOTAGE_FOLDER TARGET

Only convolutions are quantised: weights a channel each, activations from the range that they have on footage (ONNX Runtime's
static quantisation, https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html). What turns the last maps
into boxes stays as it is. The street camera on which privacy is measured is not among the footage.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.export_model import OPSET, ExportFault, Record, digest, is_current

if TYPE_CHECKING:
    import numpy as np

# Every so many frames of each film; together some 50 pictures, at the sizes that cameras are analysed at. The two pictures with
# large people matter: without them the ranges are narrower, and four times as many weak people are lost.
FILMS = {"bikes.mp4": 6, "carphone_pristine.mp4": 60, "bigbuckbunny.mp4": 20}
PICTURES = ("bus.jpg", "zidane.jpg")
SIZES = (416, 640)
COMPARED_EVERY = 4

# Of what the exported detector is sure of, the share that must be found at the same place by the one of 8 bits.
SURE, STILL_SEEN, SAME_PLACE, LEAST_FOUND = 0.5, 0.25, 0.7, 0.97
# Of the places where it sees a person weakly, the share that may fall below the confidence from which heads are masked.
WEAK, MOST_LOST = 0.06, 0.06


@dataclass(frozen=True)
class Agreement:
    """What the exported detector sees, and what of it the one of 8 bits does.

    Attributes:
        sure: things that the exported one is sure of; `found` of them are found at the same place.
        weak: places where it sees a person at all; `lost` of them would not be masked.
    """

    sure: int
    found: int
    weak: int
    lost: int

    @property
    def holds(self) -> bool:
        """Whether the one of 8 bits may take the other's place."""
        return self.sure > 0 and self.found >= LEAST_FOUND * self.sure and self.lost <= MOST_LOST * self.weak

    def __str__(self) -> str:
        return f"finds {self.found} of {self.sure} things and loses {self.lost} of {self.weak} places with a person"


def pictures(footage: Path) -> Iterator[np.ndarray]:
    """Yield the frames to measure ranges on, (h, w, 3) uint8 BGR."""
    import cv2

    for name, step in FILMS.items():
        film = cv2.VideoCapture(str(footage / name))
        more, frame = film.read()
        number = 0
        while more:
            if number % step == 0:
                yield frame
            more, frame = film.read()
            number += 1
        film.release()
    for name in PICTURES:
        picture = cv2.imread(str(footage / name))
        if picture is not None:
            yield picture


def inputs(footage: Path) -> Iterator[dict[str, np.ndarray]]:
    """Yield every frame at every size as the model takes it: scaled, padded, RGB, 0..1."""
    import numpy as np

    from detection.vision.letterbox import Letterbox

    for frame in pictures(footage):
        for size in SIZES:
            letterbox = Letterbox.of(frame.shape[1], frame.shape[0], size)
            canvas = np.empty((letterbox.height, letterbox.width, 3), np.uint8)
            letterbox.fill(frame, canvas)
            yield {"images": np.ascontiguousarray(canvas[..., ::-1].transpose(2, 0, 1)[None].astype(np.float32) / 255)}


class Footage:
    """What ONNX Runtime reads the ranges from (its `CalibrationDataReader`)."""

    def __init__(self, folder: Path) -> None:
        self._left = inputs(folder)

    def get_next(self) -> dict[str, np.ndarray] | None:
        """Return the next input, ``None`` after the last."""
        return next(self._left, None)


def quantise(weights: Path, exported: Path, footage: Path, target: Path) -> None:
    """Make `target`, once it finds what `exported` finds.

    Raises:
        ExportFault: it does not.
    """
    import onnx
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static

    convolutions = [node.name for node in onnx.load(exported).graph.node if node.op_type == "Conv"]
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".quantise-") as scratch:
        made = Path(scratch) / target.name
        quantize_static(
            str(exported),
            str(made),
            Footage(footage),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            # The last one is no layer: it weighs the distribution of each box's sides.
            nodes_to_quantize=[name for name in convolutions if "/dfl/" not in name],
            op_types_to_quantize=["Conv"],
            calibrate_method=CalibrationMethod.MinMax,
            extra_options={"ActivationSymmetric": False, "WeightSymmetric": True},
        )
        agreement = compare(exported, made, footage)
        if not agreement.holds:
            raise ExportFault(f"The detector of 8 bits {agreement}, of those that the exported one sees.")
        record = Record(digest(weights), digest(made), OPSET, digest(Path(__file__)))
        made.replace(target)
    target.with_suffix(".json").write_text(json.dumps(asdict(record), indent=2) + "\n")
    print(f"{target.name} {agreement}, of those that {exported.name} sees")


def compare(exported: Path, made: Path, footage: Path) -> Agreement:
    """Compare what both find on a part of the footage."""
    import numpy as np
    import onnxruntime

    from detection.vision.detections import intersection_over_union
    from detection.vision.engine import PERSON_FLOOR
    from detection.vision.labels import PERSON

    sessions = [
        onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]) for path in (exported, made)
    ]
    sure = found = weak = lost = 0
    for number, given in enumerate(inputs(footage)):
        if number % COMPARED_EVERY:
            continue
        theirs, ours = (session.run(None, given)[0][0] for session in sessions)
        for anchor in np.flatnonzero(theirs[4:].max(axis=0) > SURE):
            kind = 4 + int(theirs[4:, anchor].argmax())
            near = ours[:4, ours[kind] > STILL_SEEN]
            sure += 1
            same = intersection_over_union(_corners(theirs[:4, anchor : anchor + 1]), _corners(near)) > SAME_PLACE
            found += bool(same.any())
        # Both answer for the same places of the picture.
        people = theirs[4 + PERSON] > WEAK
        weak += int(people.sum())
        lost += int((ours[4 + PERSON, people] < PERSON_FLOOR).sum())
    return Agreement(sure, found, weak, lost)


def _corners(boxes: np.ndarray) -> np.ndarray:
    """Return (4, n) centres and sides as (n, 4) corners."""
    import numpy as np

    corners: np.ndarray = np.concatenate((boxes[:2] - boxes[2:] / 2, boxes[:2] + boxes[2:] / 2)).T
    return corners


def main(weights: Path, exported: Path, footage: Path, target: Path) -> int:
    """Quantise unless the result is current. Returns the exit status."""
    # It recommends a preparation of the model that the exporter has done.
    logging.getLogger().setLevel(logging.ERROR)
    if is_current(weights, target, Path(__file__)):
        print(f"{target.name}: up to date")
        return 0
    try:
        quantise(weights, exported, footage, target)
    except ExportFault as fault:
        print(f"{fault} Report this with the versions installed.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")
    sys.exit(main(*map(Path, sys.argv[1:])))
