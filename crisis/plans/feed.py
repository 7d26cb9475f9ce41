"""What plans say to browsers."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from crisis.plans.models import Plan, PlanVersion, VersionState
from soc.broadcast.events import Event, Payload
from soc.broadcast.services import publish
from soc.people.rights import Right


class ResponsePlanChanged(Payload):
    """A plan was begun, written in, submitted, sent back, approved, renamed or removed, or other rules start it."""

    kind: Literal["response_plan.changed"] = "response_plan.changed"
    plan: UUID
    site: UUID
    number: int | None
    """Of the version that it is about; null: the plan as a whole."""
    state: VersionState | None
    removed: bool = False


def changed(plan: Plan, version: PlanVersion | None = None) -> None:
    """Tell who sees plans of a change of one, or of a version of it. Last in the transaction."""
    payload = ResponsePlanChanged(
        plan=plan.pk,
        site=plan.site_id,
        number=version.number if version is not None else None,
        state=VersionState(version.state) if version is not None else None,
        removed=plan.removed_at is not None,
    )
    publish(Event(plan.organisation_id, payload, Right.SEE_CRISIS, plan.site_id))
