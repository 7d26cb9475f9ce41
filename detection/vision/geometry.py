"""Points, boxes, polygons and lines in normalised coordinates (0..1 of the frame's width and height)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Final

FEWEST_POINTS: Final = 3
MOST_POINTS: Final = 64
SMALLEST_AREA: Final = 1e-6
"""Of the frame; less is a polygon that nobody can see."""


class Fault(StrEnum):
    """What is wrong with a shape: a code, for whoever says it in the reader's language."""

    POINTS = "points"
    OUTSIDE = "outside"
    REPEATED = "repeated"
    CROSSING = "crossing"
    FLAT = "flat"


_SENTENCES: Final[dict[Fault, str]] = {
    Fault.POINTS: f"A zone has from {FEWEST_POINTS} to {MOST_POINTS} points.",
    Fault.OUTSIDE: "Every point must lie in the picture: both coordinates from 0 to 1.",
    Fault.REPEATED: "Two points that follow each other lie in the same place. Remove one of them.",
    Fault.CROSSING: "The zone's outline crosses or touches itself. Move its points so that it does not.",
    Fault.FLAT: "The zone has no area. Move its points apart.",
}


class ShapeRefused(ValueError):
    """A polygon or line that cannot be used. `fault` says why as a code, the text as an English sentence."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(_SENTENCES[fault])
        self.fault = fault


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


def side(start: Point, end: Point, point: Point) -> float:
    """Return on which side of the line through `start` and `end` a point lies: > 0 right, < 0 left, seen from `start`.

    >>> side(Point(0, 0.5), Point(1, 0.5), Point(0.5, 0.9)) > 0
    True
    """
    return (end.x - start.x) * (point.y - start.y) - (end.y - start.y) * (point.x - start.x)


def crossing(start: Point, end: Point, before: Point, after: Point) -> bool | None:
    """Return how a step from `before` to `after` crosses the line from `start` to `end`; see `Segment.crossing`."""
    was_right = side(start, end, before) > 0
    is_right = side(start, end, after) > 0
    if was_right == is_right:
        return None
    # The same answer both ways: the step's ends are taken in one order.
    one, other = sorted((before, after), key=lambda point: (point.x, point.y))
    if (side(one, other, start) > 0) == (side(one, other, end) > 0):
        return None
    return is_right


@dataclass(frozen=True, slots=True)
class Segment:
    """A line drawn on the picture from `start` to `end`, with a left and a right side.

    Raises:
        ShapeRefused: a point lies outside the picture, or both in the same place.
    """

    start: Point
    end: Point

    def __post_init__(self) -> None:
        _refuse_outside((self.start, self.end))
        if self.start == self.end:
            raise ShapeRefused(Fault.REPEATED)

    def crossing(self, before: Point, after: Point) -> bool | None:
        """Return how going straight from `before` to `after` crosses the line.

        Returns:
            ``True`` from its left to its right, ``False`` from right to left, ``None`` when it does not cross. A point on
            the line counts as left of it, so that a walk through the line crosses it once.

        >>> Segment(Point(0, 0.5), Point(1, 0.5)).crossing(Point(0.5, 0.4), Point(0.5, 0.6))
        True
        """
        return crossing(self.start, self.end, before, after)


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed outline that does not cross itself.

    Attributes:
        points: 3 to 64, in order; the last is joined to the first.

    Raises:
        ShapeRefused: it is none; the text says why.
    """

    points: tuple[Point, ...]

    def __post_init__(self) -> None:
        if not FEWEST_POINTS <= len(self.points) <= MOST_POINTS:
            raise ShapeRefused(Fault.POINTS)
        _refuse_outside(self.points)
        if any(start == end for start, end in _edges(self.points)):
            raise ShapeRefused(Fault.REPEATED)
        if touches_itself(self.points):
            raise ShapeRefused(Fault.CROSSING)
        if abs(self.area) < SMALLEST_AREA:
            raise ShapeRefused(Fault.FLAT)

    @classmethod
    def of(cls, coordinates: Iterable[Iterable[float]]) -> Polygon:
        """Make a polygon of ``[[x, y], …]``, as it is kept in the database.

        >>> Polygon.of([[0, 0], [1, 0], [1, 1]]).contains(Point(0.9, 0.5))
        True
        """
        return cls(tuple(Point(float(x), float(y)) for x, y in coordinates))

    @property
    def area(self) -> float:
        """The area, of the frame's; negative when the points go counter-clockwise as seen."""
        return sum(start.x * end.y - end.x * start.y for start, end in _edges(self.points)) / 2

    def contains(self, point: Point) -> bool:
        """Return whether the point lies inside or on the outline: somebody cut off by the frame's edge stands on it."""
        inside = False
        for start, end in _edges(self.points):
            if _on(start, end, point):
                return True
            if (start.y > point.y) != (end.y > point.y):
                x = start.x + (point.y - start.y) * (end.x - start.x) / (end.y - start.y)
                inside ^= point.x < x
        return inside


def _edges(points: Sequence[Point]) -> list[tuple[Point, Point]]:
    return list(zip(points, (*points[1:], points[0]), strict=True))


def _refuse_outside(points: Iterable[Point]) -> None:
    for point in points:
        # NaN is in no range.
        if not (0.0 <= point.x <= 1.0 and 0.0 <= point.y <= 1.0):
            raise ShapeRefused(Fault.OUTSIDE)


def _on(start: Point, end: Point, point: Point) -> bool:
    """Whether `point` lies on the closed segment, up to rounding."""
    length = math.hypot(end.x - start.x, end.y - start.y)
    if abs(side(start, end, point)) > 1e-12 * max(length, 1e-3):
        return False
    return min(start.x, end.x) <= point.x <= max(start.x, end.x) and min(start.y, end.y) <= point.y <= max(
        start.y, end.y
    )


def touches_itself(points: Sequence[Point]) -> bool:
    """Whether two sides of a closed outline meet elsewhere than where one ends and the next begins; the unit does not matter."""
    edges = _edges(points)
    last = len(edges) - 1
    for (i, first), (j, second) in combinations(enumerate(edges), 2):
        if j == i + 1:
            if _on(*first, second[1]) or _on(*second, first[0]):
                return True
        elif i == 0 and j == last:
            if _on(*first, second[0]) or _on(*second, first[1]):
                return True
        elif _meet(first, second):
            return True
    return False


def _meet(first: tuple[Point, Point], second: tuple[Point, Point]) -> bool:
    """Whether two closed segments have a point in common."""
    if any(_on(*first, point) for point in second) or any(_on(*second, point) for point in first):
        return True
    return (side(*first, second[0]) > 0) != (side(*first, second[1]) > 0) and (side(*second, first[0]) > 0) != (
        side(*second, first[1]) > 0
    )
