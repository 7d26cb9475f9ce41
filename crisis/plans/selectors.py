"""What can be asked about plans, scoped to the member; and, for who carries them out, which version is in force."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Prefetch, QuerySet

from crisis.plans.models import Plan, PlanVersion, RulePlan, VersionState
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped

UNFINISHED = (VersionState.DRAFT, VersionState.IN_REVIEW)


def plans(member: Member, right: Right = Right.SEE_CRISIS) -> QuerySet[Plan]:
    """The plans in the member's reach that are not removed, by site and name, with what lists show of them."""
    current = PlanVersion.objects.filter(state__in=[*UNFINISHED, VersionState.APPROVED]).defer("document")
    rows = Plan.objects.filter(removed_at=None).select_related("site").order_by("site__name", "name")
    return scoped(rows, member, right).prefetch_related(
        Prefetch("versions", queryset=current.select_related("author", "edited_by", "approved_by"), to_attr="current"),
        Prefetch("started_by", queryset=RulePlan.objects.filter(rule__removed_at=None), to_attr="starts_of"),
    )


def versions(member: Member, plan: UUID, right: Right = Right.SEE_CRISIS) -> QuerySet[PlanVersion]:
    """The versions of a plan in the member's reach, the newest first."""
    rows = PlanVersion.objects.filter(plan=plan, plan__removed_at=None).select_related(
        "organisation", "plan__site", "author", "edited_by", "approved_by"
    )
    return scoped(rows, member, right).order_by("-number")


def starts(member: Member, right: Right = Right.SEE_CRISIS) -> QuerySet[RulePlan]:
    """Which rules start which plans, in the member's reach."""
    rows = RulePlan.objects.filter(plan__removed_at=None, rule__removed_at=None)
    return scoped(rows.select_related("plan__site", "rule__camera"), member, right).order_by("plan__name", "rule__name")


def in_force(plan: UUID) -> PlanVersion | None:
    """The approved version of a plan, as long as the plan is not removed. Not scoped: for who starts it."""
    return (
        PlanVersion.objects.select_related("organisation", "plan__site")
        .filter(plan=plan, plan__removed_at=None, state=VersionState.APPROVED)
        .first()
    )


def started_by(rule: UUID) -> RulePlan | None:
    """Which plan an alert of this rule starts, and how; ``None``: none. Not scoped: for who starts it."""
    return RulePlan.objects.select_related("plan__site").filter(rule=rule, plan__removed_at=None).first()
