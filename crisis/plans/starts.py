"""Which rule's alert starts which plan, and how: set, changed, taken away. Journalled, told last."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from alerts.models import Rule
from crisis.plans import feed, selectors
from crisis.plans.models import Plan, RulePlan, Starting
from crisis.plans.shared import CHANGED_MEANWHILE, conflict, journal, locked
from soc.journal.actions import Action
from soc.journal.digests import Json
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped
from soc.refusals import Refusal, Status

SHORTEST_COUNTDOWN_S = 5
LONGEST_COUNTDOWN_S = 900


@dataclass(frozen=True, slots=True)
class HowItStarts:
    """How an alert starts a plan; as `RulePlan`."""

    starting: Starting = Starting.ASK
    countdown_s: int = 60
    starts_when_silent: bool = True


@transaction.atomic
def link(actor: Member, plan_id: UUID, rule_id: UUID, how: HowItStarts) -> RulePlan:
    """Have alerts of a rule start a plan.

    Raises:
        Refusal: plan or rule is out of reach, they are of different sites, the rule starts a plan already, or the countdown is
            too short or too long.
    """
    plan = locked(actor, plan_id, Right.PREPARE)
    rules = Rule.objects.filter(removed_at=None).select_related("camera").select_for_update(of=("self",), no_key=True)
    rule = scoped(rules, actor, Right.PREPARE).filter(pk=rule_id).first()
    if rule is None:
        unknown = _("Choose a rule of the list.")
        raise Refusal("no_such_rule", unknown, fields={"rule": unknown})
    if rule.camera.site_id != plan.site_id:
        elsewhere = _("This rule watches another site than the plan is for.")
        raise Refusal("another_site", elsewhere, fields={"rule": elsewhere})
    before = RulePlan.objects.filter(rule=rule).select_related("plan").first()
    if before is not None:
        taken = _("This rule starts a plan already: “%(plan)s”. Take that away first.")
        named: dict[str, object] = {"plan": before.plan.name}
        raise Refusal("starts_another", taken, status=Status.CONFLICT, fields={"rule": taken}, params=named)
    _must_be_right(how)
    start = RulePlan.objects.create(
        organisation_id=plan.organisation_id,
        plan=plan,
        rule=rule,
        starting=how.starting,
        countdown_s=how.countdown_s,
        starts_when_silent=how.starts_when_silent,
    )
    journal(plan, Action.PLAN_START_SET, actor, {"rule": str(rule.pk), "after": _said(start)})
    feed.changed(plan)
    return start


@transaction.atomic
def change(actor: Member, start_id: UUID, how: HowItStarts, *, version: int) -> RulePlan:
    """Change how a rule's alerts start its plan.

    Raises:
        Refusal: it is out of reach, a colleague was first, or the countdown is too short or too long.
    """
    start, plan = _locked(actor, start_id)
    if start.version != version:
        raise conflict("changed_meanwhile", CHANGED_MEANWHILE)
    _must_be_right(how)
    before = _said(start)
    start.starting, start.countdown_s, start.starts_when_silent = how.starting, how.countdown_s, how.starts_when_silent
    after = _said(start)
    if after == before:
        return start
    start.version += 1
    start.save()
    changed = [name for name in after if after[name] != before[name]]
    details: dict[str, Json] = {
        "rule": str(start.rule_id),
        "before": {name: before[name] for name in changed},
        "after": {name: after[name] for name in changed},
    }
    journal(plan, Action.PLAN_START_SET, actor, details)
    feed.changed(plan)
    return start


@transaction.atomic
def unlink(actor: Member, start_id: UUID) -> None:
    """Have alerts of a rule start no plan any more.

    Raises:
        Refusal: it is out of reach.
    """
    start, plan = _locked(actor, start_id)
    details: dict[str, Json] = {"rule": str(start.rule_id), "before": _said(start)}
    start.delete()
    journal(plan, Action.PLAN_START_TAKEN, actor, details)
    feed.changed(plan)


def how_of(start: RulePlan) -> HowItStarts:
    """How it starts now."""
    return HowItStarts(Starting(start.starting), start.countdown_s, start.starts_when_silent)


def _locked(actor: Member, start_id: UUID) -> tuple[RulePlan, Plan]:
    """The plan first, as everywhere; then what starts it, unless that went meanwhile."""
    found = selectors.starts(actor, Right.PREPARE).filter(pk=start_id).first()
    gone = Refusal("not_found", _("This rule starts no plan any more."), status=Status.NOT_FOUND)
    if found is None:
        raise gone
    plan = locked(actor, found.plan_id, Right.PREPARE)
    start = RulePlan.objects.filter(pk=start_id).first()
    if start is None:
        raise gone
    return start, plan


def _must_be_right(how: HowItStarts) -> None:
    if not SHORTEST_COUNTDOWN_S <= how.countdown_s <= LONGEST_COUNTDOWN_S:
        wrong = _("A countdown lasts between 5 seconds and 15 minutes.")
        raise Refusal("countdown", wrong, fields={"countdown_s": wrong})


def _said(start: RulePlan) -> dict[str, Json]:
    return {
        "starting": str(start.starting),
        "countdown_s": start.countdown_s,
        "starts_when_silent": start.starts_when_silent,
    }
