"""Whether a plan is under way, and what plans under way still need."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from crisis.activations.kinds import AHEAD, ActivationState
from crisis.activations.models import Activation, Instruction, StepRun


def is_under_way(plan: UUID) -> bool:
    """Whether a plan is under way, as a drill too, or asks to be."""
    open_states = [ActivationState.RUNNING, ActivationState.ASKING]
    return Activation.objects.filter(plan=plan, state__in=open_states).exists()


def recordings_named(organisation: UUID) -> frozenset[UUID]:
    """Recordings that plans under way still need: of the instruction of the moment, and of steps that are ahead."""
    under_way = Q(organisation=organisation, activation__state__in=[ActivationState.RUNNING, ActivationState.ASKING])
    named = [given.recordings for given in Instruction.objects.filter(under_way, ended_at=None)]
    steps = StepRun.objects.filter(under_way, document__kind="instruction", state__in=AHEAD)
    named += [step.document.get("recordings", {}) for step in steps]
    return frozenset(UUID(one) for recordings in named for one in recordings.values())
