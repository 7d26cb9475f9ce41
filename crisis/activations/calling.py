"""Something comes in about a plan that is under way or asked about: it is linked and told, and what a person says needs no
verification.
"""

from __future__ import annotations

from django.db import transaction

from crisis.activations import answering, feed, freezing, log, starting
from crisis.activations.kinds import SYSTEMS, ActivationState, EventKind, StepState
from crisis.activations.models import Activation, StepRun
from crisis.activations.rounds import ROUND
from crisis.plans.models import Plan
from soc import clock
from soc.journal.digests import Json
from soc.people.directory.models import Person
from soc.rounds import wake


def under_way(plan: Plan) -> Activation | None:
    """The latest activation of a plan that is under way or asked about and no drill, locked. The plan's row is locked before."""
    return (
        Activation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("site", "organisation", "plan")
        .filter(plan=plan, drill=False, state__in=[ActivationState.ASKING, ActivationState.RUNNING])
        .order_by("-number")
        .first()
    )


@transaction.atomic
def came_in(activation: Activation, entrance: str, *, calls: int, person: Person | None = None) -> None:
    """Write down that something came in.

    Args:
        activation: about what; locked, or just made.
        entrance: by which way in.
        calls: how often that has happened for this activation, with this time.
        person: who called, where it is somebody of the directory.
    """
    participant = freezing.take_in(activation, person) if person is not None else None
    details: dict[str, Json] = {"entrance": entrance, "calls": calls}
    log.write(activation, EventKind.CALLED, participant=participant, details=details)


@transaction.atomic
def go_at_once(activation: Activation) -> Activation:
    """What asks agents starts: something came in that is to start the plan at once. Who asked meanwhile finds it decided."""
    if activation.state != ActivationState.ASKING:
        return activation
    return starting.decide(activation.pk, None, go=True)


@transaction.atomic
def person_called(activation: Activation, person: Person | None, place: str = "") -> None:
    """A person called: nothing waits for a verification any more, and who it is needs help until somebody finds otherwise.

    A repeated call of the same person raises the first.

    Args:
        activation: about what; its row is locked, or just made.
        person: who; null: a number that is nobody's.
        place: where they are, in their words.
    """
    now = clock.now()
    if activation.called_at is None and activation.cause in SYSTEMS:
        activation.called_at = now
        activation.version += 1
        activation.save(update_fields=["called_at", "version"])
        waiting = StepRun.objects.filter(activation=activation, state=StepState.UNVERIFIED)
        if waiting.update(state=StepState.WAITING, due_at=now):
            wake(ROUND)
        feed.changed(activation)
    if person is None:
        return
    participant = freezing.take_in(activation, person)
    call = answering.raise_help(participant, now, place)
    log.write(activation, EventKind.HELP, participant=participant, details={"calls": call.calls})
    if call.calls == 1:
        answering.tell_helpers(activation, call)
    feed.help_called(call)
