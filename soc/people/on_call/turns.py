"""The turns of one rotation: pure arithmetic, right across changes of the clocks. No Django.

1. *On which clock.* Handovers and hours are read on the wall clock of the rotation's time zone. "08:00" stays 08:00 in winter and
   in summer, so that turn lasts 23 or 25 hours. A turn counted in hours lasts as many that pass, whatever the clocks do.
2. *A time that a clock skips or shows twice* (PEP 495, fold 0, as calendars do by RFC 5545): one that does not exist lies as
   long after the change as it would have without it (02:30, skipped in Paris in spring, is 03:30 summer time); one that
   comes twice is the first. Everything here goes through `instant`, so where one turn ends the next begins.
3. *By number.* Turn *k* begins *k* lengths after the first handover, and is worked out, not counted up to: a date in twenty years
   costs what tomorrow costs. Before the first handover there are no turns.

All instants that come in are aware, all that go out are UTC: aware times of one zone compare by the wall clock in Python.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo


class Every(StrEnum):
    """In what the length of a turn is counted."""

    HOURS = "hourly"
    DAYS = "daily"
    WEEKS = "weekly"
    MONTHS = "monthly"


def instant(zone: ZoneInfo, local: dt.datetime) -> dt.datetime:
    """The instant, in UTC, at which the wall clock of `zone` shows `local`; see the module for times it skips or shows twice."""
    return local.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)


@dataclass(frozen=True, slots=True)
class Hours:
    """Some hours of some days. An end that is not after the start lies on the next day; 00:00 to 00:00 is the whole day.

    Attributes:
        days: on which they begin: 0 is Monday, 6 is Sunday.
        start: on the wall clock.
        end: on the wall clock, not included.
    """

    days: frozenset[int]
    start: dt.time
    end: dt.time

    def on(self, day: dt.date, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime] | None:
        """From when to when they last that begin on `day`; ``None``: none do, or the clocks skip them."""
        if day.weekday() not in self.days:
            return None
        last = day if self.end > self.start else day + dt.timedelta(days=1)
        start = instant(zone, dt.datetime.combine(day, self.start))
        end = instant(zone, dt.datetime.combine(last, self.end))
        return (start, end) if start < end else None


@dataclass(frozen=True, slots=True)
class Turns:
    """What a rotation says, from one instant until another: who takes turns, in which order, for how long.

    Attributes:
        rotation: whose words these are.
        level: 1 is called first.
        every: the unit of `length`.
        length: of a turn; at least 1.
        starts_on: the day of the first handover.
        handover: at which time of day turns change; counted in hours, only the first begins by it.
        zone: on whose clock days and times are read.
        people: in the order of their turns; not empty; somebody may come several times.
        first: the place in `people` of who has the turn that begins on `starts_on`.
        ends_on: the day on which, at `handover`, the last turn ends; ``None``: it goes on.
        hours: when it counts, every week; empty: always. Turns go on at other hours, only nobody is on call by them.
        since: from when it says this.
        until: until when it said this; ``None``: it still does.
    """

    rotation: UUID
    level: int
    every: Every
    length: int
    starts_on: dt.date
    handover: dt.time
    zone: ZoneInfo
    people: tuple[UUID, ...]
    since: dt.datetime
    until: dt.datetime | None = None
    ends_on: dt.date | None = None
    hours: tuple[Hours, ...] = ()
    first: int = 0

    def begins(self, turn: int) -> dt.datetime:
        """When the turn begins: not before the one before it, but at the same instant where a zone skipped a whole day."""
        if self.every is Every.HOURS:
            return self._handed_over(self.starts_on) + turn * self.length * dt.timedelta(hours=1)
        if self.every is Every.MONTHS:
            return self._handed_over(_months_after(self.starts_on, turn * self.length))
        return self._handed_over(self.starts_on + turn * self._days)

    def turn_at(self, at: dt.datetime) -> int:
        """The number of the turn during which `at` lies; negative before the first handover."""
        at = at.astimezone(dt.UTC)
        if self.every is Every.HOURS:
            return (at - self.begins(0)) // dt.timedelta(hours=self.length)
        day = at.astimezone(self.zone).date()
        if self.every is Every.MONTHS:
            turn = ((day.year - self.starts_on.year) * 12 + day.month - self.starts_on.month) // self.length
        else:
            turn = (day - self.starts_on) // self._days
        while self.begins(turn) > at:  # earlier on the day of a handover
            turn -= 1
        while self.begins(turn + 1) <= at:
            turn += 1
        return turn

    def holder(self, turn: int) -> UUID:
        """Whose turn it is."""
        return self.people[(turn + self.first) % len(self.people)]

    def counts(self, since: dt.datetime, until: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
        """When it counts between two instants: apart from each other, in their order."""
        start = max(since, self.since, self.begins(0)).astimezone(dt.UTC)
        end = min((until, *self._ends())).astimezone(dt.UTC)
        if start >= end:
            return []
        if not self.hours:
            return [(start, end)]
        # Hours of the day before yesterday still count where a zone skipped yesterday, of tomorrow where midnight comes twice.
        day = start.astimezone(self.zone).date() - dt.timedelta(days=2)
        last = end.astimezone(self.zone).date() + dt.timedelta(days=1)
        found: list[tuple[dt.datetime, dt.datetime]] = []
        while day <= last:
            spans = (one.on(day, self.zone) for one in self.hours)
            found += [
                (max(start, one[0]), min(end, one[1])) for one in spans if one and one[0] < end and one[1] > start
            ]
            day += dt.timedelta(days=1)
        return _joined(found)

    @property
    def _days(self) -> dt.timedelta:
        return dt.timedelta(days=self.length * (7 if self.every is Every.WEEKS else 1))

    def _handed_over(self, day: dt.date) -> dt.datetime:
        return instant(self.zone, dt.datetime.combine(day, self.handover))

    def _ends(self) -> Iterator[dt.datetime]:
        if self.until is not None:
            yield self.until
        if self.ends_on is not None:
            yield self._handed_over(self.ends_on)


def carried_on(old: Turns, new: Turns, now: dt.datetime) -> Turns:
    """`new`, such that whose turn it is keeps it until the next handover, though the people or the hours are others.

    Who left gives the turn to the next of the old order who is still there. With another first day the turns begin anew with it.
    """
    if new.starts_on != old.starts_on or now < old.begins(0) or now < new.begins(0):
        return replace(new, first=0)
    slot = (old.turn_at(now) + old.first) % len(old.people)
    for person in (*old.people[slot:], *old.people[:slot]):
        if person in new.people:
            same = slot < len(new.people) and new.people[slot] == person
            place = slot if same else new.people.index(person)
            return replace(new, first=(place - new.turn_at(now)) % len(new.people))
    return replace(new, first=-new.turn_at(now) % len(new.people))


def _joined(spans: list[tuple[dt.datetime, dt.datetime]]) -> list[tuple[dt.datetime, dt.datetime]]:
    """The same times without overlaps, in their order."""
    joined: list[tuple[dt.datetime, dt.datetime]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _months_after(day: dt.date, months: int) -> dt.date:
    """The same day of another month, or its last where it is shorter; counted from `day`, so that the 31st comes back."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
