"""At which hours a rule runs, in words: "between 22:00 and 06:00 or on Sundays all day". Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

#: As they stand in a list of days, Monday first; French needs its article there.
_DAYS: tuple[Promise | str, ...] = (
    _("Mondays"),
    _("Tuesdays"),
    _("Wednesdays"),
    _("Thursdays"),
    _("Fridays"),
    _("Saturdays"),
    _("Sundays"),
)
_WEEK = frozenset(range(7))
_WORKING = frozenset(range(5))
_MIDNIGHT = "00:00"


def hours_words(schedule: Sequence[Mapping[str, Any]]) -> str:
    """A schedule in the active language; without one a rule runs at any time."""
    spans = [_span(frozenset(one["days"]), str(one["start"]), str(one["end"])) for one in schedule]
    if not spans or "" in spans:
        return gettext("at any time")
    return listed(spans, gettext("%(some)s or %(last)s"))


def _span(days: frozenset[int], start: str, end: str) -> str:
    whole_day = start == end == _MIDNIGHT
    on = _days(days)
    if not on and whole_day:
        return ""
    at = gettext("all day") if whole_day else gettext("between %(start)s and %(end)s") % {"start": start, "end": end}
    return f"{on} {at}" if on else at


def _days(days: frozenset[int]) -> str:
    if days == _WEEK:
        return ""
    if days == _WORKING:
        return gettext("on weekdays")
    if days == _WEEK - _WORKING:
        return gettext("at weekends")
    return gettext("on %(days)s") % {
        "days": listed([str(_DAYS[day]) for day in sorted(days)], gettext("%(some)s and %(last)s"))
    }


def listed(words: Sequence[str], last: str) -> str:
    """Words with commas, and `last` ("%(some)s or %(last)s") before the last."""
    if len(words) < 2:
        return "".join(words)
    return last % {"some": ", ".join(words[:-1]), "last": words[-1]}
