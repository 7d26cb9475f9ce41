"""What counts as an incident of a risk: alerts of the rules linked to it, and what other rooms register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from alerts.models import Alert, AlertState
from crisis.audits.models import AuditedRisk, RiskAudit, RiskRule
from crisis.audits.scale import MONTH, YEAR, Likelihood, incidents, observed

_MOST: Final = 2000
"""So many alerts of a risk are read, the newest: more than one an hour of a month say no more about it."""


@dataclass(frozen=True, slots=True)
class RiskAsked:
    """A site's risk, whose incidents are asked for.

    Attributes:
        organisation_id: of the site.
        site_id: where.
        number: the risk's number at the site, 3 of R3: the same in every version of its audit.
        code: of the catalogue; empty for an own risk.
    """

    organisation_id: UUID
    site_id: UUID
    number: int
    code: str


IncidentSource = Callable[[RiskAsked, dt.datetime], Iterable[dt.datetime]]
"""Says when a risk came true since a moment; drills are none of it."""

_SOURCES: list[IncidentSource] = []


def register_incident_source(source: IncidentSource) -> None:
    """Have `source` asked for incidents too. Registering it again changes nothing."""
    if source not in _SOURCES:
        _SOURCES.append(source)


@dataclass(frozen=True, slots=True)
class Incidents:
    """How often a risk came true, and what likelihood that speaks for."""

    in_a_month: int
    in_a_year: int
    likelihood: Likelihood | None
    last: dt.datetime | None


def of_risks(audit: RiskAudit, risks: Iterable[AuditedRisk], now: dt.datetime) -> dict[int, Incidents]:
    """The incidents of each of an audit's risks in the last year, by its number."""
    rules: dict[int, list[UUID]] = {}
    for number, rule in RiskRule.objects.filter(site=audit.site_id).values_list("number", "rule_id"):
        rules.setdefault(number, []).append(rule)
    return {risk.number: _counted(audit, risk, rules, now) for risk in risks}


def _counted(audit: RiskAudit, risk: AuditedRisk, rules: Mapping[int, list[UUID]], now: dt.datetime) -> Incidents:
    since = now - YEAR
    asked = RiskAsked(audit.organisation_id, audit.site_id, risk.number, risk.code)
    moments = [moment for source in _SOURCES for moment in source(asked, since)]
    if risk.number in rules:
        real = Alert.objects.filter(
            organisation=audit.organisation_id, rule__in=rules[risk.number], captured_at__gt=since, captured_at__lte=now
        ).exclude(state=AlertState.FALSE_ALARM)
        moments += real.order_by("-captured_at").values_list("captured_at", flat=True)[:_MOST]
    found = incidents(moment for moment in moments if since < moment <= now)
    lately = sum(1 for moment in found if moment > now - MONTH)
    return Incidents(lately, len(found), observed(lately, len(found)), found[-1] if found else None)
