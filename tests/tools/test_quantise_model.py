"""When a detector of 8 bits may take the exported one's place."""

from __future__ import annotations

import pytest

from tools.quantise_model import Agreement


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
