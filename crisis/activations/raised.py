"""An alert whose rule names a plan: agents are asked inside the alert's transaction, so if and only if the alert exists."""

from __future__ import annotations

import structlog

from alerts.models import Alert
from crisis.activations import starting
from crisis.activations.kinds import Cause
from crisis.activations.starting import Reason
from crisis.plans.models import RulePlan, Starting
from soc.refusals import Refusal

log = structlog.get_logger(__name__)


def raised(alert: Alert) -> None:
    """Ask agents about the plan that the alert's rule names; the organisation's own people may be told at once."""
    named = RulePlan.objects.select_related("plan__site", "plan__organisation").filter(rule=alert.rule_id).first()
    if named is None:
        return
    try:
        starting.ask(
            named.plan,
            Reason(Cause.ALERT, f"alert:{alert.pk}", alert),
            countdown_s=named.countdown_s,
            starts_when_silent=named.starts_when_silent,
            own_people=named.starting == Starting.OWN_PEOPLE,
        )
    except Refusal as refusal:
        # Its plan is not approved (any more): the alert itself is raised all the same.
        log.warning("plan.not_asked", plan=str(named.plan_id), reason=refusal.code)
