"""When steps begin, and which of them never do."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from crisis.plans.content import AnyStep, TaskStep, Unanswered
from crisis.plans.order import begins, circles, last_begin, repeated

KEYS = [f"s{number}" for number in range(7)]


def step(
    key: str, after: str | None = None, unless: str | None = None, delay_s: int = 0, by_hand: bool = False
) -> AnyStep:
    asked = Unanswered(step=unless) if unless else None
    return TaskStep(key=key, name=key, role="x", after=after, unless=asked, delay_s=delay_s, by_hand=by_hand)


@st.composite
def plans(draw: st.DrawFn) -> list[AnyStep]:
    """Steps of different keys that wait for any others."""
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=7))
    other = st.one_of(st.none(), st.sampled_from(KEYS))
    return [step(key, draw(other), draw(other), draw(st.integers(0, 100)), draw(st.booleans())) for key in keys]


def edges_of(steps: list[AnyStep]) -> Mapping[str, set[str]]:
    known = {one.key for one in steps}
    return {
        one.key: {
            key for key in (one.after, one.unless.step if one.unless else None) if key in known and key != one.key
        }
        for one in steps
    }


def has_circle(edges: Mapping[str, set[str]]) -> bool:
    """By taking away, again and again, every step that waits for nothing that is left."""
    left = dict(edges)
    while free := [key for key, before in left.items() if not before & left.keys()]:
        for key in free:
            del left[key]
    return bool(left)


@given(plans())
def test_a_circle_is_found_exactly_where_there_is_one(steps: list[AnyStep]) -> None:
    edges, found = edges_of(steps), circles(steps)
    assert bool(found) == has_circle(edges)
    for circle in found:
        assert len(set(circle)) == len(circle) > 1
        for key, before in zip(circle, (*circle[1:], circle[0]), strict=True):
            assert before in edges[key]


@given(plans())
def test_a_step_begins_its_delay_after_the_one_before(steps: list[AnyStep]) -> None:
    found, by_key = begins(steps), {one.key: one for one in steps}
    assert set(found) == set(by_key)
    for one in steps:
        seconds = found[one.key]
        if one.by_hand:
            assert seconds is None
        elif one.after is None:
            assert seconds == one.delay_s
        else:
            before = found.get(one.after)
            assert seconds == (None if before is None else before + one.delay_s)


def test_a_circle_is_told_once_from_its_first_step_on() -> None:
    steps = [step("a"), step("b", after="d"), step("c", after="b"), step("d", after="c")]
    assert circles(steps) == (("b", "d", "c"),)


def test_answers_can_close_a_circle_too() -> None:
    assert circles([step("a", after="b"), step("b", unless="a")]) == (("a", "b"),)


def test_what_waits_for_itself_or_for_nothing_is_no_circle_and_has_no_time() -> None:
    steps = [step("a", after="a"), step("b", after="nowhere"), step("c", delay_s=5)]
    assert circles(steps) == ()
    assert begins(steps) == {"a": None, "b": None, "c": 5}
    assert last_begin(begins(steps)) == 5


def test_a_key_that_two_steps_have_is_named() -> None:
    assert repeated([step("a"), step("b"), step("a")]) == {"a"}
