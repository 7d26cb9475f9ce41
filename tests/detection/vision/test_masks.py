"""Where masks lie, and that they stay while what they hide is briefly lost."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from detection.vision import masks
from detection.vision.detections import Detections, Floats
from detection.vision.labels import INDEX
from detection.vision.masks import MaskKeeper, grown, heads, wanted
from detection.vision.motion import covered_blocks

NONE: Floats = np.zeros((0, 4), np.float32)


def one(left: float, top: float, right: float, bottom: float) -> Floats:
    return np.array([[left, top, right, bottom]], np.float32)


def test_of_somebody_who_stands_the_head_part_is_masked_with_a_margin() -> None:
    left, top, right, bottom = heads(one(0.4, 0.2, 0.5, 0.6), 1.0, 0.2)[0]
    assert top < 0.2 - 0.01
    assert 0.2 + 0.4 * masks.HEAD_SHARE < bottom < 0.4
    assert left < 0.4 - 0.01
    assert right > 0.5 + 0.01


@pytest.mark.parametrize("aspect", [1.0, 16 / 9, 9 / 16])
def test_of_somebody_who_lies_everything_is_masked(aspect: float) -> None:
    left, top, right, bottom = heads(one(0.2, 0.5, 0.2 + 0.4 / aspect, 0.7), aspect, 0.2)[0]
    assert (left, top) < (0.2, 0.5)
    assert right > 0.2 + 0.4 / aspect
    assert bottom > 0.7


def test_the_more_somebody_leans_the_more_is_masked() -> None:
    widths = np.linspace(0.1, 0.6, 20)
    lower = [heads(one(0.2, 0.2, 0.2 + width, 0.6), 1.0, 0.2)[0][3] for width in widths]
    assert all(second >= first for first, second in pairwise(lower))


def test_weak_people_faces_and_plates_are_all_wanted_and_other_things_are_not() -> None:
    found = Detections(
        np.array([[0.1, 0.1, 0.2, 0.4], [0.5, 0.5, 0.8, 0.8], [0.0, 0.8, 0.1, 0.9]], np.float32),
        np.array([0.06, 0.9, 0.9], np.float32),
        np.array([INDEX["person"], INDEX["car"], INDEX["dog"]]),
    )
    places = wanted(found, one(0.8, 0.1, 0.9, 0.2), 4 / 3, 0.2)
    assert len(places) == 3
    plate = places[2]
    assert plate[1] > 0.6
    assert plate[3] > 0.8


def test_a_mask_outlives_its_detection_moves_on_and_grows() -> None:
    keeper = MaskKeeper(10)
    for step in range(6):
        keeper.update(one(0.1 + 0.01 * step, 0.3, 0.2 + 0.01 * step, 0.4), step / 10)
    for step in range(6, 16):
        held = keeper.update(NONE, step / 10)
        assert len(held) == 1
        where = 0.15 + 0.01 * step
        assert held[0, 0] < where - 0.04
        assert held[0, 2] > where + 0.04
    assert len(keeper.update(NONE, 1.6)) == 0


def test_a_mask_found_again_is_held_once() -> None:
    keeper = MaskKeeper(10)
    keeper.update(one(0.1, 0.3, 0.2, 0.4), 0.0)
    keeper.update(NONE, 0.1)
    assert len(keeper.update(one(0.1, 0.3, 0.2, 0.4), 0.2)) == 1


def test_two_people_taken_for_one_do_not_send_a_mask_flying() -> None:
    keeper = MaskKeeper(10)
    keeper.update(one(0.1, 0.3, 0.2, 0.4), 0.0)
    keeper.update(one(0.19, 0.3, 0.29, 0.4), 0.1)
    held = keeper.update(NONE, 0.2)
    assert held[0, 0] == pytest.approx(0.19, abs=0.05)


@pytest.mark.parametrize("at", [0.0, -5.0, 1e9])
def test_a_clock_that_jumps_loses_no_mask(at: float) -> None:
    keeper = MaskKeeper(10)
    keeper.update(one(0.1, 0.3, 0.2, 0.4), 0.0)
    keeper.update(one(0.11, 0.3, 0.21, 0.4), 0.1)
    held = keeper.update(NONE, at)
    assert np.isfinite(held).all()
    assert covered_blocks(held, (100, 100))[33:37, 13:18].all()


def test_growing_grows_by_the_same_number_of_pixels_on_each_side() -> None:
    box = grown(one(0.4, 0.4, 0.6, 0.6), 0.2, 2.0)[0]
    assert (0.4 - box[0]) * 2 == pytest.approx(0.4 - box[1], rel=1e-3)


def test_a_block_is_covered_when_all_of_it_is() -> None:
    assert covered_blocks(one(0.0, 0.0, 0.55, 0.5), (2, 10)).tolist() == [[True] * 5 + [False] * 5, [False] * 10]
