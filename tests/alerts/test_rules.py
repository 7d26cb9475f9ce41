"""Kinds of rules, situations and hours: pure, with examples and properties."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import pairwise
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerts.rules.base import GRACE_S, Match
from alerts.rules.labels import KNOWN
from alerts.rules.registry import KINDS
from alerts.rules.schedule import Hours, Schedule
from alerts.rules.situations import Began, Ended, Phase, Situation
from tests.alerts.watching import crossed, seen, track

ZONE, LINE = uuid4(), uuid4()
PEOPLE = {"labels": ["person"]}
T = 1_700_000_000.0


def evaluator(key: str, settings: dict[str, object] | None = None, area: UUID | None = ZONE) -> Callable[..., object]:
    return KINDS[key].prepare({**PEOPLE, **(settings or {})}, area).observe


def test_seen_matches_what_is_named_sure_enough_and_in_the_zone() -> None:
    observe = evaluator("seen", {"labels": ["person", "dog"], "confidence": 0.5})

    assert observe(seen(T, track(zones=[ZONE]), track(2, "dog", [ZONE]))) == Match({"person": 1, "dog": 1})
    assert observe(seen(T, track(zones=[uuid4()]))) is None
    assert observe(seen(T, track(zones=[ZONE], confidence=0.4))) is None
    assert observe(seen(T, track(label="car", zones=[ZONE]))) is None
    assert evaluator("seen", area=None)(seen(T, track())) == Match({"person": 1})


def test_staying_is_counted_for_one_and_the_same_thing() -> None:
    observe = evaluator("stays", {"seconds": 10})

    assert [observe(seen(T + s, track(1, zones=[ZONE]))) for s in range(11)] == [None] * 11
    assert observe(seen(T + 11, track(1, zones=[ZONE]))) == Match({"person": 1}, {"seconds": 10.0})
    assert observe(seen(T + 12, track(2, zones=[ZONE]))) is None


def test_a_flicker_does_not_start_a_stay_again_but_leaving_does() -> None:
    observe = evaluator("stays", {"seconds": 10})
    inside, away = [track(zones=[ZONE])], [track()]

    for s in (0.0, 2.0, 4.0):
        observe(seen(T + s, *inside))
    observe(seen(T + 5, *away))
    for s in (6.5, 9):
        observe(seen(T + s, *inside))
    assert observe(seen(T + 10.5, *inside)) is not None

    for s in range(11, 11 + int(GRACE_S) + 2):
        observe(seen(T + s, *away))
    assert observe(seen(T + 17, *inside)) is None


def test_more_than_waits_until_there_have_been_too_many_for_long_enough() -> None:
    observe = evaluator("more_than", {"limit": 2, "seconds": 4})
    three = [track(number, zones=[ZONE]) for number in range(3)]

    assert observe(seen(T, *three)) is None
    assert observe(seen(T + 1.5, *three[:2])) is None
    assert observe(seen(T + 3, *three)) is None
    assert observe(seen(T + 4, *three)) == Match({"person": 3}, {"count": 3, "limit": 2})
    assert observe(seen(T + 5, *three[:2])) is None
    assert observe(seen(T + 20, *three)) is None


def test_none_left_waits_for_one_to_have_been_there_and_counts_no_blind_time() -> None:
    observe = evaluator("none_left", {"seconds": 5})

    assert [observe(seen(T + s)) for s in range(10)] == [None] * 10
    observe(seen(T + 10, track(zones=[ZONE])))
    assert [observe(seen(T + s)) for s in range(11, 16)] == [None] * 5
    assert observe(seen(T + 16)) == Match({"person": 0}, {"seconds": 5.0})
    assert observe(seen(T + 60)) is None  # 44 s of which nothing is known
    assert observe(seen(T + 65)) is not None


def test_none_left_can_be_armed_from_the_start_and_begins_again_after_a_loss() -> None:
    armed = KINDS["none_left"].prepare({**PEOPLE, "seconds": 5, "seen_before": False}, ZONE)

    armed.observe(seen(T))
    armed.lost()
    assert armed.observe(seen(T + 6)) is None
    assert armed.observe(seen(T + 11)) is not None


@pytest.mark.parametrize(
    ("direction", "forward", "matches"),
    [("forward", True, True), ("forward", False, False), ("backward", False, True), ("both", True, True)],
)
def test_a_line_is_crossed_in_a_direction(direction: str, forward: bool, matches: bool) -> None:
    observe = evaluator("crosses", {"direction": direction}, LINE)

    assert (observe(seen(T, track(), crossings=[crossed(LINE, forward=forward)])) is not None) is matches
    assert observe(seen(T, crossings=[crossed(uuid4(), forward=forward)])) is None
    assert observe(seen(T, crossings=[crossed(LINE, forward=forward, label="dog")])) is None
    assert observe(seen(T, track(confidence=0.2), crossings=[crossed(LINE, forward=forward)])) is None


def test_every_class_of_coco_can_be_named_and_no_other() -> None:
    for kind in KINDS.values():
        kind.prepare({"labels": sorted(KNOWN)}, ZONE)
        with pytest.raises(ValidationError):
            kind.prepare({"labels": ["unicorn"]}, ZONE)


MOMENTS = st.lists(st.tuples(st.floats(0.05, 30), st.booleans()), max_size=80)


@given(MOMENTS, st.floats(0, 120))
def test_situations_alternate_and_keep_quiet(moments: list[tuple[float, bool]], quiet_s: float) -> None:
    situation, at = Situation(quiet_s), T
    changes: list[Began | Ended] = []
    for gap, matches in moments:
        at += gap
        changes += situation.step(at, Match({"person": 1}) if matches else None)

    for before, after in pairwise(changes):
        assert type(before) is not type(after)
        assert before.at <= after.at
        if isinstance(before, Ended):
            assert after.at - before.at >= quiet_s - 1e-6  # the times are floats of the epoch
    assert not changes or isinstance(changes[0], Began)
    assert (situation.phase is Phase.LASTING) == bool(changes and isinstance(changes[-1], Began))


@given(MOMENTS)
def test_what_matches_outside_a_quiet_time_is_never_missed(moments: list[tuple[float, bool]]) -> None:
    situation, at = Situation(quiet_s=0), T
    for gap, matches in moments:
        at += gap
        situation.step(at, Match({"person": 1}) if matches else None)
        assert not matches or situation.phase is Phase.LASTING


def test_a_clock_that_is_set_back_does_not_prolong_a_quiet_time() -> None:
    situation = Situation(quiet_s=60)
    situation.step(T, Match({}))
    situation.step(T + 10, None)
    situation.step(T - 3600, None)

    assert situation.step(T - 3600 + 61, Match({})) == (Began(T - 3600 + 61, Match({})),)


def test_a_situation_that_is_taken_up_goes_on_when_it_is_seen_again_soon() -> None:
    taken_up = Situation(quiet_s=60)
    taken_up.resume(T)
    assert taken_up.step(T + 15, None) == ()
    assert taken_up.step(T + 17, Match({})) == ()
    assert taken_up.last_seen == T + 17

    over = Situation(quiet_s=60)
    over.resume(T)
    over.step(T + 15, None)
    assert over.step(T + 15.1 + GRACE_S, None) == (Ended(T),)

    long_past = Situation(quiet_s=10)
    long_past.resume(T)
    assert long_past.step(T + 70, Match({})) == (Ended(T), Began(T + 70, Match({})))


def hours(start: str, end: str, *days: int) -> Hours:
    return Hours(days=days or tuple(range(7)), start=start, end=end)


def at(text: str, zone: str = "Europe/Paris", fold: int = 0) -> float:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


def test_hours_past_midnight_belong_to_the_day_on_which_they_start() -> None:
    friday_night = Schedule([hours("22:00", "06:00", 4)], "Europe/Paris")

    assert friday_night.runs(at("2026-11-20T22:00"))  # a Friday
    assert friday_night.runs(at("2026-11-21T05:59"))
    assert not friday_night.runs(at("2026-11-21T06:00"))
    assert not friday_night.runs(at("2026-11-20T05:00"))
    assert not friday_night.runs(at("2026-11-21T23:00"))


def test_sunday_night_reaches_into_monday() -> None:
    assert Schedule([hours("23:00", "01:00", 6)], "Europe/Paris").runs(at("2026-11-23T00:30"))


def test_hours_are_the_organisations() -> None:
    office = Schedule([hours("09:00", "17:00")], "America/New_York")

    assert office.runs(at("2026-11-23T16:00", "Europe/Paris"))
    assert not office.runs(at("2026-11-23T10:00", "Europe/Paris"))


def test_in_spring_the_hour_that_does_not_exist_is_not_run() -> None:
    night = Schedule([hours("02:00", "03:00")], "Europe/Paris")
    first = at("2026-03-29T00:00")

    assert not any(night.runs(first + minute * 60) for minute in range(6 * 60))


def test_in_autumn_the_hour_that_comes_twice_is_run_twice() -> None:
    night = Schedule([hours("02:00", "03:00")], "Europe/Paris")
    first = at("2026-10-25T00:00")

    assert sum(night.runs(first + minute * 60) for minute in range(6 * 60)) == 120
    assert night.runs(at("2026-10-25T02:30", fold=0))
    assert night.runs(at("2026-10-25T02:30", fold=1))


@given(
    st.integers(0, 1439),
    st.integers(0, 1439),
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(1_600_000_000, 2_100_000_000).map(lambda seconds: dt.datetime.fromtimestamp(seconds, dt.UTC)),
)
def test_hours_agree_with_a_plain_reading_of_the_clock(start: int, end: int, days: set[int], when: dt.datetime) -> None:
    schedule = Schedule([hours(_hhmm(start), _hhmm(end), *sorted(days))], "UTC")
    minute = when.hour * 60 + when.minute
    if start < end:
        expected = when.weekday() in days and start <= minute < end
    else:
        expected = (when.weekday() in days and minute >= start) or ((when.weekday() - 1) % 7 in days and minute < end)

    assert schedule.runs(when.timestamp()) == expected


def _hhmm(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
