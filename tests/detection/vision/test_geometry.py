"""Zones and lines: what is inside, what crosses, what is refused."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from detection.vision.geometry import Box, Fault, Point, Polygon, Segment, ShapeRefused, crossing, side

coordinates = st.floats(0, 1, allow_nan=False, width=32)
points = st.builds(Point, coordinates, coordinates)
SQUARE = Polygon.of([[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8]])


@st.composite
def stars(draw: st.DrawFn) -> Polygon:
    """Polygons that do not cross themselves: points around a centre, in order of their angle."""
    count = draw(st.integers(3, 24))
    radii = draw(st.lists(st.floats(0.1, 0.45), min_size=count, max_size=count))
    turn = draw(st.floats(0, 6.28))
    return Polygon(
        tuple(
            Point(
                0.5 + radius * math.cos(turn + 2 * math.pi * index / count),
                0.5 + radius * math.sin(turn + 2 * math.pi * index / count),
            )
            for index, radius in enumerate(radii)
        )
    )


@pytest.mark.parametrize(
    ("coordinates", "fault"),
    [
        ([[0, 0], [1, 1]], Fault.POINTS),
        ([[index / 100, (index % 2) / 2] for index in range(65)], Fault.POINTS),
        ([[0, 0], [1.2, 0], [1, 1]], Fault.OUTSIDE),
        ([[0, 0], [math.nan, 0], [1, 1]], Fault.OUTSIDE),
        ([[0, 0], [math.inf, 0], [1, 1]], Fault.OUTSIDE),
        ([[0, 0], [0, 0], [1, 1]], Fault.REPEATED),
        ([[0, 0], [1, 1], [0, 0]], Fault.REPEATED),
        ([[0, 0], [1, 1], [1, 0], [0, 1]], Fault.CROSSING),
        ([[0, 0], [1, 0], [0.5, 0], [0.5, 1]], Fault.CROSSING),
        ([[0, 0], [1, 0], [1, 1], [0.5, 0], [0, 1]], Fault.CROSSING),
        ([[0, 0], [0.5, 0.5], [1, 0], [1, 1], [0.5, 0.5], [0, 1]], Fault.CROSSING),
        ([[0, 0], [0.5, 0.5], [1, 1]], Fault.CROSSING),
        ([[0, 0], [1e-4, 0], [0, 1e-4]], Fault.FLAT),
    ],
)
def test_a_polygon_that_cannot_be_used_is_refused_with_a_sentence(coordinates: list[list[float]], fault: Fault) -> None:
    with pytest.raises(ShapeRefused) as refused:
        Polygon.of(coordinates)
    assert refused.value.fault is fault
    assert str(refused.value).endswith(".")


@given(stars())
def test_every_outline_that_does_not_cross_itself_is_accepted_in_either_direction(polygon: Polygon) -> None:
    backwards = Polygon(polygon.points[::-1])
    assert math.isclose(backwards.area, -polygon.area)


@given(st.integers(5, 24), st.integers(0, 63))
def test_swapping_two_neighbours_of_a_convex_outline_is_refused(count: int, index: int) -> None:
    circle = [
        Point(0.5 + 0.4 * math.cos(2 * math.pi * k / count), 0.5 + 0.4 * math.sin(2 * math.pi * k / count))
        for k in range(count)
    ]
    first, second = index % count, (index + 1) % count
    circle[first], circle[second] = circle[second], circle[first]
    with pytest.raises(ShapeRefused) as refused:
        Polygon(tuple(circle))
    assert refused.value.fault is Fault.CROSSING


@given(stars(), points)
def test_inside_does_not_depend_on_where_the_outline_begins(polygon: Polygon, point: Point) -> None:
    turned = Polygon((*polygon.points[2:], *polygon.points[:2]))
    assert turned.contains(point) == polygon.contains(point)


@given(stars())
def test_corners_are_inside_and_what_lies_beyond_is_not(polygon: Polygon) -> None:
    assert all(polygon.contains(corner) for corner in polygon.points)
    assert polygon.contains(Point(0.5, 0.5))
    assert not polygon.contains(Point(0.01, 0.01))


def test_who_stands_on_the_lower_edge_of_the_picture_stands_in_the_zone_that_ends_there() -> None:
    zone = Polygon.of([[0, 0.5], [1, 0.5], [1, 1], [0, 1]])
    assert zone.contains(Box(0.4, 0.3, 0.6, 1.0).foot)


@given(coordinates, coordinates)
def test_a_square_contains_what_its_sides_say(x: float, y: float) -> None:
    assert SQUARE.contains(Point(x, y)) == (0.2 <= x <= 0.8 and 0.2 <= y <= 0.8)


def test_a_line_knows_its_direction() -> None:
    line = Segment(Point(0, 0.5), Point(1, 0.5))
    assert line.crossing(Point(0.5, 0.2), Point(0.5, 0.8)) is True
    assert line.crossing(Point(0.5, 0.8), Point(0.5, 0.2)) is False
    assert line.crossing(Point(0.5, 0.2), Point(0.9, 0.4)) is None


def test_going_round_the_end_of_a_line_does_not_cross_it() -> None:
    line = Segment(Point(0.4, 0.5), Point(0.6, 0.5))
    assert line.crossing(Point(0.2, 0.2), Point(0.2, 0.8)) is None


def test_stopping_on_the_line_crosses_once() -> None:
    line = Segment(Point(0, 0.5), Point(1, 0.5))
    steps = [Point(0.5, 0.4), Point(0.5, 0.5), Point(0.5, 0.6)]
    crossed = [line.crossing(before, after) for before, after in pairwise(steps)]
    assert crossed == [None, True]


@given(points, points, points, points)
def test_the_way_back_crosses_the_other_way(start: Point, end: Point, before: Point, after: Point) -> None:
    assume(start != end)
    there, back = crossing(start, end, before, after), crossing(start, end, after, before)
    assert (there is None) == (back is None)
    assert there is None or there is not back


@given(points, points, points, points)
def test_a_line_drawn_the_other_way_turns_the_direction(start: Point, end: Point, before: Point, after: Point) -> None:
    sides = (side(start, end, before), side(start, end, after), side(before, after, start), side(before, after, end))
    assume(start != end and all(abs(each) > 1e-9 for each in sides))
    one, other = crossing(start, end, before, after), crossing(end, start, before, after)
    assert (one is None and other is None) or one is (not other)


def test_a_line_needs_two_places() -> None:
    with pytest.raises(ShapeRefused):
        Segment(Point(0.5, 0.5), Point(0.5, 0.5))
