"""The end of a step."""

from __future__ import annotations

from crisis.activations import log
from crisis.activations.kinds import EventKind, StepState
from crisis.activations.models import StepRun
from soc import clock


def end(step: StepRun, state: StepState, reason: str = "") -> None:
    """A step is over; `reason` is a code that says why it is where it is."""
    step.state, step.ended_at, step.reason = state, clock.now(), reason
    step.save(update_fields=["state", "ended_at", "reason"])
    kind = EventKind.STEP_FAILED if state == StepState.FAILED else EventKind.STEP_DONE
    log.write(step.activation, kind, step=step, details={"reason": reason} if reason else {})
