"""Likelihood, severity, and what follows from both: the tables that the audit, its matrix and its facts share.

| score (likelihood × severity) | treatment |
|---|---|
| 1 to 4 | accept |
| 5 to 9 | watch |
| 10 to 14 | reduce |
| 15 to 25 | act now |

| incidents, false alarms left out | likelihood that they speak for |
|---|---|
| 2 or more in 30 days, or 4 or more in 365 | 5, almost certain: monthly or more |
| 1 or more in 365 days | 4, likely: once a year |
| none | nothing: that nothing happened in a year makes no risk smaller |

Four a year is where once a month is nearer than once a year (3.5, the geometric mean of 12 and 1).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Likelihood(models.IntegerChoices):
    """How often it is expected."""

    RARE = 1, _("Rare")
    UNLIKELY = 2, _("Unlikely")
    POSSIBLE = 3, _("Possible")
    LIKELY = 4, _("Likely")
    ALMOST_CERTAIN = 5, _("Almost certain")

    @property
    def meaning(self) -> Promise:
        """How often that is."""
        return _MEANINGS[self]


_MEANINGS: dict[Likelihood, Promise] = {
    Likelihood.RARE: _("rarer"),
    Likelihood.UNLIKELY: _("once in 20 years"),
    Likelihood.POSSIBLE: _("once in 5 years"),
    Likelihood.LIKELY: _("once a year"),
    Likelihood.ALMOST_CERTAIN: _("monthly or more"),
}


class Harm(models.IntegerChoices):
    """How bad it would be: an audit's severity, which is not an alert's."""

    SLIGHT = 1, _("Slight")
    MINOR = 2, _("Minor")
    SERIOUS = 3, _("Serious")
    GRAVE = 4, _("Grave")
    FATAL = 5, _("Fatal")

    @property
    def meaning(self) -> Promise:
        """What that is."""
        return _HARMS[self]


_HARMS: dict[Harm, Promise] = {
    Harm.SLIGHT: _("first aid on the spot, no interruption"),
    Harm.MINOR: _("a doctor is needed, or hours are lost"),
    Harm.SERIOUS: _("somebody goes to hospital, or days are lost"),
    Harm.GRAVE: _("lasting harm to somebody, or weeks are lost"),
    Harm.FATAL: _("somebody dies, or the site is lost"),
}


class Treatment(models.TextChoices):
    """What is done about a score."""

    ACCEPT = "accept", _("accept")
    WATCH = "watch", _("watch")
    REDUCE = "reduce", _("reduce")
    ACT = "act", _("act now")

    @property
    def level(self) -> str:
        """The colour and shape that go with it."""
        return _LEVELS[self]


_LEVELS = {Treatment.ACCEPT: "safe", Treatment.WATCH: "medium", Treatment.REDUCE: "high", Treatment.ACT: "critical"}
_FROM: Final = ((15, Treatment.ACT), (10, Treatment.REDUCE), (5, Treatment.WATCH), (1, Treatment.ACCEPT))

MONTH: Final = dt.timedelta(days=30)
YEAR: Final = dt.timedelta(days=365)
ONE_INCIDENT: Final = dt.timedelta(minutes=15)
"""Alerts that follow each other within this time are of one incident."""
OFTEN_IN_A_MONTH: Final = 2
OFTEN_IN_A_YEAR: Final = 4


def score_of(likelihood: int | None, severity: int | None) -> int | None:
    """Likelihood × severity, once both are judged."""
    return likelihood * severity if likelihood and severity else None


def treatment_of(score: int) -> Treatment:
    """What the table says about a score from 1 to 25.

    >>> [treatment_of(score).value for score in (1, 4, 5, 9, 10, 14, 15, 25)]
    ['accept', 'accept', 'watch', 'watch', 'reduce', 'reduce', 'act', 'act']
    """
    return next(treatment for least, treatment in _FROM if score >= least)


def incidents(moments: Iterable[dt.datetime]) -> list[dt.datetime]:
    """When incidents began: moments that follow each other closely are one."""
    found: list[dt.datetime] = []
    last: dt.datetime | None = None
    for moment in sorted(moments):
        if last is None or moment - last > ONE_INCIDENT:
            found.append(moment)
        last = moment
    return found


def observed(in_a_month: int, in_a_year: int) -> Likelihood | None:
    """The likelihood that so many incidents speak for; ``None`` when they say nothing.

    >>> [observed(*counts) for counts in ((0, 0), (0, 1), (1, 1), (1, 3), (2, 2), (0, 4))]
    [None, Likelihood.LIKELY, Likelihood.LIKELY, Likelihood.LIKELY, Likelihood.ALMOST_CERTAIN, Likelihood.ALMOST_CERTAIN]
    """
    if in_a_month >= OFTEN_IN_A_MONTH or in_a_year >= OFTEN_IN_A_YEAR:
        return Likelihood.ALMOST_CERTAIN
    return Likelihood.LIKELY if in_a_year else None
