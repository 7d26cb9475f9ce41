"""YOLO's output into boxes: thresholds, suppression within a class, coordinates."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.vision import detections, geometry, letterbox
from detection.vision.detections import Floats, decode, intersection_over_union, suppress
from detection.vision.labels import LABELS

FLOORS = np.full(len(LABELS), 0.25, np.float32)


def output(*rows: tuple[float, float, float, float, int, float]) -> Floats:
    """A model's output that says centre x, y, width, height, class, confidence for each row, and noise elsewhere."""
    made = np.full((4 + len(LABELS), len(rows) + 5), 0.01, np.float32)
    for index, (x, y, width, height, label, confidence) in enumerate(rows):
        made[:4, index] = x, y, width, height
        made[4 + label, index] = confidence
    return made


def test_boxes_are_normalised_to_the_frame() -> None:
    found = decode(output((50, 100, 20, 40, 0, 0.9)), 1 / 100, 1 / 200, FLOORS, 0.6, 10)
    assert found.boxes == pytest.approx(np.array([[0.4, 0.4, 0.6, 0.6]]))


def test_the_weaker_of_two_boxes_of_one_class_goes_and_another_class_stays() -> None:
    found = decode(
        output((50, 50, 20, 20, 0, 0.5), (51, 50, 20, 20, 0, 0.9), (50, 50, 20, 20, 2, 0.7)),
        0.01,
        0.01,
        FLOORS,
        0.6,
        10,
    )
    assert [
        (int(label), round(float(sure), 1)) for label, sure in zip(found.classes, found.confidences, strict=True)
    ] == [
        (0, 0.9),
        (2, 0.7),
    ]


def test_each_class_has_its_own_floor() -> None:
    floors = FLOORS.copy()
    floors[0] = 0.1
    found = decode(output((20, 20, 9, 9, 0, 0.15), (70, 70, 9, 9, 1, 0.15)), 0.01, 0.01, floors, 0.6, 10)
    assert found.classes.tolist() == [0]


def test_nothing_found_is_no_error() -> None:
    assert len(decode(output(), 0.01, 0.01, FLOORS, 0.6, 10)) == 0


def test_only_the_strongest_are_kept() -> None:
    rows = [(10.0 * index, 50.0, 5.0, 5.0, 0, 0.3 + index / 100) for index in range(10)]
    assert len(decode(output(*rows), 0.01, 0.01, FLOORS, 0.6, 3)) == 3


boxes = st.lists(
    st.tuples(st.floats(0, 0.9), st.floats(0, 0.9), st.floats(0.01, 0.1), st.floats(0.01, 0.1)), min_size=1, max_size=20
).map(lambda rows: np.array([(x, y, x + w, y + h) for x, y, w, h in rows], np.float32))


@given(boxes)
def test_what_survives_suppression_does_not_overlap_and_what_goes_overlaps_a_survivor(rows: Floats) -> None:
    kept = suppress(rows, 0.5)
    overlap = intersection_over_union(rows, rows)
    assert 0 in kept
    assert all(overlap[i, j] <= 0.5 for i in kept for j in kept if i != j)
    gone = set(range(len(rows))) - set(kept.tolist())
    assert all(any(overlap[i, j] > 0.5 for j in kept if j < i) for i in gone)


@given(boxes)
def test_overlap_is_symmetric_and_whole_with_itself(rows: Floats) -> None:
    overlap = intersection_over_union(rows, rows)
    assert np.allclose(overlap, overlap.T)
    assert np.allclose(np.diag(overlap), 1, atol=1e-3)


def test_examples_in_the_docstrings_are_true() -> None:
    for module in (detections, geometry, letterbox):
        result = doctest.testmod(module)
        assert result.attempted
        assert not result.failed
