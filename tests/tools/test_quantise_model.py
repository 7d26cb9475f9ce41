"""When a detector of 8 bits may take the exported one's place."""

from __future__ import annotations

import numpy as np
import pytest

from tools.quantise_model import Agreement, _overlap


@pytest.mark.parametrize(
    ("agreement", "holds"),
    [
        (Agreement(sure=100, found=100, weak=100, lost=0), True),
        (Agreement(sure=100, found=97, weak=100, lost=6), True),
        (Agreement(sure=100, found=96, weak=100, lost=0), False),
        (Agreement(sure=100, found=100, weak=100, lost=7), False),
        (Agreement(sure=0, found=0, weak=0, lost=0), False),
    ],
)
def test_it_must_find_what_is_sure_and_keep_who_is_seen_weakly(agreement: Agreement, holds: bool) -> None:
    assert agreement.holds is holds


def test_boxes_are_compared_by_what_they_share() -> None:
    box = np.array([10.0, 10.0, 4.0, 4.0])
    others = np.array([[10.0, 12.0, 90.0], [10.0, 10.0, 90.0], [4.0, 4.0, 4.0], [4.0, 4.0, 4.0]])
    assert _overlap(box, others) == pytest.approx([1.0, 1 / 3, 0.0])
