"""What can be asked about rules, alerts and recordings, scoped to the member."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from alerts.models import (
    Alert,
    AlertLog,
    AlertSighting,
    AlertState,
    Recording,
    Rule,
    RuleTrial,
    RuleTrialHit,
    RuleVersion,
)
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped

SIMILAR_DAYS = 30
_SHOWN_SIMILAR = 6


def alerts(member: Member, right: Right = Right.SEE_ALERTS) -> QuerySet[Alert]:
    """The alerts in the member's reach, with everything their view reads."""
    return scoped(
        Alert.objects.select_related("site", "camera", "assigned_to", "acknowledged_by", "closed_by").prefetch_related(
            "recordings"
        ),
        member,
        right,
    )


def alerts_with_log(member: Member) -> QuerySet[Alert]:
    """The same, with their logs and who has seen them."""
    log = AlertLog.objects.select_related("member", "to_member")
    sightings = AlertSighting.objects.select_related("member")
    return alerts(member).prefetch_related(Prefetch("log", queryset=log), Prefetch("sightings", queryset=sightings))


def counts(alerts: QuerySet[Alert]) -> list[dict[str, Any]]:
    """How many of these alerts there are, by state and severity."""
    rows = alerts.order_by().values("state", "severity").annotate(count=Count("pk")).order_by("state", "-severity")
    return [dict(row) for row in rows]


def similar(alert: Alert, member: Member) -> dict[str, Any]:
    """What like this alert came in the 30 days before it: of the same rule, or of the same camera and kind."""
    alike = Q(rule=alert.rule_id) | Q(camera=alert.camera_id, why__code=alert.why["code"])
    since = alert.captured_at - dt.timedelta(days=SIMILAR_DAYS)
    before = (
        alerts(member).filter(alike, captured_at__gte=since, captured_at__lt=alert.captured_at).exclude(pk=alert.pk)
    )
    told: dict[str, Any] = before.aggregate(
        total=Count("pk"),
        false_alarms=Count("pk", filter=Q(state=AlertState.FALSE_ALARM)),
        resolved=Count("pk", filter=Q(state=AlertState.RESOLVED)),
    )
    return {**told, "days": SIMILAR_DAYS, "alerts": list(before.order_by("-captured_at", "-id")[:_SHOWN_SIMILAR])}


def rules(member: Member, right: Right = Right.SEE_RULES) -> QuerySet[Rule]:
    """The rules in the member's reach that were not removed, nor their cameras."""
    return scoped(
        Rule.objects.select_related("camera__organisation", "zone", "line").filter(
            removed_at=None, camera__removed_at=None
        ),
        member,
        right,
    )


def recordings(member: Member) -> QuerySet[Recording]:
    """The recordings that exist and are in the member's reach."""
    kept = Recording.objects.select_related("alert").filter(destroyed_at=None).exclude(sha256="")
    return scoped(kept, member, Right.SEE_ALERTS)


def trials(member: Member) -> QuerySet[RuleTrial]:
    """The trials of cameras in the member's reach."""
    return scoped(RuleTrial.objects.all(), member, Right.MANAGE_RULES)


def versions(rule: Rule) -> QuerySet[RuleVersion]:
    """The versions of a rule in reach, newest first."""
    return rule.versions.select_related("member", "rule__camera__organisation")


def silent_hits(rule: Rule, version: int) -> QuerySet[RuleTrialHit]:
    """When the rule would have raised in its silent run since this version, newest first."""
    return RuleTrialHit.objects.filter(rule=rule, rule_version__gte=version).order_by("-at")
