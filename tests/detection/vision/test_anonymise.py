"""What is masked cannot be computed back, and every pixel of a mask is another one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.vision import anonymise
from detection.vision.frames import Pixels, RawFrame
from detection.vision.geometry import Polygon
from detection.vision.masks import HEAD_CELLS, NOWHERE, Places


def noise(width: int, height: int, seed: int = 1) -> RawFrame:
    return RawFrame(np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8), 12.5, 7)


def masked(raw: RawFrame, *masks: tuple[float, float, float, float]) -> Pixels:
    places = Places.of(np.array(masks, np.float32).reshape(-1, 4), HEAD_CELLS)
    return anonymise.public_frame(anonymise.blacked_out(raw, ()), places, raw, ()).pixels


unit = st.floats(-0.3, 1.3, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 200), st.integers(1, 200), unit, unit, st.floats(0.001, 1.5), st.floats(0.001, 1.5))
def test_any_mask_on_any_frame_hides_all_that_it_covers_and_nothing_escapes(
    width: int, height: int, left: float, top: float, wide: float, high: float
) -> None:
    raw = noise(width, height)
    before = raw.pixels.copy()
    public = masked(raw, (left, top, left + wide, top + high))
    assert np.array_equal(raw.pixels, before)
    box = np.clip([left, top, left + wide, top + high], 0, 1) * [width, height, width, height]
    inside = public[int(box[1]) : int(np.ceil(box[3])), int(box[0]) : int(np.ceil(box[2]))]
    # A mosaic of few cells: each has a sixteenth of the mask's area or more; the grid may begin one earlier and end one later.
    cell = np.sqrt(wide * width * high * height) / HEAD_CELLS
    most = (np.ceil(wide * width / cell) + 1) * (np.ceil(high * height / cell) + 1)
    assert len(np.unique(inside.reshape(-1, 3), axis=0)) <= most


@pytest.mark.parametrize("grey", [0, 4, 127, 250, 255])
def test_every_pixel_of_a_mask_differs_even_on_a_plain_wall(grey: int) -> None:
    raw = RawFrame(np.full((100, 100, 3), grey, np.uint8), 0.0, 0)
    public = masked(raw, (0.25, 0.25, 0.75, 0.75))
    assert (public[25:75, 25:75] != raw.pixels[25:75, 25:75]).any(axis=2).all()


def test_two_raw_frames_with_the_same_cells_give_the_same_public_one() -> None:
    """The mosaic keeps nothing but the means: shuffling the pixels within the cells changes nothing."""
    raw = noise(96, 96)
    rng = np.random.default_rng(3)
    shuffled = raw.pixels.copy()
    cell = 24
    for y in range(0, 96, cell):
        for x in range(0, 96, cell):
            block = shuffled[y : y + cell, x : x + cell].reshape(-1, 3)
            shuffled[y : y + cell, x : x + cell] = rng.permutation(block).reshape(cell, cell, 3)
    assert np.array_equal(masked(raw, (0, 0, 1, 1)), masked(RawFrame(shuffled, 0.0, 0), (0, 0, 1, 1)))


def test_a_mask_that_trembles_by_a_pixel_keeps_its_mosaic() -> None:
    raw = noise(200, 200)
    first = masked(raw, (0.42, 0.42, 0.55, 0.55))
    second = masked(raw, (0.425, 0.42, 0.555, 0.55))
    assert np.array_equal(first, second)


def test_private_areas_are_black_before_anything_reads_them() -> None:
    raw = noise(120, 90)
    left_half = Polygon.of([[0, 0], [0.5, 0], [0.5, 1], [0, 1]])
    working = anonymise.blacked_out(raw, [left_half])
    assert not working[:, :60].any()
    assert np.array_equal(working[:, 70:], raw.pixels[:, 70:])
    public = anonymise.public_frame(working, NOWHERE, raw, [left_half])
    assert not public.pixels[:, :60].any()
    assert public.share_altered == pytest.approx(0.5, abs=0.05)


def test_a_frame_pixelated_whole_has_few_cells() -> None:
    raw = noise(640, 480)
    public = anonymise.pixelated_whole(anonymise.blacked_out(raw, ()), raw)
    assert public.pixelated_whole
    assert public.share_altered == 1
    assert len(np.unique(public.pixels.reshape(-1, 3), axis=0)) <= anonymise.CELLS_WHOLE**2


def test_the_share_of_what_was_altered_is_told() -> None:
    raw = noise(400, 400)
    boxes = Places.of(np.array([(0.0, 0.0, 0.2, 0.2), (0.1, 0.1, 0.3, 0.3)], np.float32), HEAD_CELLS)
    public = anonymise.public_frame(anonymise.blacked_out(raw, ()), boxes, raw, ())
    assert public.share_altered == pytest.approx((public.pixels != raw.pixels).any(axis=2).mean(), abs=0.005)
    assert not public.pixelated_whole


def test_a_public_frame_is_finished() -> None:
    raw = noise(64, 64)
    public = anonymise.public_frame(anonymise.blacked_out(raw, ()), NOWHERE, raw, ())
    assert not public.pixels.flags.writeable
    assert (public.captured_at, public.number, public.size) == (12.5, 7, (64, 64))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_place_that_is_no_number_makes_no_public_frame(value: float) -> None:
    with pytest.raises(ValueError, match="not a number"):
        masked(noise(64, 64), (0.1, 0.1, value, 0.5))


@pytest.mark.parametrize("shape", [(0, 10, 3), (10, 10, 4), (10, 10)])
def test_what_is_no_picture_makes_no_public_frame(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="A frame is"):
        anonymise.blacked_out(RawFrame(np.zeros(shape, np.uint8), 0.0, 0), ())
