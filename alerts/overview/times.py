"""How soon today's alerts were taken: by site, never by person.

A site's times are shown when at least `FEWEST_PEOPLE` people took at least `FEWEST_ALERTS` of its alerts today. There is no total
of all sites: what is left out could be worked out from it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median
from uuid import UUID

from alerts.models import Alert
from alerts.overview.wire import SiteTimes
from alerts.wire import Named
from soc.people.models import Member, Site
from soc.people.rights import Right
from soc.people.scope import scoped

FEWEST_PEOPLE = 3
FEWEST_ALERTS = 5


@dataclass(slots=True)
class _Tally:
    """A site's alerts of today."""

    raised: int = 0
    waits: list[float] = field(default_factory=list)
    people: set[UUID] = field(default_factory=set)
    due: int = 0
    in_time: int = 0


def response_times(member: Member, since: dt.datetime, now: dt.datetime) -> list[SiteTimes]:
    """The sites that had alerts today, by name."""
    tallies: dict[UUID, _Tally] = defaultdict(_Tally)
    rows = scoped(Alert.objects.filter(raised_at__gte=since, raised_at__lte=now), member, Right.SEE_OVERVIEW)
    for alert in rows.only(
        "site_id", "raised_at", "acknowledged_at", "acknowledged_by_id", "closed_at", "closed_by_id", "take_by"
    ).order_by():
        _count(tallies[alert.site_id], alert, now)
    sites = scoped(Site.objects.filter(pk__in=tallies), member, Right.SEE_OVERVIEW).order_by("name", "pk")
    return [_times(site, tallies[site.pk]) for site in sites]


def _count(tally: _Tally, alert: Alert, now: dt.datetime) -> None:
    # Who closes an alert that nobody took has taken it by that.
    taken_at, taken_by = alert.acknowledged_at, alert.acknowledged_by_id
    if taken_at is None:
        taken_at, taken_by = alert.closed_at, alert.closed_by_id
    tally.raised += 1
    if taken_at is not None and taken_by is not None:
        tally.waits.append(max(0.0, (taken_at - alert.raised_at).total_seconds()))
        tally.people.add(taken_by)
    if alert.take_by is not None and (taken_at is not None or alert.take_by <= now):
        tally.due += 1
        tally.in_time += taken_at is not None and taken_at <= alert.take_by


def _times(site: Site, tally: _Tally) -> SiteTimes:
    shown = len(tally.people) >= FEWEST_PEOPLE and len(tally.waits) >= FEWEST_ALERTS
    return SiteTimes(
        site=Named(id=site.pk, name=site.name),
        raised=tally.raised,
        taken=len(tally.waits),
        too_few=not shown,
        median_s=round(median(tally.waits)) if shown else None,
        slowest_s=round(max(tally.waits)) if shown else None,
        within=tally.in_time / tally.due if shown and tally.due else None,
    )
