"""At which hours a rule runs, on the organisation's wall clock. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

_DAY = 24 * 60
WallTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Hours(BaseModel):
    """Some hours of some days. An end that is not after the start lies on the next day; 00:00 to 00:00 is the whole day."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    days: tuple[Annotated[int, Field(ge=0, le=6)], ...] = Field(
        min_length=1, max_length=7, description="Days on which it starts: 0 is Monday, 6 is Sunday."
    )
    start: WallTime = Field(description="HH:MM")
    end: WallTime = Field(description="HH:MM, not included")


HOURS = TypeAdapter(Annotated[tuple[Hours, ...], Field(max_length=28)])


@dataclass(frozen=True, slots=True)
class _Span:
    days: frozenset[int]
    start: int
    end: int  # minutes after the midnight at which the day of `start` begins; more than a day when past midnight

    def covers(self, day: int, minute: int) -> bool:
        return (day in self.days and self.start <= minute < self.end) or (
            (day - 1) % 7 in self.days and minute < self.end - _DAY
        )


def _minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


class Schedule:
    """The hours of one rule. It reads the wall clock: an hour that is skipped in spring is not run, one that comes twice in
    autumn is run twice.
    """

    __slots__ = ("_spans", "_zone")

    def __init__(self, hours: Sequence[Hours], timezone: str) -> None:
        spans: list[_Span] = []
        for one in hours:
            start, end = _minutes(one.start), _minutes(one.end)
            spans.append(_Span(frozenset(one.days), start, end if end > start else end + _DAY))
        self._spans = tuple(spans)
        self._zone = _zone(timezone)

    def runs(self, at: float) -> bool:
        """Whether the rule runs at `at`, seconds of the epoch. Without hours it always runs."""
        if not self._spans:
            return True
        local = dt.datetime.fromtimestamp(at, self._zone)
        day, minute = local.weekday(), local.hour * 60 + local.minute
        return any(span.covers(day, minute) for span in self._spans)


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
