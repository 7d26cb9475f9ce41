"""Calls of one moment are carried out together: each has its own result or fault, and nobody is left behind."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest

from soc.together import Together
from tests.system import until


class Held:
    """Doubles numbers, each lot once it is let go; refuses 13; ends its thread at -1, the first time."""

    def __init__(self) -> None:
        self.lots: list[list[int]] = []
        self.began, self.go = Event(), Event()
        self.ended = False

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.lots.append(list(numbers))
        self.began.set()
        assert self.go.wait(30)
        if -1 in numbers and not self.ended:
            self.ended = True
            raise SystemExit
        if 13 in numbers:
            raise ValueError("unlucky")
        return [2 * number for number in numbers]


@pytest.fixture
def held() -> Held:
    return Held()


def crowd(held: Held, first: int, others: Sequence[int], most: int = 64) -> list[Future[int]]:
    """Let `others` come while `first` is under way, then everything go."""
    together: Together[int, int] = Together(held, most)
    came: list[int] = []

    def call(number: int) -> int:
        came.append(number)
        return together(number)

    with ThreadPoolExecutor(1 + len(others)) as pool:
        futures = [pool.submit(call, first)]
        assert held.began.wait(30)
        futures += [pool.submit(call, number) for number in others]
        until(lambda: len(together._waiting) == len(others), "the others wait")
        held.go.set()
    return futures


def test_who_comes_alone_is_served_alone_and_at_once(held: Held) -> None:
    held.go.set()
    assert Together(held)(21) == 42
    assert held.lots == [[21]]


def test_who_comes_meanwhile_goes_together_and_each_has_the_own_result(held: Held) -> None:
    done = crowd(held, 1, range(2, 12))
    assert [one.result(30) for one in done] == [2 * number for number in range(1, 12)]
    assert [len(lot) for lot in held.lots] == [1, 10]


def test_a_lot_has_an_end(held: Held) -> None:
    done = crowd(held, 1, range(2, 12), most=4)
    assert [one.result(30) for one in done] == [2 * number for number in range(1, 12)]
    assert [len(lot) for lot in held.lots] == [1, 4, 4, 2]


def test_only_who_is_at_fault_hears_of_it(held: Held) -> None:
    done = crowd(held, 1, [12, 13, 14])
    with pytest.raises(ValueError, match="unlucky"):
        done[2].result(30)
    assert [done[at].result(30) for at in (0, 1, 3)] == [2, 24, 28]
    assert sorted(map(sorted, held.lots)) == [[1], [12], [12, 13, 14], [13], [14]]


def test_a_thread_that_is_ended_leaves_nobody_behind(held: Held) -> None:
    done = crowd(held, -1, [5, 6])
    with pytest.raises(SystemExit):
        done[0].result(30)
    assert [one.result(30) for one in done[1:]] == [10, 12]
