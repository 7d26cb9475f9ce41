"""Carrying plans out: what is due is done, one row in one transaction at a time, by any number of responders.

1. What asks agents and got no answer in time starts or is dropped.
2. A step that is due begins: or it is skipped because enough people answered, or waits for an agent's verification or word.
3. A message goes out to its people in chunks; the cursor moves in the transaction that owes a chunk.
4. An instruction is spoken again.
5. Who speaks live longer than one may, because their web process died, speaks no more.
6. Pages are told what moved.

Whoever dies at any instruction leaves rows that say exactly what was done; the next second somebody goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from crisis.activations import feed, starting, steps, talks, telling
from crisis.activations.kinds import ActivationState, StepState
from crisis.activations.models import Activation, Instruction, StepRun, Stir, Telling
from soc import clock

_MOST_AT_ONCE = 200
_LOOKED_AT = 20


def advance() -> int:
    """Do what is due; how much that was."""
    done = sum(_all(act) for act in (_decide_one, _begin_one, _tell_some, _speak_again, talks.end_overdue))
    return done + _tell_pages()


def _all(act: Callable[[], bool]) -> int:
    done = 0
    while done < _MOST_AT_ONCE and act():
        done += 1
    return done


@transaction.atomic
def _decide_one() -> bool:
    """Nobody answered in time."""
    found = (
        Activation.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(state=ActivationState.ASKING, decide_by__lte=clock.now())
        .order_by("decide_by")
        .first()
    )
    if found is None:
        return False
    starting.decide(found.pk, None, go=found.starts_when_silent)
    return True


def _begin_one() -> bool:
    """Begin the step that is due for longest; one whose activation somebody else is busy with is left for them."""
    due = StepRun.objects.filter(
        state=StepState.WAITING,
        due_at__lte=clock.now(),
        activation__state__in=[ActivationState.RUNNING, ActivationState.ASKING],
    )
    candidates = due.order_by("due_at", "position").values_list("pk", "activation")[:_LOOKED_AT]
    return any(_begin(step, activation) for step, activation in candidates)


@transaction.atomic
def _begin(step: int, activation: UUID) -> bool:
    """The activation is locked first, as everybody locks it who decides; then the step, which may have changed meanwhile."""
    held = Activation.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=activation).first()
    if held is None or held.state not in (ActivationState.RUNNING, ActivationState.ASKING):
        return False
    waiting = StepRun.objects.select_for_update(of=("self",)).filter(pk=step, state=StepState.WAITING).first()
    if waiting is None or waiting.due_at is None or waiting.due_at > clock.now():
        return False
    waiting.activation = held
    steps.begin(waiting)
    return True


@transaction.atomic
def _tell_some() -> bool:
    """Owe one chunk of one message that is due, most urgent first."""
    due = (
        Telling.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(done_at=None, due_at__lte=clock.now())
        .select_related("step__activation", "message")
        .order_by("message__priority", "due_at", "id")
        .first()
    )
    if due is None:
        return False
    telling.tell_some(due)
    return True


@transaction.atomic
def _speak_again() -> bool:
    due = (
        Instruction.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(ended_at=None, again_at__lte=clock.now())
        .select_related("activation")
        .order_by("again_at")
        .first()
    )
    if due is None:
        return False
    steps.speak_again(due)
    return True


def _tell_pages() -> int:
    """One word for everything that stirred since the last."""
    with transaction.atomic():
        rows = list(Stir.objects.select_for_update(skip_locked=True).values_list("pk", "activation")[:5000])
        Stir.objects.filter(pk__in=[pk for pk, _activation in rows]).delete()
    stirred = {activation for _pk, activation in rows}
    busy = Telling.objects.filter(message__done_at=None, activation__state=ActivationState.RUNNING)
    stirred |= set(busy.values_list("activation", flat=True).distinct())
    for activation in Activation.objects.filter(pk__in=stirred).only("organisation_id", "site_id"):
        feed.progress(activation.pk, activation.organisation_id, activation.site_id)
    return len(rows)
