"""What each camera costs: the process's processor time, shared out by how long each camera's frames took."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.metering import MEASURED_AFTER_S, Meter, usable_cores

A, B = uuid4(), uuid4()


def run(meter: Meter, seconds: int, a: float, b: float, used: float, start: int = 0) -> None:
    """Read once a second: cameras `a` and `b` are busy for such a share of it, the process uses so many cores."""
    for at in range(start, start + seconds + 1):
        meter.read({A: a * at, B: b * at}, cpu_s=used * at, at=float(at))


def test_a_camera_is_told_nothing_of_before_it_is_measured() -> None:
    meter = Meter()
    run(meter, int(MEASURED_AFTER_S) - 1, 0.3, 0.1, 1.0)
    assert meter.cores(A) is None
    run(meter, 2, 0.3, 0.1, 1.0, start=int(MEASURED_AFTER_S))
    assert meter.cores(A) == pytest.approx(0.75)
    assert meter.cores(uuid4()) is None


def test_who_is_busy_three_times_as_long_costs_three_times_as_much() -> None:
    meter = Meter()
    run(meter, 60, 0.3, 0.1, 0.8)
    assert meter.cores(A) == pytest.approx(0.6, rel=0.01)
    assert meter.cores(B) == pytest.approx(0.2, rel=0.01)
    assert meter.load == pytest.approx(0.8, rel=0.06)


def test_a_figure_follows_a_change_and_a_watch_that_begins_anew() -> None:
    meter = Meter()
    run(meter, 60, 0.3, 0.1, 0.8)
    run(meter, 120, 0.1, 0.1, 0.4, start=61)
    assert meter.cores(B) == pytest.approx(0.2, rel=0.05)
    meter.read({A: 0.0, B: 30.0}, cpu_s=120.0, at=182.0)
    assert meter.cores(A) is None
    meter.read({B: 30.1}, cpu_s=120.1, at=183.0)
    assert meter.cores(A) is None


def test_nobody_who_is_idle_is_charged() -> None:
    meter = Meter()
    run(meter, 30, 0.0, 0.0, 0.5)
    assert (meter.cores(A), meter.cores(B)) == (0.0, 0.0)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 4)), min_size=12, max_size=40))
def test_the_shares_never_add_up_to_more_than_was_used(steps: list[tuple[float, float, float]]) -> None:
    meter = Meter()
    a = b = cpu = 0.0
    for at, (more_a, more_b, used) in enumerate(steps):
        a, b, cpu = a + more_a, b + more_b, cpu + used
        meter.read({A: a, B: b}, cpu_s=cpu, at=float(at))
    shares = [meter.cores(A) or 0.0, meter.cores(B) or 0.0]
    assert min(shares) >= 0
    assert sum(shares) <= max(used for _, _, used in steps) + 1e-6


def test_this_machine_has_cores() -> None:
    assert usable_cores() > 0
