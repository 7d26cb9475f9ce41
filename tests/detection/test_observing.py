"""Observing: tracks, zones and lines into facts."""

from __future__ import annotations

import itertools
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from detection.observing import FORGET_AFTER_S, Observer, Scene, SceneLine, SceneZone
from detection.vision.geometry import Box, Point, Polygon, Segment
from detection.vision.tracker import Track

CAMERA, ZONE, LINE = uuid4(), uuid4(), uuid4()
YARD = SceneZone(ZONE, Polygon.of([[0, 0.5], [1, 0.5], [1, 1], [0, 1]]))
GATE = SceneLine(LINE, Segment(Point(0.5, 0), Point(0.5, 1)))


def person(x: float, y: float, number: int = 1) -> Track:
    """Somebody whose foot point is (x, y)."""
    return Track(number, "person", 0.9, Box(x - 0.02, y - 0.2, x + 0.02, y), 0.0)


def test_a_track_is_in_the_zone_in_which_it_stands() -> None:
    observer = Observer(CAMERA, Scene(zones=(YARD,)))

    outside = observer.observe([person(0.5, 0.4)], 0.0, 1)
    inside = observer.observe([person(0.5, 0.6)], 0.2, 2)

    assert outside.tracks[0].zones == frozenset()
    assert inside.tracks[0].zones == {ZONE}
    assert inside.tracks[0].first_seen == 0.0


def test_a_line_crossed_is_told_once_with_its_direction() -> None:
    observer = Observer(CAMERA, Scene(lines=(GATE,)))

    crossings = [
        crossing
        for number, x in enumerate([0.3, 0.45, 0.55, 0.7])
        for crossing in observer.observe([person(x, 0.5)], number * 0.2, number).crossings
    ]
    back = observer.observe([person(0.4, 0.5)], 0.8, 4).crossings

    assert len(crossings) == 1
    assert len(back) == 1
    assert crossings[0].forward is not back[0].forward


def test_a_track_that_returns_after_long_is_new() -> None:
    observer = Observer(CAMERA, Scene(lines=(GATE,)))
    observer.observe([person(0.4, 0.5)], 0.0, 1)
    observer.observe([], FORGET_AFTER_S + 1, 2)

    back = observer.observe([person(0.6, 0.5)], FORGET_AFTER_S + 2, 3)

    assert back.crossings == ()
    assert back.tracks[0].first_seen == FORGET_AFTER_S + 2


@given(st.lists(st.floats(0.05, 0.95), min_size=2, max_size=40))
def test_crossings_balance(walk: list[float]) -> None:
    """However somebody walks, crossings alternate, and their sum says on which side she ends."""
    observer = Observer(CAMERA, Scene(lines=(GATE,)))
    directions = [
        crossing.forward
        for number, x in enumerate(walk)
        for crossing in observer.observe([person(x, 0.5)], number * 0.1, number).crossings
    ]

    assert all(first is not second for first, second in itertools.pairwise(directions))
    assert len(directions) % 2 == ((walk[0] < 0.5) != (walk[-1] < 0.5)) or 0.5 in walk
