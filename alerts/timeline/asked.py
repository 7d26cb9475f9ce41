"""What of the timeline is asked for: a day on the organisation's clock, or any stretch up to a week."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from alerts.models import AlertState, Severity
from soc import clock
from soc.refusals import Refusal

LONGEST = dt.timedelta(days=8)
MOST = 1_500
"""How many alerts are written one by one; more are counted in pieces of time."""

_BACKWARDS = _("The time asked for ends before it begins.")
_TOO_LONG = _("Ask for eight days at most.")
_HALF = _("Name both the beginning and the end, or a day.")


class TimelineQuery(serializers.Serializer[Any]):
    """`?day=2026-11-25` or `?since=…&until=…`, narrowed by `site`, `camera`, `rule`, `severity`, `state`."""

    day = serializers.DateField(required=False, help_text="On the organisation's clock; today without any of these.")
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)
    site = serializers.UUIDField(required=False)
    camera = serializers.UUIDField(required=False)
    rule = serializers.UUIDField(required=False)
    severity = serializers.ListField(child=serializers.ChoiceField(choices=Severity.choices), required=False)
    state = serializers.ListField(child=serializers.ChoiceField(choices=AlertState.choices), required=False)
    bins = serializers.IntegerField(min_value=1, max_value=2_000, default=288)
    most = serializers.IntegerField(
        min_value=0, max_value=5_000, default=MOST, help_text="More alerts than this are counted in `bins` pieces."
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the timeline, its times resolved."""

    since: dt.datetime
    until: dt.datetime
    day: dt.date | None
    site: UUID | None
    camera: UUID | None
    rule: UUID | None
    severities: tuple[int, ...]
    states: tuple[str, ...]
    bins: int
    most: int

    @property
    def bin_s(self) -> float:
        """How long a piece of time is, seconds."""
        return (self.until - self.since).total_seconds() / self.bins


def day_bounds(day: dt.date, timezone: str) -> tuple[dt.datetime, dt.datetime]:
    """When a day begins and ends on a wall clock, in UTC: 23 to 25 hours where the clock is changed."""
    zone = ZoneInfo(timezone)
    begin, end = (dt.datetime.combine(each, dt.time.min, zone) for each in (day, day + dt.timedelta(days=1)))
    return begin.astimezone(dt.UTC), end.astimezone(dt.UTC)


def asked_of(entered: dict[str, Any], timezone: str) -> Asked:
    """The question in what was entered.

    Raises:
        Refusal: its times make no sense, or span too long.
    """
    since, until, day = entered.get("since"), entered.get("until"), entered.get("day")
    if since is None and until is None:
        day = day or clock.now().astimezone(ZoneInfo(timezone)).date()
        if not 1 < day.year < dt.MAXYEAR:
            raise Refusal("backwards", _BACKWARDS, fields={"day": _BACKWARDS})
        since, until = day_bounds(day, timezone)
    elif since is None or until is None or day is not None:
        raise Refusal("half_a_time", _HALF, fields={"since": _HALF})
    if not (since.year > 1 and until.year < dt.MAXYEAR):
        raise Refusal("backwards", _BACKWARDS, fields={"since": _BACKWARDS})
    if until <= since:
        raise Refusal("backwards", _BACKWARDS, fields={"until": _BACKWARDS})
    if until - since > LONGEST:
        raise Refusal("too_long", _TOO_LONG, fields={"until": _TOO_LONG})
    return Asked(
        since=since,
        until=until,
        day=day,
        site=entered.get("site"),
        camera=entered.get("camera"),
        rule=entered.get("rule"),
        severities=tuple(entered.get("severity", ())),
        states=tuple(entered.get("state", ())),
        bins=entered["bins"],
        most=entered["most"],
    )
