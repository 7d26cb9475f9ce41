"""Writing down what happens: a line of the activation, an entry of the journal, and a stir for the pages."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from alerts.logbook.models import LogbookEntry
from crisis.activations.kinds import EventKind
from crisis.activations.models import Activation, ActivationEvent, Participant, StepRun, Stir
from soc.journal.actions import Action
from soc.journal.digests import Json
from soc.journal.services import record
from soc.people.models import Member

_ACTIONS: Mapping[EventKind, Action] = {
    EventKind.ASKED: Action.ACTIVATION_ASKED,
    EventKind.STARTED: Action.ACTIVATION_STARTED,
    EventKind.DROPPED: Action.ACTIVATION_DROPPED,
    EventKind.VERIFIED: Action.ACTIVATION_VERIFIED,
    EventKind.STEP_BEGAN: Action.ACTIVATION_STEP,
    EventKind.STEP_SKIPPED: Action.ACTIVATION_STEP,
    EventKind.STEP_HELD: Action.ACTIVATION_STEP,
    EventKind.STEP_RELEASED: Action.ACTIVATION_STEP,
    EventKind.STEP_FAILED: Action.ACTIVATION_STEP,
    EventKind.FELL_BACK: Action.ACTIVATION_STEP,
    EventKind.TOLD: Action.ACTIVATION_TOLD,
    EventKind.SPOKEN: Action.ACTIVATION_TOLD,
    EventKind.TALK_OPENED: Action.TALK_OPENED,
    EventKind.TALK_CLOSED: Action.TALK_CLOSED,
    EventKind.HELP: Action.ACTIVATION_HELP,
    EventKind.HELP_TAKEN: Action.ACTIVATION_HELP,
    EventKind.HELP_CLOSED: Action.ACTIVATION_HELP,
    EventKind.TASK: Action.ACTIVATION_TASK,
    EventKind.COMMAND: Action.ACTIVATION_COMMAND,
    EventKind.STOOD_DOWN: Action.ACTIVATION_ENDED,
}


def write(
    activation: Activation,
    kind: EventKind,
    *,
    member: Member | None = None,
    step: StepRun | None = None,
    participant: Participant | None = None,
    details: Mapping[str, Json] | None = None,
    entry: LogbookEntry | None = None,
) -> ActivationEvent:
    """Write a line in the transaction of what it tells."""
    line = ActivationEvent.objects.create(
        organisation_id=activation.organisation_id,
        activation=activation,
        kind=kind,
        member=member,
        step=step,
        participant=participant,
        details=dict(details or {}),
        entry=entry,
    )
    action = _ACTIONS.get(kind)
    if action is not None:
        noted: dict[str, Json] = {"number": activation.number, "event": kind.value, "drill": activation.drill}
        if step is not None:
            noted["step"] = step.key
        record(
            activation.organisation_id,
            action,
            actor=member,
            subject=activation,
            site_id=activation.site_id,
            details=noted | dict(details or {}),
        )
    stir(activation)
    return line


def stir(activation: Activation) -> None:
    """Pages read it again within a second."""
    stir_by_id(activation.pk, activation.organisation_id)


def stir_by_id(activation: UUID, organisation: UUID) -> None:
    """The same for who has not read the activation: its plan and facts are long, and 10,000 answer in a minute."""
    Stir.objects.create(organisation_id=organisation, activation_id=activation)
