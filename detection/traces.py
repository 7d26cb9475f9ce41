"""What the vision found in one frame, for who looks at it live: boxes, tied to the frame by its time.

A box carries a number so that it can be followed from frame to frame on the screen. It is not the tracker's: it is the smallest
one that is free, freed soon after the thing is out of sight and given to the next, and all are forgotten when nobody looks. So it
names nobody: not later, not on another camera.
"""

from __future__ import annotations

import json
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import count
from typing import Final
from uuid import UUID

from detection.observations import Observation

HOLD_S: Final = 2.0
"""How long a number waits for a thing that is out of sight; then the next thing may have it."""

DIGITS: Final = 4
"""A ten-thousandth of the picture is finer than a pixel of it."""


@dataclass(slots=True)
class _Slot:
    number: int
    seen_at: float


class Traces:
    """The numbers on one camera's boxes while somebody looks."""

    def __init__(self, camera: UUID) -> None:
        self._camera = str(camera)
        self._slots: dict[int, _Slot] = {}

    def forget(self) -> None:
        """Nobody looks: who looks next begins with new numbers."""
        self._slots.clear()

    def encode(self, observation: Observation, fired: AbstractSet[int]) -> bytes:
        """One frame's boxes as the browser gets them, JSON.

        Args:
            observation: the frame's facts.
            fired: tracks because of which a rule matches now.
        """
        self._free(observation.captured_at)
        boxes = []
        for track in observation.tracks:
            box = track.box
            boxes.append(
                {
                    "number": self._number(track.track, observation.captured_at),
                    "label": track.label,
                    "box": [round(edge, DIGITS) for edge in (box.left, box.top, box.right, box.bottom)],
                    "zones": sorted(map(str, track.zones)),
                    "fired": track.track in fired,
                }
            )
        told = {"camera": self._camera, "at": observation.captured_at, "boxes": boxes}
        return json.dumps(told, separators=(",", ":")).encode()

    def _free(self, now: float) -> None:
        # A clock that was set back frees everything: what was seen "later" was seen before.
        for track in [track for track, slot in self._slots.items() if not 0 <= now - slot.seen_at <= HOLD_S]:
            del self._slots[track]

    def _number(self, track: int, at: float) -> int:
        slot = self._slots.get(track)
        if slot is None:
            taken = {slot.number for slot in self._slots.values()}
            slot = self._slots[track] = _Slot(next(number for number in count(1) if number not in taken), at)
        slot.seen_at = at
        return slot.number
