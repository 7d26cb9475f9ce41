"""What every backend gives: a loaded model that runs 8-bit pictures of any size, several at a time.

A run is three calls: `submit` fills the model's own input buffer and starts, `wait` gives the outputs, `release` gives the
buffer back. Nothing is copied in between.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from detection.vision.frames import Pixels

Fill = Callable[[Pixels], None]
"""Writes the picture into the buffer it is given: (height, width, 3) uint8, BGR."""

Outputs = tuple[NDArray[np.float32], ...]
"""A model's outputs for one picture, without the batch's axis, in the model's order; valid until the run is released."""


class Run(Protocol):
    """One picture under way through a model."""

    def wait(self) -> Outputs:
        """Wait for the outputs.

        Raises:
            ModelUnusable: the model failed on this picture.
        """

    def release(self) -> None:
        """Give the buffers back, whether the run was waited for or not. The outputs are invalid from now on."""


class Network(Protocol):
    """A model, loaded once in a process and shared by its cameras' threads."""

    @property
    def device(self) -> str:
        """What runs it, for the console: e.g. `OpenVINO, bf16`."""

    def submit(self, height: int, width: int, fill: Fill) -> Run:
        """Start a picture of `height` × `width` pixels; waits for a free buffer when too many are under way.

        Raises:
            ModelUnusable: the model cannot run pictures of this size.
        """
