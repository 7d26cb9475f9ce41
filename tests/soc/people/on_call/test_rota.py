"""Overrides, levels and people who are gone: by examples, and against an oracle that looks at one instant at a time."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from soc.people.on_call.rota import Rota, Takeover, filled_until, gaps, on_duty, shifts, who
from soc.people.on_call.turns import Every, Hours, Turns
from tests.soc.people.on_call.test_turns import ADA, BEN, CYD, DAN, ZONES, turns, utc

EVE = uuid.UUID(int=5)
FIRST, SECOND = uuid.UUID(int=101), uuid.UUID(int=102)
MONDAY = "2027-01-04"


def line(rotation: uuid.UUID, level: int, *people: uuid.UUID) -> Turns:
    return turns("UTC", starts_on=MONDAY, rotation=rotation, level=level, people=people, every=Every.WEEKS)


def takeover(person: uuid.UUID, since: str, until: str, number: int = 1, **of: Any) -> Takeover:
    known = Takeover(id=uuid.UUID(int=500 + number), person=person, since=utc(since), until=utc(until))
    return replace(known, **of)


TWO_LINES = (line(FIRST, 1, ADA, BEN), line(SECOND, 2, CYD, DAN))
TUESDAY, WEDNESDAY, THURSDAY = "2027-01-05T08:00", "2027-01-06T08:00", "2027-01-07T08:00"


def test_several_rotations_are_several_people_at_once_in_the_order_of_levels() -> None:
    assert who(Rota(turns=TWO_LINES), utc(TUESDAY)) == (ADA, CYD)
    assert who(Rota(turns=TWO_LINES[::-1]), utc(TUESDAY)) == (ADA, CYD)
    assert who(Rota(turns=(line(FIRST, 1, ADA), line(SECOND, 2, ADA, BEN))), utc(TUESDAY)) == (ADA,)


def test_an_override_takes_a_rotations_place_for_its_time_and_no_more() -> None:
    rota = Rota(turns=TWO_LINES, takeovers=(takeover(EVE, TUESDAY, WEDNESDAY, rotation=FIRST),))
    assert who(rota, utc("2027-01-05T07:59")) == (ADA, CYD)
    assert who(rota, utc(TUESDAY)) == (EVE, CYD)
    assert who(rota, utc("2027-01-06T07:59")) == (EVE, CYD)
    assert who(rota, utc(WEDNESDAY)) == (ADA, CYD)
    firsts = [shift for shift in shifts(rota, utc("2027-01-04T08:00"), utc(THURSDAY)) if shift.level == 1]
    assert [(shift.person, shift.by_override) for shift in firsts] == [
        (ADA, None),
        (EVE, rota.takeovers[0].id),
        (ADA, None),
    ]


def test_an_override_in_place_of_a_person_follows_that_person_through_all_rotations() -> None:
    both = (line(FIRST, 1, ADA, BEN), line(SECOND, 2, BEN, ADA))
    rota = Rota(turns=both, takeovers=(takeover(EVE, TUESDAY, "2027-01-13T08:00", replaces=ADA),))
    assert who(rota, utc(TUESDAY)) == (EVE, BEN)
    assert who(rota, utc("2027-01-12T08:00")) == (BEN, EVE)  # the week after, Ada would have had the second line


def test_an_override_in_place_of_hours_without_anybody_takes_nothing() -> None:
    office = replace(TWO_LINES[0], hours=(Hours(frozenset(range(5)), dt.time(8), dt.time(18)),))
    rota = Rota(turns=(office,), takeovers=(takeover(EVE, TUESDAY, THURSDAY, rotation=FIRST),))
    assert who(rota, utc("2027-01-05T12:00")) == (EVE,)
    assert who(rota, utc("2027-01-05T20:00")) == ()
    nights = Rota(turns=(office,), takeovers=(takeover(EVE, "2027-01-05T18:00", WEDNESDAY, rotation=FIRST),))
    period = utc(MONDAY + "T00:00"), utc(THURSDAY)
    assert shifts(nights, *period) == shifts(Rota(turns=(office,)), *period)


def test_an_override_in_nobodys_place_fills_a_gap_and_comes_first_of_its_level() -> None:
    added = takeover(EVE, TUESDAY, WEDNESDAY)
    assert who(Rota(takeovers=(added,)), utc(TUESDAY)) == (EVE,)
    assert who(Rota(turns=TWO_LINES, takeovers=(added,)), utc(TUESDAY)) == (EVE, ADA, CYD)
    assert who(Rota(turns=TWO_LINES, takeovers=(replace(added, level=2),)), utc(TUESDAY)) == (ADA, EVE, CYD)


def test_the_override_entered_last_acts_on_what_those_before_it_left() -> None:
    first = takeover(EVE, TUESDAY, THURSDAY, 1, rotation=FIRST)
    ill = takeover(DAN, WEDNESDAY, THURSDAY, 2, replaces=EVE)
    rota = Rota(turns=TWO_LINES[:1], takeovers=(first, ill))
    assert [who(rota, utc(at)) for at in (TUESDAY, WEDNESDAY, THURSDAY)] == [(EVE,), (DAN,), (ADA,)]
    added = Rota(takeovers=(takeover(EVE, TUESDAY, THURSDAY, 1), ill))
    assert who(added, utc(WEDNESDAY)) == (DAN,)


def test_two_lines_swap_by_two_overrides_of_rotations() -> None:
    swap = (
        takeover(CYD, TUESDAY, WEDNESDAY, 1, rotation=FIRST),
        takeover(ADA, TUESDAY, WEDNESDAY, 2, rotation=SECOND),
    )
    assert who(Rota(turns=TWO_LINES, takeovers=swap), utc(TUESDAY)) == (CYD, ADA)


def test_who_is_gone_leaves_a_gap_and_the_others_keep_their_turns() -> None:
    rota = Rota(turns=TWO_LINES[:1], gone={ADA: utc(WEDNESDAY)})
    assert who(rota, utc(TUESDAY)) == (ADA,)
    assert who(rota, utc(WEDNESDAY)) == ()
    assert who(rota, utc("2027-01-11T08:00")) == (BEN,)
    (gap,) = gaps(rota, utc(TUESDAY), utc("2027-01-12T08:00"))
    assert (gap.start, gap.end) == (utc(WEDNESDAY), utc("2027-01-11T08:00"))
    assert filled_until(rota, utc(TUESDAY), utc("2028-01-01T00:00")) == utc(WEDNESDAY)


def test_a_place_of_somebody_gone_can_be_taken_and_an_override_by_somebody_gone_counts_for_nothing() -> None:
    filled = Rota(TWO_LINES[:1], (takeover(EVE, TUESDAY, THURSDAY, replaces=ADA),), {ADA: utc("2027-01-01T00:00")})
    assert who(filled, utc(WEDNESDAY)) == (EVE,)
    back = Rota(TWO_LINES[:1], (takeover(EVE, TUESDAY, THURSDAY, rotation=FIRST),), {EVE: utc(WEDNESDAY)})
    assert [who(back, utc(at)) for at in (TUESDAY, WEDNESDAY)] == [(EVE,), (ADA,)]


def test_what_a_rotation_said_before_a_change_stays_in_the_past() -> None:
    old = replace(TWO_LINES[0], until=utc(WEDNESDAY))
    new = replace(TWO_LINES[0], people=(BEN, EVE), since=utc(WEDNESDAY))
    rota = Rota(turns=(old, new))
    found = shifts(rota, utc(TUESDAY), utc(THURSDAY))
    assert [(shift.person, shift.start) for shift in found] == [(ADA, utc(TUESDAY)), (BEN, utc(WEDNESDAY))]
    assert shifts(Rota(turns=(new, old)), utc(TUESDAY), utc(THURSDAY)) == found
    same = Rota(turns=(replace(new, people=old.people), old))
    assert len(shifts(same, utc(TUESDAY), utc(THURSDAY))) == 1  # nothing that anybody would notice


PEOPLE = [ADA, BEN, CYD, DAN, EVE]
NEAR = st.integers(0, 23 * 24 * 60).map(lambda minutes: utc("2026-10-20T00:00") + dt.timedelta(minutes=minutes))


@st.composite
def some_rota(draw: st.DrawFn) -> Rota:
    rotations = [uuid.UUID(int=200 + number) for number in range(draw(st.integers(0, 3)))]
    said = []
    for rotation in rotations:
        one = turns(
            draw(st.sampled_from(ZONES)),
            rotation=rotation,
            level=draw(st.integers(1, 2)),
            every=draw(st.sampled_from(Every)),
            length=draw(st.integers(1, 9)),
            people=tuple(draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4))),
            starts_on=draw(st.dates(dt.date(2026, 9, 1), dt.date(2026, 11, 1))).isoformat(),
            handover=draw(st.sampled_from(["00:00", "01:30", "02:30", "08:00", "23:45"])),
            ends_on=draw(st.none() | st.dates(dt.date(2026, 11, 1), dt.date(2026, 11, 20))),
            hours=tuple(
                Hours(frozenset(days), start, end)
                for days, start, end in draw(
                    st.lists(st.tuples(st.sets(st.integers(0, 6)), *[st.times().map(_on_the_hour)] * 2), max_size=2)
                )
            ),
        )
        if draw(st.booleans()):
            changed = draw(NEAR)
            said.append(replace(one, until=changed))
            one = replace(one, since=changed, people=tuple(draw(st.permutations(one.people))), level=2)
        said.append(one)
    taken = []
    for number in range(draw(st.integers(0, 4))):
        since, until = sorted([draw(NEAR), draw(NEAR)])
        of = draw(st.sampled_from([*rotations, None]))
        replaces = draw(st.none() | st.sampled_from(PEOPLE)) if of is None else None
        person = draw(st.sampled_from(PEOPLE))
        until = max(until, since + dt.timedelta(minutes=1))
        taken.append(Takeover(uuid.UUID(int=500 + number), person, since, until, of, replaces, 1 + number % 2))
    gone = draw(st.dictionaries(st.sampled_from(PEOPLE), NEAR, max_size=2))
    return Rota(tuple(said), tuple(taken), gone)


def _on_the_hour(at: dt.time) -> dt.time:
    return dt.time(at.hour, at.minute // 30 * 30)


def oracle(rota: Rota, at: dt.datetime) -> list[tuple[int, uuid.UUID, uuid.UUID | None]]:
    """Level, person and rotation of all on call at one instant, found by walking from the first turn on."""
    places: list[tuple[int, uuid.UUID, uuid.UUID | None]] = []
    for one in rota.turns:
        if not one.since <= at < (one.until or at + dt.timedelta(1)) or at < one.begins(0):
            continue
        if one.ends_on and at >= dt.datetime.combine(one.ends_on, one.handover, one.zone).astimezone(dt.UTC):
            continue
        if one.hours and not any(_lasts(hours, one, at) for hours in one.hours):
            continue
        turn = 0
        while one.begins(turn + 1) <= at:
            turn += 1
        places.append((one.level, one.people[(turn + one.first) % len(one.people)], one.rotation))
    for taken in rota.takeovers:
        if not taken.since <= at < taken.until or (taken.person in rota.gone and at >= rota.gone[taken.person]):
            continue
        if taken.rotation is None and taken.replaces is None:
            places.append((taken.level, taken.person, None))
            continue
        for number, (level, person, rotation) in enumerate(places):
            if rotation == taken.rotation if taken.rotation else person == taken.replaces:
                places[number] = (level, taken.person, rotation)
    here = [place for place in places if at < rota.gone.get(place[1], at + dt.timedelta(1))]
    return sorted(here, key=str)


def _lasts(hours: Hours, of: Turns, at: dt.datetime) -> bool:
    for day in (dt.date(2026, 10, 1) + dt.timedelta(days=number) for number in range(70)):
        last = day + dt.timedelta(days=0 if hours.end > hours.start else 1)
        begins = dt.datetime.combine(day, hours.start, of.zone).astimezone(dt.UTC)
        ends = dt.datetime.combine(last, hours.end, of.zone).astimezone(dt.UTC)
        if day.weekday() in hours.days and begins <= at < ends:
            return True
    return False


@settings(max_examples=80)
@given(some_rota(), st.lists(NEAR, min_size=1, max_size=6))
def test_who_agrees_with_shifts_and_with_an_oracle_at_every_instant(rota: Rota, more: list[dt.datetime]) -> None:
    since, until = utc("2026-10-20T00:00"), utc("2026-11-12T00:00")
    found = shifts(rota, since, until)
    without = gaps(rota, since, until)
    assert all(shift.start < shift.end for shift in found)
    assert all(gap.start < gap.end for gap in without)
    edges = {edge for shift in found for edge in (shift.start, shift.end)}
    for at in sorted([*sorted(edges)[::5], *more])[:25]:
        for instant in (at - dt.timedelta(microseconds=1), at):
            if not since <= instant < until:
                continue
            here = [shift for shift in found if shift.start <= instant < shift.end]
            now = on_duty(rota, instant)
            of_now = sorted(((shift.level, shift.person, shift.rotation) for shift in now), key=str)
            assert of_now == sorted(((shift.level, shift.person, shift.rotation) for shift in here), key=str)
            assert of_now == oracle(rota, instant)
            assert [shift.level for shift in now] == sorted(shift.level for shift in now)
            assert set(who(rota, instant)) == {shift.person for shift in here}
            assert bool(here) != any(gap.start <= instant < gap.end for gap in without)


@settings(max_examples=40)
@given(some_rota(), st.lists(NEAR, min_size=3, max_size=3))
def test_shifts_of_two_parts_are_those_of_the_whole(rota: Rota, edges: list[dt.datetime]) -> None:
    start, middle, end = sorted(edges)
    parts = [*shifts(rota, start, middle), *shifts(rota, middle, end)]
    whole = shifts(rota, start, end)
    assert sum((one.end - one.start for one in parts), dt.timedelta()) == sum(
        (one.end - one.start for one in whole), dt.timedelta()
    )
    first = next((gap.start for gap in gaps(rota, start, end)), None)
    assert filled_until(rota, start, end) == first
