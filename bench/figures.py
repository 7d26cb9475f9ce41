"""What a benchmark says: figures with a target, and whether it holds. What could not be measured has no value, but a note."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Target(StrEnum):
    """Which way a target is met."""

    AT_LEAST = "≥"
    AT_MOST = "≤"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value.

    Attributes:
        name: grouped by its prefix, e.g. ``watch.share_of_engine``.
        value: ``None`` when it could not be measured; `note` says why.
        unit: of the value and the target; empty for ratios.
        target: ``None`` when there is none.
        direction: how the target is met.
        note: how it was measured, or why it was not.
    """

    name: str
    value: float | None
    unit: str = ""
    target: float | None = None
    direction: Target = Target.AT_LEAST
    note: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the target is met; ``None`` without a value or target."""
        if self.value is None or self.target is None:
            return None
        meets = operator.ge if self.direction is Target.AT_LEAST else operator.le
        return bool(meets(self.value, self.target))

    def as_json(self) -> dict[str, object]:
        """Return what bench/results.json keeps."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "target": None if self.target is None else f"{self.direction} {self.target:g}",
            "holds": self.holds,
            "note": self.note,
        }


Measurer = Callable[[bool], list[Figure]]
"""Measures one group of figures; its argument asks for the short form."""


def unmeasured(name: str, why: str, target: float | None = None, direction: Target = Target.AT_LEAST) -> Figure:
    """Return a figure that could not be measured."""
    return Figure(name, None, target=target, direction=direction, note=why)
