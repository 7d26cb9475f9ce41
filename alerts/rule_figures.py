"""What became of a rule's alerts: how many, taken, false, how soon; whether it fires too often. By rule, never by person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Max, Q
from django.db.models.functions import TruncHour, TruncWeek
from django.utils.translation import gettext

from alerts.models import Alert, AlertState, FalseAlarmReason, Rule
from soc import clock

DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)

#: A rule fires too often when in the last day it raised more than this in one hour of the clock…
MOST_AN_HOUR = 6
#: …or more than this altogether…
MOST_A_DAY = 40
#: …or when more than this share of what was closed in the last seven days was false, of at least so many.
MOST_FALSE, FALSE_OF_AT_LEAST = 0.5, 5

_CLOSED = Q(state__in=[AlertState.RESOLVED, AlertState.FALSE_ALARM])
_FALSE = Q(state=AlertState.FALSE_ALARM)


class _Median(Aggregate):
    """PostgreSQL's median of a duration."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True, slots=True)
class Figures:
    """A rule's alerts in figures: over its life, the last seven days and the last day."""

    alerts: int = 0
    taken: int = 0
    closed: int = 0
    false_alarms: int = 0
    median_taken: dt.timedelta | None = None
    week: int = 0
    week_closed: int = 0
    week_false: int = 0
    day: int = 0
    busiest_hour: int = 0
    last_at: dt.datetime | None = None

    @property
    def false_share(self) -> float | None:
        """False alarms of what was closed, 0 to 1; ``None`` when nothing was."""
        return self.false_alarms / self.closed if self.closed else None


def figures(rules: Collection[UUID], now: dt.datetime | None = None) -> dict[UUID, Figures]:
    """The figures of these rules, in two queries."""
    now = now or clock.now()
    week, day = Q(captured_at__gt=now - WEEK), Q(captured_at__gt=now - DAY)
    waited = ExpressionWrapper(F("acknowledged_at") - F("raised_at"), output_field=DurationField())
    alerts = Alert.objects.filter(rule__in=list(rules)).order_by()
    rows = alerts.values("rule").annotate(
        alerts=Count("pk"),
        taken=Count("pk", filter=Q(acknowledged_at__isnull=False)),
        closed=Count("pk", filter=_CLOSED),
        false_alarms=Count("pk", filter=_FALSE),
        median_taken=_Median(waited, filter=Q(acknowledged_at__isnull=False)),
        week=Count("pk", filter=week),
        week_closed=Count("pk", filter=week & _CLOSED),
        week_false=Count("pk", filter=week & _FALSE),
        day=Count("pk", filter=day),
        last_at=Max("captured_at"),
    )
    busiest = _busiest_hours(rules, now)
    found = {rule: Figures() for rule in rules}
    for row in rows:
        rule = row["rule"]
        own: dict[str, Any] = {name: value for name, value in row.items() if name != "rule"}
        found[rule] = Figures(**own, busiest_hour=busiest.get(rule, 0))
    return found


def _busiest_hours(rules: Collection[UUID], now: dt.datetime) -> dict[UUID, int]:
    hours = (
        Alert.objects.filter(rule__in=list(rules), captured_at__gt=now - DAY)
        .order_by()
        .annotate(hour=TruncHour("captured_at"))
        .values("rule", "hour")
        .annotate(count=Count("pk"))
    )
    busiest: dict[UUID, int] = {}
    for row in hours:
        busiest[row["rule"]] = max(busiest.get(row["rule"], 0), row["count"])
    return busiest


@dataclass(frozen=True, slots=True)
class TooOften:
    """Why a rule fires too often: a code, and a sentence in the active language."""

    code: str
    sentence: str


def too_often(of: Figures) -> list[TooOften]:
    """Why a rule with these figures fires too often; empty when it does not."""
    found: list[TooOften] = []
    if of.busiest_hour > MOST_AN_HOUR:
        text = gettext("%(count)s alerts within one hour today or yesterday; more than %(most)s tire who reads them.")
        found.append(TooOften("hour", text % {"count": of.busiest_hour, "most": MOST_AN_HOUR}))
    elif of.day > MOST_A_DAY:
        text = gettext("%(count)s alerts in 24 hours; more than %(most)s tire who reads them.")
        found.append(TooOften("day", text % {"count": of.day, "most": MOST_A_DAY}))
    if of.week_closed >= FALSE_OF_AT_LEAST and of.week_false > MOST_FALSE * of.week_closed:
        text = gettext("%(false)s of the %(closed)s alerts closed in the last seven days were false alarms.")
        found.append(TooOften("false", text % {"false": of.week_false, "closed": of.week_closed}))
    return found


@dataclass(frozen=True, slots=True)
class Week:
    """One week of a rule's life."""

    start: dt.date
    alerts: int
    false_alarms: int


def weeks(rule: Rule, now: dt.datetime | None = None) -> list[Week]:
    """The rule's life week by week, Mondays of the organisation's calendar, weeks without alerts included."""
    now = now or clock.now()
    zone = ZoneInfo(rule.camera.organisation.timezone)
    rows = (
        Alert.objects.filter(rule=rule)
        .order_by()
        .annotate(start=TruncWeek("captured_at", tzinfo=zone))
        .values("start")
        .annotate(alerts=Count("pk"), false_alarms=Count("pk", filter=_FALSE))
    )
    counted = {row["start"].date(): (row["alerts"], row["false_alarms"]) for row in rows}
    monday = min([_monday(rule.created_at.astimezone(zone).date()), *counted])
    found: list[Week] = []
    while monday <= now.astimezone(zone).date():
        found.append(Week(monday, *counted.get(monday, (0, 0))))
        monday += WEEK
    return found


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def reasons(rule: Rule) -> list[tuple[str, int]]:
    """Why its false alarms were false, in the active language, the most frequent first."""
    rows = (
        Alert.objects.filter(_FALSE, rule=rule)
        .order_by()
        .values_list("false_alarm_reason")
        .annotate(count=Count("pk"))
        .order_by("-count", "false_alarm_reason")
    )
    return [(str(FalseAlarmReason(code).label) if code else "–", count) for code, count in rows]
