"""Who is on call when, by all rotations and overrides of a schedule. Pure, as `turns` is, on which it builds.

* *Overrides* act in the order in which they were entered, each on what those before it left. One in the place of a person or of a
  rotation takes what that one would have had, no more; one in nobody's place is on call in addition, for all of its time.
* *Who is gone* is on call no longer. Nobody takes the place by itself: there is a gap, and it is told. An override by somebody
  gone counts for nothing, so that whose place it took is on call again.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from soc.people.on_call.turns import Turns

_INSTANT = dt.timedelta(microseconds=1)
"""The shortest time that there is."""
_STEP = dt.timedelta(days=31)
"""How far the search for a gap looks at once."""


@dataclass(frozen=True, slots=True)
class Takeover:
    """An override: somebody takes a period.

    Attributes:
        id: of the override.
        person: who takes it.
        since: from when.
        until: until when, not included.
        rotation: in whose place; ``None``: no rotation's.
        replaces: in whose place, in every rotation; ``None``: no person's. Without either: in addition to whoever is on call.
        level: of who is on call in addition; who takes a place has the level of that place.
    """

    id: UUID
    person: UUID
    since: dt.datetime
    until: dt.datetime
    rotation: UUID | None = None
    replaces: UUID | None = None
    level: int = 1

    @property
    def in_addition(self) -> bool:
        """Whether it takes nobody's place."""
        return self.rotation is None and self.replaces is None

    def takes(self, shift: Shift) -> bool:
        """Whether it is in the place of this shift."""
        if self.rotation is not None:
            return shift.rotation == self.rotation
        return self.replaces is not None and shift.person == self.replaces


@dataclass(frozen=True, slots=True)
class Rota:
    """All that says who is on call by a schedule.

    Attributes:
        turns: of its rotations, in the order in which those of one level are called.
        takeovers: its overrides, in the order in which they were entered.
        gone: who of these people was removed, and when.
    """

    turns: tuple[Turns, ...] = ()
    takeovers: tuple[Takeover, ...] = ()
    gone: Mapping[UUID, dt.datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody is on call from `start` until `end` (not included).

    Attributes:
        start: in UTC.
        end: in UTC.
        person: who.
        rotation: by which rotation; ``None``: by an override, in addition.
        by_override: by which override; ``None``: it is the rotation's own turn.
        level: 1 is called first.
    """

    start: dt.datetime
    end: dt.datetime
    person: UUID
    rotation: UUID | None
    by_override: UUID | None
    level: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody is on call from `start` until `end` (not included)."""

    start: dt.datetime
    end: dt.datetime


def shifts(rota: Rota, since: dt.datetime, until: dt.datetime) -> tuple[Shift, ...]:
    """Who is on call between two instants, cut at both: by their beginning, then by level and in the order of the rotations.

    What follows without a break, by the same rotation or override and of the same person, is one shift.
    """
    since, until = since.astimezone(dt.UTC), until.astimezone(dt.UTC)
    lanes: dict[UUID, list[Shift]] = {}
    for turns in sorted(rota.turns, key=lambda one: one.since):
        lanes.setdefault(turns.rotation, []).extend(_turns_between(turns, since, until))
    order = dict.fromkeys(turns.rotation for turns in rota.turns)
    added: list[list[Shift]] = []
    for takeover in rota.takeovers:
        start = max(since, takeover.since.astimezone(dt.UTC))
        end = min(until, takeover.until.astimezone(dt.UTC), rota.gone.get(takeover.person, until))
        if start >= end:
            continue
        if takeover.in_addition:
            added.append([Shift(start, end, takeover.person, None, takeover.id, takeover.level)])
            continue
        for lane in (*lanes.values(), *added):
            _take_over(lane, takeover, start, end)
    ordered = [*added, *(lanes[rotation] for rotation in order)]
    found = [
        (shift.start, shift.level, place, shift)
        for place, lane in enumerate(ordered)
        for shift in _merged(_still_there(lane, rota.gone))
    ]
    return tuple(shift for *_, shift in sorted(found, key=lambda one: one[:3]))


def on_duty(rota: Rota, at: dt.datetime) -> tuple[Shift, ...]:
    """The shifts during which `at` lies, by level and in the order of the rotations; cut to that instant."""
    return shifts(rota, at, at + _INSTANT)


def who(rota: Rota, at: dt.datetime) -> tuple[UUID, ...]:
    """The people on call at `at`, by level, each once; empty: nobody."""
    return tuple(dict.fromkeys(shift.person for shift in on_duty(rota, at)))


def gaps(rota: Rota, since: dt.datetime, until: dt.datetime) -> tuple[Gap, ...]:
    """When nobody at all is on call between two instants."""
    found = []
    free = since.astimezone(dt.UTC)
    for shift in shifts(rota, since, until):
        if shift.start > free:
            found.append(Gap(free, shift.start))
        free = max(free, shift.end)
    end = until.astimezone(dt.UTC)
    return (*found, Gap(free, end)) if free < end else tuple(found)


def filled_until(rota: Rota, since: dt.datetime, horizon: dt.datetime) -> dt.datetime | None:
    """The first instant from `since` at which nobody is on call; ``None``: somebody always is, until `horizon`."""
    start = since.astimezone(dt.UTC)
    while start < horizon:
        end = min(start + _STEP, horizon.astimezone(dt.UTC))
        if found := gaps(rota, start, end):
            return found[0].start
        start = end
    return None


def _turns_between(turns: Turns, since: dt.datetime, until: dt.datetime) -> Iterator[Shift]:
    for start, end in turns.counts(since, until):
        turn = turns.turn_at(start)
        while start < end:
            handover = min(turns.begins(turn + 1), end)
            if start < handover:
                yield Shift(start, handover, turns.holder(turn), turns.rotation, None, turns.level)
                start = handover
            turn += 1


def _take_over(lane: list[Shift], takeover: Takeover, start: dt.datetime, end: dt.datetime) -> None:
    """Give what of the lane lies between two instants, and is in the override's place, to who takes it over."""
    first = bisect_right(lane, start, key=lambda shift: shift.end)
    last = bisect_left(lane, end, key=lambda shift: shift.start)
    lane[first:last] = [
        part
        for shift in lane[first:last]
        for part in (_split(shift, takeover, start, end) if takeover.takes(shift) else [shift])
    ]


def _split(shift: Shift, takeover: Takeover, start: dt.datetime, end: dt.datetime) -> Iterator[Shift]:
    if shift.start < start:
        yield replace(shift, end=start)
    taken = replace(shift, start=max(shift.start, start), end=min(shift.end, end))
    yield replace(taken, person=takeover.person, by_override=takeover.id)
    if end < shift.end:
        yield replace(shift, start=end)


def _still_there(lane: Sequence[Shift], gone: Mapping[UUID, dt.datetime]) -> Iterator[Shift]:
    for shift in lane:
        end = min(shift.end, gone.get(shift.person, shift.end))
        if shift.start < end:
            yield replace(shift, end=end)


def _merged(lane: Iterator[Shift]) -> list[Shift]:
    merged: list[Shift] = []
    for shift in lane:
        if merged and replace(merged[-1], start=shift.start, end=shift.end) == shift and merged[-1].end == shift.start:
            merged[-1] = replace(merged[-1], end=shift.end)
        else:
            merged.append(shift)
    return merged
