"""Where masks lie, and that they stay while what they hide is briefly lost."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from detection.vision import masks
from detection.vision.detections import Detections, Floats
from detection.vision.labels import INDEX
from detection.vision.masks import HEAD_CELLS, NOWHERE, MaskKeeper, Places, at_vehicles, grown, heads, wanted
from detection.vision.motion import Blocks, covered_blocks

NONE: Floats = np.zeros((0, 4), np.float32)
STILL: Blocks = np.zeros((30, 40), bool)


def one(left: float, top: float, right: float, bottom: float) -> Floats:
    return np.array([[left, top, right, bottom]], np.float32)


def head(left: float, top: float, right: float, bottom: float) -> Places:
    return Places.of(one(left, top, right, bottom), HEAD_CELLS)


def test_of_somebody_who_stands_the_head_part_is_masked_with_a_margin() -> None:
    left, top, right, bottom = heads(one(0.4, 0.2, 0.5, 0.6), NONE, 1.0, 0.2)[0]
    assert top < 0.2 - 0.01
    assert 0.2 + 0.4 * masks.HEAD_SHARE < bottom < 0.4
    assert left < 0.4 - 0.01
    assert right > 0.5 + 0.01


@pytest.mark.parametrize("aspect", [1.0, 16 / 9, 9 / 16])
def test_of_somebody_who_lies_everything_is_masked(aspect: float) -> None:
    left, top, right, bottom = heads(one(0.2, 0.5, 0.2 + 0.4 / aspect, 0.7), NONE, aspect, 0.2)[0]
    assert (left, top) < (0.2, 0.5)
    assert right > 0.2 + 0.4 / aspect
    assert bottom > 0.7


def test_the_more_somebody_leans_the_more_is_masked() -> None:
    widths = np.linspace(0.1, 0.6, 20)
    lower = [heads(one(0.2, 0.2, 0.2 + width, 0.6), NONE, 1.0, 0.2)[0][3] for width in widths]
    assert all(second >= first for first, second in pairwise(lower))


def test_weak_people_faces_and_plates_are_all_wanted_and_other_things_are_not() -> None:
    found = Detections(
        np.array([[0.1, 0.1, 0.2, 0.4], [0.5, 0.5, 0.8, 0.8], [0.0, 0.8, 0.1, 0.9]], np.float32),
        np.array([0.06, 0.9, 0.9], np.float32),
        np.array([INDEX["person"], INDEX["car"], INDEX["dog"]]),
    )
    places = wanted(found, one(0.8, 0.1, 0.9, 0.2), STILL, 4 / 3, 0.2)
    assert len(places.boxes) == 3
    plate = places.boxes[2]
    assert plate[1] > 0.6
    assert plate[3] > 0.8


def test_who_moves_at_a_vehicle_that_stands_is_masked() -> None:
    car = one(0.5, 0.5, 0.9, 0.9)
    changed = STILL.copy()
    changed[16:19, 22:24] = True  # somebody at the boot
    changed[3, 3] = True  # a leaf elsewhere
    (place,) = at_vehicles(car, changed, 4 / 3, 0.2)
    assert (place[:2] < np.array((22 / 40, 16 / 30))).all()
    assert (place[2:] > np.array((24 / 40, 19 / 30))).all()
    found = Detections(car, np.array([0.9], np.float32), np.array([INDEX["car"]]))
    places = wanted(found, NONE, changed, 4 / 3, 0.2)
    assert (places.cells == HEAD_CELLS).sum() == 1


def test_two_who_move_at_one_vehicle_are_masked_apart_and_a_vehicle_at_the_edge_is_no_trouble() -> None:
    changed = STILL.copy()
    changed[20, 30] = changed[25, 39] = True
    assert len(at_vehicles(one(0.6, 0.5, 1.0, 1.0), changed, 4 / 3, 0.2)) == 2


def test_a_vehicle_that_moves_itself_is_not_masked_for_it() -> None:
    changed = STILL.copy()
    changed[15:27, 20:36] = True
    assert len(at_vehicles(one(0.5, 0.5, 0.9, 0.9), changed, 4 / 3, 0.2)) == 0


def test_where_nothing_moves_at_vehicles_nothing_is_masked_for_it() -> None:
    assert len(at_vehicles(one(0.5, 0.5, 0.9, 0.9), STILL, 4 / 3, 0.2)) == 0


def test_a_mask_outlives_its_detection_moves_on_and_grows() -> None:
    keeper = MaskKeeper(10)
    for step in range(6):
        keeper.update(head(0.1 + 0.01 * step, 0.3, 0.2 + 0.01 * step, 0.4), step / 10)
    for step in range(6, 16):
        held = keeper.update(NOWHERE, step / 10)
        assert len(held.boxes) == 1
        where = 0.15 + 0.01 * step
        assert held.boxes[0, 0] < where - 0.04
        assert held.boxes[0, 2] > where + 0.04
    assert len(keeper.update(NOWHERE, 1.6).boxes) == 0


def test_a_mask_found_again_is_held_once() -> None:
    keeper = MaskKeeper(10)
    keeper.update(head(0.1, 0.3, 0.2, 0.4), 0.0)
    keeper.update(NOWHERE, 0.1)
    assert len(keeper.update(head(0.1, 0.3, 0.2, 0.4), 0.2).boxes) == 1


def test_two_people_taken_for_one_do_not_send_a_mask_flying() -> None:
    keeper = MaskKeeper(10)
    keeper.update(head(0.1, 0.3, 0.2, 0.4), 0.0)
    keeper.update(head(0.19, 0.3, 0.29, 0.4), 0.1)
    held = keeper.update(NOWHERE, 0.2)
    assert held.boxes[0, 0] == pytest.approx(0.19, abs=0.05)


@pytest.mark.parametrize("at", [0.0, -5.0, 1e9])
def test_a_clock_that_jumps_loses_no_mask(at: float) -> None:
    keeper = MaskKeeper(10)
    keeper.update(head(0.1, 0.3, 0.2, 0.4), 0.0)
    keeper.update(head(0.11, 0.3, 0.21, 0.4), 0.1)
    held = keeper.update(NOWHERE, at)
    assert np.isfinite(held.boxes).all()
    assert covered_blocks(held.boxes, (100, 100))[33:37, 13:18].all()


def test_growing_grows_by_the_same_number_of_pixels_on_each_side() -> None:
    box = grown(one(0.4, 0.4, 0.6, 0.6), 0.2, 2.0)[0]
    assert (0.4 - box[0]) * 2 == pytest.approx(0.4 - box[1], rel=1e-3)


def test_a_block_is_covered_when_all_of_it_is() -> None:
    assert covered_blocks(one(0.0, 0.0, 0.55, 0.5), (2, 10)).tolist() == [[True] * 5 + [False] * 5, [False] * 10]


def test_a_neighbour_s_mask_does_not_end_that_of_a_head_which_is_lost() -> None:
    keeper = MaskKeeper(10)
    both = np.concatenate((one(0.1, 0.3, 0.2, 0.4), one(0.18, 0.3, 0.28, 0.4)))
    keeper.update(Places.of(both, HEAD_CELLS), 0.0)
    held = keeper.update(head(0.18, 0.3, 0.28, 0.4), 0.1)
    assert covered_blocks(held.boxes, (100, 100))[31:39, 11:27].all()


def test_who_is_close_and_shows_a_face_is_masked_down_to_below_the_chin_and_not_all() -> None:
    person, face = one(0.1, 0.3, 0.9, 1.0), one(0.4, 0.35, 0.55, 0.6)
    bottom = heads(person, face, 16 / 9, 0.1)[0][3]
    assert 0.7 < bottom < 0.9
    assert heads(person, NONE, 16 / 9, 0.1)[0][3] > 1.0
    assert heads(one(0.1, 0.2, 0.9, 0.9), face, 16 / 9, 0.1)[0][3] > 0.9


def test_large_and_unsure_is_no_person_but_small_and_unsure_is() -> None:
    boxes = np.array([[0.1, 0.1, 0.4, 0.9], [0.6, 0.1, 0.65, 0.25]], np.float32)
    people = np.zeros(2, np.int64)
    unsure = Detections(boxes, np.array([0.07, 0.05], np.float32), people)
    assert len(wanted(unsure, NONE, STILL, 4 / 3, 0.2).boxes) == 1
    sure = Detections(boxes, np.array([0.12, 0.05], np.float32), people)
    assert len(wanted(sure, NONE, STILL, 4 / 3, 0.2).boxes) == 2
