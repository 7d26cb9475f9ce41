"""Calls that come at the same moment are carried out together.

A crowd's calls each cost some statements and a commit of their own; together they cost hardly more than one. Whoever comes while
nothing is under way is served at once, and nobody waits for others to come: those who do come meanwhile are the next lot.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Event, Lock
from typing import Final, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

MOST: Final = 64


class _Place(Generic[T, R]):
    """Who waits with one: until there is a result, or until it is their turn to carry out what waits."""

    def __init__(self, one: T) -> None:
        self.one = one
        self.result: Future[R] = Future()
        self.called = Event()


class Together(Generic[T, R]):
    """A function of many that threads call with one each."""

    def __init__(self, carry_out: Callable[[Sequence[T]], Sequence[R]], most: int = MOST) -> None:
        """Make one.

        Args:
            carry_out: returns a result for each of its arguments, in their order; all or nothing of it counts (a transaction).
                When it raises for several, each is carried out alone: only who is at fault hears of it.
            most: so many at a time.
        """
        self._carry_out = carry_out
        self._most = most
        self._lock = Lock()
        self._waiting: deque[_Place[T, R]] = deque()
        self._under_way = False

    def __call__(self, one: T) -> R:
        """Carry out one, on this thread or on another's that does so just now.

        Raises:
            Exception: what `carry_out` raised for this one.
        """
        mine: _Place[T, R] = _Place(one)
        with self._lock:
            self._waiting.append(mine)
            if self._under_way:
                first = False
            else:
                first = self._under_way = True
        if not first:
            mine.called.wait()
        if not mine.result.done():
            self._serve(mine)
        return mine.result.result()

    def _serve(self, mine: _Place[T, R]) -> None:
        """Carry out what waits, the own first; then it is the turn of who came meanwhile."""
        with self._lock:
            lot = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        try:
            self._settle(lot)
        finally:
            with self._lock:
                # A thread that is ended takes nobody with it: whoever has no result yet is served by the next.
                self._waiting.extendleft(one for one in reversed(lot) if one is not mine and not one.result.done())
                self._under_way = bool(self._waiting)
                if self._under_way:
                    self._waiting[0].called.set()

    def _settle(self, lot: Sequence[_Place[T, R]]) -> None:
        try:
            results = self._carry_out([place.one for place in lot])
        except Exception as failure:  # noqa: BLE001 - whoever called hears of it
            if len(lot) == 1:
                lot[0].result.set_exception(failure)
                lot[0].called.set()
                return
            for place in lot:
                self._settle([place])
        else:
            for place, result in zip(lot, results, strict=True):
                place.result.set_result(result)
                place.called.set()
