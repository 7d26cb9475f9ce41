"""When a site's risks came true, as plans tell it: activations that were no drills, and real alerts of rules that start plans.

Audits ask this (`crisis.audits.incidents`): what happens more often than its likelihood says asks for a review.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from alerts.models import Alert, AlertState
from crisis.activations.models import Activation
from crisis.audits.incidents import RiskAsked
from crisis.audits.models import AuditedRisk
from crisis.plans.models import PlanVersion, VersionState

_MOST: Final = 2000
"""So many of each are read, the newest: more say no more about a likelihood."""


def came_true(risk: RiskAsked, since: dt.datetime) -> list[dt.datetime]:
    """When a risk came true after `since`.

    A plan names a risk of one version of the audit; the risk keeps its number in all of them. What began with an alert is
    told by the alert's own time, so that alert and activation are one incident; what turned out to be a false alarm is none.
    """
    answering = _versions(risk)
    started = Activation.objects.filter(
        plan_version__in=answering, drill=False, started_at__gt=since, started_at__isnull=False
    )
    real = started.exclude(alert__state=AlertState.FALSE_ALARM).annotate(
        began=Coalesce("alert__captured_at", "started_at")
    )
    moments = list(real.order_by("-started_at").values_list("began", flat=True)[:_MOST])
    in_force = answering.filter(state=VersionState.APPROVED)
    alerts = Alert.objects.filter(
        organisation=risk.organisation_id,
        rule__starts__plan__versions__in=in_force,
        state=AlertState.RESOLVED,
        captured_at__gt=since,
    )
    moments += alerts.order_by("-captured_at").values_list("captured_at", flat=True)[:_MOST]
    return moments


def _versions(risk: RiskAsked) -> QuerySet[PlanVersion]:
    """The versions of plans that answer this risk of the site."""
    known = AuditedRisk.objects.filter(
        organisation=risk.organisation_id, audit__site=risk.site_id, number=risk.number
    ).values("pk")
    return PlanVersion.objects.filter(organisation=risk.organisation_id, plan__site=risk.site_id, risk__in=known)
