"""What responders do by themselves goes on after an error and without a database, and stops when told."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import OperationalError

from soc.rounds import Round
from tests.system import until


def test_it_goes_on_after_an_error_and_after_a_database_that_was_away() -> None:
    answers: Iterator[Exception | int] = iter([ValueError("unforeseen"), OperationalError("away"), 3])
    done: list[int] = []

    def act() -> int:
        answer = next(answers, 0)
        if isinstance(answer, Exception):
            raise answer
        done.append(answer)
        return answer

    each = Round("tests-round", act, every_s=0.01)
    each.start()
    until(lambda: 0 in done, "it is called again and again")
    each.stop()
    assert done[0] == 3
    calls = len(done)
    each.stop()
    assert len(done) == calls, "nothing is done after it was stopped"
