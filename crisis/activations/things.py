"""Steps that move things: a script of `crisis.devices` is started once, and the step ends when its run does."""

from __future__ import annotations

from django.db import transaction

from crisis.activations import log
from crisis.activations.ending import end
from crisis.activations.kinds import StepState
from crisis.activations.models import StepRun
from crisis.devices.checks import refuses_before_verification
from crisis.devices.models import RunState, ScriptRun
from crisis.devices.running import start_script
from crisis.plans.content import DevicesStep
from soc.refusals import Refusal

_ASKER = "activation-step:"


def locks(step: StepRun) -> bool:
    """Whether a step locks somebody in or out; what cannot be read is taken for it."""
    return refuses_before_verification(step.script, organisation_id=step.organisation_id)


def move(step: StepRun, content: DevicesStep) -> None:
    """Start the step's script. In a drill nothing moves unless the step says so: what would have moved is written down."""
    activation = step.activation
    if step.script is None:
        end(step, StepState.FAILED, "script_gone")
        return
    try:
        with transaction.atomic():
            run = start_script(
                step.script,
                organisation_id=step.organisation_id,
                asker=f"{_ASKER}{step.pk}",
                exercise=activation.drill,
                really=content.in_drills,
                verified=not activation.needs_verification,
                actor=step.forced_by,
                name=content.name,
            )
    except Refusal as refusal:
        end(step, StepState.FAILED, refusal.code[:48])
        return
    StepRun.objects.filter(pk=step.pk).update(script_run=run)
    step.script_run = run


def run_changed(run: ScriptRun) -> None:
    """A run of ours ended, or asks somebody what to do; in its transaction."""
    if not run.asker.startswith(_ASKER):
        return
    step = (
        StepRun.objects.select_for_update(of=("self",))
        .select_related("activation")
        .filter(pk=int(run.asker.removeprefix(_ASKER)))
        .first()
    )
    if step is None or step.state != StepState.RUNNING:
        return
    match run.state:
        case RunState.DONE:
            end(step, StepState.DONE)
        case RunState.FAILED | RunState.STOPPED:
            end(step, StepState.FAILED, str(run.state))
        case _:
            log.stir(step.activation)  # it asks: the page shows it
