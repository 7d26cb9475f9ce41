"""Turns are right across changes of the clocks: examples of real zones by hand, and any zone, date and length."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from soc.people.on_call import turns as turns_module
from soc.people.on_call.rota import Rota, filled_until, gaps, shifts, who
from soc.people.on_call.turns import Every, Hours, Turns, carried_on, instant

ADA, BEN, CYD, DAN = (uuid.UUID(int=number) for number in range(1, 5))
ROTATION = uuid.UUID(int=100)
LONG_AGO = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)
ZONES = [
    "Europe/Paris",
    "America/New_York",
    "Australia/Lord_Howe",  # changes by half an hour
    "Asia/Kathmandu",  # 5:45 from UTC, changes never
    "Africa/Casablanca",  # changes twice around Ramadan, the other way round
    "America/St_Johns",  # changed at one minute past midnight until 2011
    "America/Sao_Paulo",  # changed at midnight until 2019
    "Pacific/Apia",  # had no 30 December 2011
    "Asia/Tehran",
    "UTC",
]


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def turns(zone: str = "Europe/Paris", starts_on: str = "2026-01-01", handover: str = "08:00", **other: Any) -> Turns:
    known = Turns(
        rotation=ROTATION,
        level=1,
        every=Every.DAYS,
        length=1,
        starts_on=dt.date.fromisoformat(starts_on),
        handover=dt.time.fromisoformat(handover),
        zone=ZoneInfo(zone),
        people=(ADA, BEN, CYD),
        since=LONG_AGO,
    )
    return replace(known, **other)


def on(day: str, of: Turns) -> int:
    """The turn that begins on this day."""
    return of.turn_at(instant(of.zone, dt.datetime.combine(dt.date.fromisoformat(day), of.handover)))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Paris", "2027-03-27", 23),
        ("Europe/Paris", "2027-10-30", 25),
        ("America/New_York", "2027-03-13", 23),
        ("America/New_York", "2027-11-06", 25),
        ("Australia/Lord_Howe", "2027-04-03", 24.5),
        ("Australia/Lord_Howe", "2027-10-02", 23.5),
        ("Asia/Kathmandu", "2027-03-27", 24),
        ("Pacific/Apia", "2011-12-29", 24),  # the 30th was skipped: to the 31st
    ],
)
def test_a_handover_stays_at_eight_on_the_wall_clock(zone: str, day: str, hours: float) -> None:
    daily = turns(zone, starts_on="2011-01-01")
    turn = on(day, daily)
    begin, end = daily.begins(turn), daily.begins(turn + 1)
    assert end - begin == dt.timedelta(hours=hours)
    assert begin.astimezone(daily.zone).time() == end.astimezone(daily.zone).time() == dt.time(8)


@pytest.mark.parametrize(
    ("zone", "handover", "day", "expected"),
    [
        ("Europe/Paris", "02:30", "2027-03-28", "2027-03-28T01:30"),  # skipped: 03:30 summer time
        ("Europe/Paris", "02:30", "2027-10-31", "2027-10-31T00:30"),  # twice: the first, still summer time
        ("Europe/Paris", "03:00", "2027-03-28", "2027-03-28T01:00"),  # there is one
        ("Europe/Paris", "03:00", "2027-10-31", "2027-10-31T02:00"),
        ("America/New_York", "02:30", "2027-03-14", "2027-03-14T07:30"),
        ("America/New_York", "01:30", "2027-11-07", "2027-11-07T05:30"),
        ("Australia/Lord_Howe", "02:15", "2027-10-03", "2027-10-02T15:45"),  # skipped: 02:45 summer time
        ("Australia/Lord_Howe", "01:45", "2027-04-04", "2027-04-03T14:45"),  # twice: the first
    ],
)
def test_a_time_that_is_skipped_or_comes_twice_is_defined(zone: str, handover: str, day: str, expected: str) -> None:
    daily = turns(zone, handover=handover)
    turn = (dt.date.fromisoformat(day) - daily.starts_on).days
    assert daily.begins(turn) == utc(expected)
    assert daily.turn_at(utc(expected)) == turn
    assert daily.turn_at(utc(expected) - dt.timedelta(microseconds=1)) == turn - 1


def test_hours_that_pass_are_counted_not_those_of_the_clock() -> None:
    shifted = turns(starts_on="2027-03-27", handover="20:00", every=Every.HOURS, length=12)
    local = [shifted.begins(turn).astimezone(shifted.zone).strftime("%d %H:%M") for turn in range(4)]
    assert local == ["27 20:00", "28 09:00", "28 21:00", "29 09:00"]  # the night was one hour short


def test_weeks_change_at_the_same_time_of_the_same_day() -> None:
    weekly = turns(starts_on="2026-03-06", handover="18:00", every=Every.WEEKS, length=1)  # a Friday
    for turn in range(60):
        at = weekly.begins(turn).astimezone(weekly.zone)
        assert (at.weekday(), at.time()) == (4, dt.time(18))


def test_months_that_are_short_end_sooner_and_the_31st_comes_back() -> None:
    monthly = turns(starts_on="2027-01-31", every=Every.MONTHS, length=1)
    days = [monthly.begins(turn).astimezone(monthly.zone).date().isoformat() for turn in (0, 1, 2, 3, 12)]
    assert days == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2028-01-31"]
    for turn in range(40):
        assert monthly.turn_at(monthly.begins(turn)) == turn


def test_a_day_that_a_zone_skips_belongs_to_nobody_and_nobody_is_left_out_for_long() -> None:
    daily = turns("Pacific/Apia", starts_on="2011-12-28")
    found = shifts(Rota(turns=(daily,)), daily.begins(0), daily.begins(6))
    assert [shift.person for shift in found] == [ADA, BEN, ADA, BEN, CYD]  # Cyd's was the 30th
    assert all(one.end == next_one.start for one, next_one in pairwise(found))


@pytest.mark.parametrize("every", Every)
def test_a_date_far_away_is_worked_out_not_counted_up_to(every: Every, monkeypatch: pytest.MonkeyPatch) -> None:
    of = turns(starts_on="1981-01-01", every=every, hours=(OFFICE,))
    asked = []

    def counted(zone: ZoneInfo, local: dt.datetime) -> dt.datetime:
        asked.append(local)
        return instant(zone, local)

    monkeypatch.setattr(turns_module, "instant", counted)
    at = utc("2099-06-01T12:30")
    assert of.begins(of.turn_at(at)) <= at < of.begins(of.turn_at(at) + 1)
    assert who(Rota(turns=(of,)), at) == (of.holder(of.turn_at(at)),)
    assert len(asked) < 60


@st.composite
def some_turns(draw: st.DrawFn) -> Turns:
    every = draw(st.sampled_from(Every))
    return turns(
        draw(st.sampled_from(ZONES)),
        every=every,
        length=draw(st.integers(1, 30 if every is Every.HOURS else 3)),
        people=tuple(draw(st.lists(st.sampled_from([ADA, BEN, CYD, DAN]), min_size=1, max_size=5))),
        starts_on=draw(st.dates(dt.date(2005, 1, 1), dt.date(2032, 1, 1))).isoformat(),
        handover=draw(st.times()).replace(second=0, microsecond=0, fold=0).isoformat(),
        first=draw(st.integers(0, 4)),
    )


@given(some_turns(), st.integers(0, 5_000), st.integers(1, 60))
def test_there_is_no_gap_and_no_overlap(of: Turns, first: int, length: int) -> None:
    since = of.begins(first)
    until = max(of.begins(first + length), since + dt.timedelta(seconds=1))
    if until - since > dt.timedelta(days=900):
        until = since + dt.timedelta(days=900)
    found = shifts(Rota(turns=(of,)), since, until)
    assert found[0].start == since
    assert found[-1].end == until
    for one, following in pairwise(found):
        assert one.start < one.end == following.start
        assert one.person != following.person  # else it were one shift
    assert gaps(Rota(turns=(of,)), since, until) == ()
    assert filled_until(Rota(turns=(of,)), since, until) is None


@given(some_turns(), st.integers(0, 3_000))
@example(turns("America/St_Johns", starts_on="2010-11-06", handover="23:30"), 0)
@example(turns("America/St_Johns", starts_on="2010-11-06", handover="00:00"), 0)
def test_turns_begin_in_order_at_the_time_of_the_clock_and_are_found_again(of: Turns, turn: int) -> None:
    begin, end = of.begins(turn), of.begins(turn + 1)
    assert begin <= end
    if of.every is not Every.HOURS:
        local = begin.astimezone(of.zone)
        shown = local.replace(tzinfo=None)
        skipped = instant(of.zone, shown) == begin and shown.time() != of.handover
        assert local.time() == of.handover or skipped
    else:
        assert end - begin == dt.timedelta(hours=of.length)
    if begin < end:
        assert of.turn_at(begin) == turn
        assert of.turn_at(end - dt.timedelta(microseconds=1)) == turn
        assert of.holder(turn) == of.people[(turn + of.first) % len(of.people)]


def test_nobody_is_on_call_before_the_first_handover_nor_after_the_last() -> None:
    rota = Rota(turns=(turns(starts_on="2027-01-04", ends_on=dt.date(2027, 1, 6)),))
    assert who(rota, utc("2027-01-04T06:59")) == ()
    assert who(rota, utc("2027-01-04T07:00")) == (ADA,)
    assert who(rota, utc("2027-01-06T06:59")) == (BEN,)
    assert who(rota, utc("2027-01-06T07:00")) == ()
    assert filled_until(rota, utc("2027-01-04T07:00"), utc("2028-01-04T07:00")) == utc("2027-01-06T07:00")
    assert filled_until(rota, utc("2027-01-03T07:00"), utc("2028-01-04T07:00")) == utc("2027-01-03T07:00")


OFFICE = Hours(frozenset(range(5)), dt.time(8), dt.time(18))
NIGHTS = Hours(frozenset(range(5)), dt.time(18), dt.time(8))
WEEKENDS = Hours(frozenset({5, 6}), dt.time(8), dt.time(8))


def test_a_rotation_counts_at_its_hours_only() -> None:
    office = Rota(turns=(turns(every=Every.WEEKS, starts_on="2027-01-04", hours=(OFFICE,)),))
    assert who(office, utc("2027-01-08T16:59")) == (ADA,)  # Friday, 17:59
    assert who(office, utc("2027-01-08T17:00")) == ()
    assert who(office, utc("2027-01-09T10:00")) == ()  # Saturday
    assert who(office, utc("2027-01-11T07:00")) == (BEN,)
    assert len(shifts(office, utc("2027-01-04T00:00"), utc("2027-01-11T00:00"))) == 5


@pytest.mark.parametrize("zone", ZONES)
def test_hours_that_fill_the_week_leave_no_gap_when_the_clocks_change(zone: str) -> None:
    week = tuple(
        turns(zone, starts_on="2027-01-01", rotation=uuid.UUID(int=200 + at), hours=(hours,), people=(person,))
        for at, (hours, person) in enumerate([(OFFICE, ADA), (NIGHTS, BEN), (WEEKENDS, CYD)])
    )
    since, until = utc("2027-01-05T00:00"), utc("2028-01-05T00:00")
    assert gaps(Rota(turns=week), since, until) == ()
    found = shifts(Rota(turns=week), since, until)
    assert all(one.end == following.start for one, following in pairwise(found))


def test_hours_that_the_clocks_skip_are_not_there_that_night() -> None:
    early = Hours(frozenset({6}), dt.time(2, 10), dt.time(2, 50))
    assert early.on(dt.date(2027, 3, 28), ZoneInfo("Europe/Paris")) == (
        utc("2027-03-28T01:10"),
        utc("2027-03-28T01:50"),
    )
    across = Hours(frozenset({6}), dt.time(2, 30), dt.time(3, 0))
    assert across.on(dt.date(2027, 3, 28), ZoneInfo("Europe/Paris")) is None
    assert across.on(dt.date(2027, 10, 31), ZoneInfo("Europe/Paris")) == (
        utc("2027-10-31T00:30"),
        utc("2027-10-31T02:00"),
    )


@pytest.mark.parametrize(
    ("zone", "hours", "inside", "outside"),
    [
        # From 22:00 on Thursday the 29th to 06:00 on the 30th, which was skipped: to 06:00 on the 31st.
        ("Pacific/Apia", Hours(frozenset({3}), dt.time(22), dt.time(6)), "2011-12-30T15:59", "2011-12-30T16:00"),
        # From midnight to one on Sunday; at a minute past, the clock went back to 23:01 on Saturday.
        ("America/St_Johns", Hours(frozenset({6}), dt.time(0), dt.time(1)), "2010-11-07T03:00", "2010-11-07T04:30"),
    ],
)
def test_hours_are_right_where_a_day_is_skipped_or_midnight_comes_twice(
    zone: str, hours: Hours, inside: str, outside: str
) -> None:
    rota = Rota(turns=(turns(zone, starts_on="2010-01-01", hours=(hours,), people=(ADA,)),))
    assert [who(rota, utc(inside)), who(rota, utc(outside))] == [(ADA,), ()]


@given(some_turns(), st.integers(0, 2_000), st.data())
def test_whose_turn_it_is_keeps_it_when_people_are_added(of: Turns, turn: int, data: st.DataObject) -> None:
    now = of.begins(turn) + (of.begins(turn + 1) - of.begins(turn)) / 2
    on_call = of.holder(of.turn_at(now))
    more = tuple(data.draw(st.permutations([*of.people, uuid.UUID(int=9)])))
    changed = carried_on(of, replace(of, people=more), now)
    assert changed.holder(changed.turn_at(now)) == on_call


def test_who_leaves_gives_the_turn_to_the_next_of_the_old_order() -> None:
    of = turns(people=(ADA, BEN, CYD), starts_on="2027-01-04")
    now = utc("2027-01-05T12:00")  # Ben's
    left = carried_on(of, replace(of, people=(ADA, CYD)), now)
    assert [left.holder(left.turn_at(now) + later) for later in range(3)] == [CYD, ADA, CYD]
    others = carried_on(of, replace(of, people=(DAN,)), now)
    assert others.holder(others.turn_at(now)) == DAN
    anew = carried_on(of, replace(of, starts_on=dt.date(2027, 1, 5)), now)
    assert anew.holder(anew.turn_at(now)) == ADA
