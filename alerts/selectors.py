"""What can be asked about rules, alerts and recordings, scoped to the member."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from alerts.models import Alert, AlertLog, Recording, Rule, RuleTrial, RuleTrialHit, RuleVersion
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped


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
    """The same, with their logs."""
    log = AlertLog.objects.select_related("member", "to_member")
    return alerts(member).prefetch_related(Prefetch("log", queryset=log))


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
