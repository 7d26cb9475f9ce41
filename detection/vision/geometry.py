"""Points, boxes, polygons and lines in normalised coordinates (0..1 of the frame's width and height)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A point; x to the right, y downwards, both 0..1 of the frame."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle, normalised; left < right, top < bottom."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def foot(self) -> Point:
        """Where a standing thing touches the ground: the middle of the lower edge."""
        return Point((self.left + self.right) / 2, self.bottom)
