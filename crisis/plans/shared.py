"""What all writes of plans share: a plan locked, its draft as it was seen, the journal, the names of what changed."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crisis.plans import selectors
from crisis.plans.content import PlanContent
from crisis.plans.models import Plan, PlanVersion
from soc.journal.actions import Action
from soc.journal.digests import Json
from soc.journal.services import record
from soc.people.models import Member
from soc.people.rights import Right
from soc.refusals import Refusal, Status

CHANGED_MEANWHILE = _("A colleague has changed this plan meanwhile. Open it again and enter your change once more.")


def locked(actor: Member, plan_id: UUID, right: Right) -> Plan:
    """A plan in the actor's reach, locked: whatever is done to its versions follows one another.

    Raises:
        Refusal: NOT_FOUND.
    """
    row = selectors.plans(actor, right).prefetch_related(None).select_for_update(of=("self",), no_key=True)
    plan = row.filter(pk=plan_id).first()
    if plan is None:
        raise Refusal("not_found", _("There is no such plan."), status=Status.NOT_FOUND)
    return plan


def unfinished(plan: Plan) -> PlanVersion:
    """The version of a plan that is being written or waits for approval.

    Raises:
        Refusal: CONFLICT when there is none.
    """
    version = _open(plan)
    if version is None:
        raise conflict("no_draft", _("No version of this plan is being written. Begin one."))
    return version


def is_open(plan: Plan) -> bool:
    """Whether a version of a plan is being written or waits for approval."""
    return _open(plan) is not None


def as_seen(version: PlanVersion, edits: int) -> None:
    """Nobody has changed a version since it was seen.

    Raises:
        Refusal: CONFLICT when somebody has.
    """
    if version.edits != edits:
        raise conflict("changed_meanwhile", CHANGED_MEANWHILE)


def conflict(code: str, sentence: Promise, params: dict[str, object] | None = None) -> Refusal:
    """A refusal because of how things stand now."""
    return Refusal(code, sentence, status=Status.CONFLICT, params=params)


def journal(
    plan: Plan,
    action: Action,
    actor: Member,
    details: Mapping[str, Json] | None = None,
    personal: Mapping[str, Json] | None = None,
) -> None:
    """Write down what was done to a plan."""
    record(
        plan.organisation_id,
        action,
        actor=actor,
        subject=plan,
        site_id=plan.site_id,
        details={"name": plan.name, **(details or {})},
        personal=personal,
    )


def steps_changed(before: PlanContent, after: PlanContent) -> dict[str, Json]:
    """The keys of the steps that came, went and changed, for the journal; texts stay where they are."""
    old = {step.key: step for step in before.steps}
    new = {step.key: step for step in after.steps}
    told: dict[str, Json] = {
        "steps_added": [key for key in new if key not in old],
        "steps_removed": [key for key in old if key not in new],
        "steps_changed": [key for key in new if key in old and new[key] != old[key]],
    }
    return {name: keys for name, keys in told.items() if keys}


def _open(plan: Plan) -> PlanVersion | None:
    rows = PlanVersion.objects.select_related("organisation", "plan__site")
    return rows.filter(plan=plan, state__in=selectors.UNFINISHED).first()
