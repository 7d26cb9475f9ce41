"""What the beginning of a step does, kind by kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import assert_never
from uuid import UUID

from django.db.models import QuerySet
from pydantic import TypeAdapter

from crisis import templates
from crisis.activations import feed, freezing, log, services, telling, things
from crisis.activations.ending import end
from crisis.activations.facts import facts_in
from crisis.activations.kinds import ActivationState, EventKind, StepState
from crisis.activations.models import Activation, Instruction, StepPerson, StepRun
from crisis.activations.rounds import ROUND
from crisis.plans import audiences
from crisis.plans.content import (
    RESOLVED_WHEN_DUE,
    AnyStep,
    Audience,
    DevicesStep,
    EmergencyStep,
    InstructionStep,
    MessageStep,
    OfRole,
    TaskStep,
)
from soc import clock
from soc.people.directory.models import Person
from soc.people.models import Member
from soc.people.rights import Role
from soc.rounds import wake

_STEP: TypeAdapter[AnyStep] = TypeAdapter(AnyStep)


def content_of(step: StepRun) -> AnyStep:
    """What a step says, in its types."""
    return _STEP.validate_python(step.document)


def begin(step: StepRun) -> None:
    """Begin a step that is due, or say why not. Its activation is locked, then it."""
    activation = step.activation
    if activation.state == ActivationState.ASKING and not step.added:
        step.due_at = None  # it is asked about: the start gives it a time
        step.save(update_fields=["due_at"])
        return
    content = content_of(step)
    if step.forced_by_id is None:
        if enough_answered(step, content):
            _skip(step)
            return
        if content.by_hand:
            _wait(step, StepState.BY_HAND)
            return
    if activation.needs_verification and waits_for_verification(step, content):
        _wait(step, StepState.UNVERIFIED)
        return
    step.started_at, step.state, step.reason = clock.now(), StepState.RUNNING, ""
    step.save(update_fields=["started_at", "state", "reason"])
    log.write(activation, EventKind.STEP_BEGAN, step=step, member=step.forced_by)
    _follow(step)
    _do(step, content)


def waits_for_verification(step: StepRun, content: AnyStep) -> bool:
    """Whether, after a camera's alert, a step waits for an agent's verification: what locks somebody, and who is called."""
    if isinstance(content, DevicesStep):
        return things.locks(step)
    return isinstance(content, EmergencyStep)


def enough_answered(step: StepRun, content: AnyStep) -> bool:
    """Whether so many people answered the step it depends on that this one is not needed."""
    if content.unless is None:
        return False
    of = StepPerson.objects.filter(step__activation=step.activation_id, step__key=content.unless.step)
    return of.exclude(answered_at=None).count() >= content.unless.needed


def _do(step: StepRun, content: AnyStep) -> None:
    match content:
        case MessageStep():
            _tell(step, content)
        case InstructionStep():
            _instruct(step, content)
        case TaskStep():
            pass  # it runs until somebody says that it is done
        case EmergencyStep():
            services.tell(step, content)
        case DevicesStep():
            things.move(step, content)
        case _:
            assert_never(content)


def _follow(step: StepRun) -> None:
    """Steps that come after this one have their time now."""
    after = StepRun.objects.filter(activation=step.activation_id, document__after=step.key, due_at=None)
    for one in after:
        one.due_at = clock.now() + dt.timedelta(seconds=one.document["delay_s"])
        one.save(update_fields=["due_at"])
    wake(ROUND)


def _skip(step: StepRun) -> None:
    step.state, step.ended_at, step.reason = StepState.SKIPPED, clock.now(), "answered"
    step.save(update_fields=["state", "ended_at", "reason"])
    log.write(step.activation, EventKind.STEP_SKIPPED, step=step)
    _follow(step)


def _wait(step: StepRun, state: StepState) -> None:
    step.state = state
    step.save(update_fields=["state"])
    log.stir(step.activation)


def _tell(step: StepRun, content: MessageStep) -> None:
    """Tell its people: who is on call or in an area is looked for now, and nobody at all is somebody still."""
    activation = step.activation
    people_named = step.added and StepPerson.objects.filter(step=step).exists()
    due = tuple(group for group in content.to.groups if isinstance(group, RESOLVED_WHEN_DUE) or step.added)
    if due and not people_named:
        _freeze(step, Audience(groups=due, whom=content.to.whom))
    people = StepPerson.objects.filter(step=step).count()
    if not people:
        people = _fall_back(step)
    message = telling.message_of(step, content)
    telling.open_ways(step, content, message)
    log.write(activation, EventKind.TOLD, step=step, member=step.forced_by, details={"people": people})
    end(step, StepState.DONE)


def _freeze(step: StepRun, audience: Audience) -> None:
    activation = step.activation
    people = audiences.people(activation.organisation_id, activation.site_id, audience, clock.now())
    freezing.freeze(activation, step, people)


def _fall_back(step: StepRun) -> int:
    """Nobody is on its list: who directs, and the supervisors and administrators of the place, are told instead."""
    activation = step.activation
    roles: Sequence[Role] = (Role.SUPERVISOR, Role.ADMINISTRATOR)
    audience = Audience(groups=tuple(OfRole(role=role) for role in roles))
    people = audiences.people(activation.organisation_id, activation.site_id, audience, clock.now())
    if activation.director_id is not None:
        people = people | Person.objects.filter(member=activation.director_id, removed_at=None)
    count = freezing.freeze(activation, step, people)
    step.fell_back = True
    step.save(update_fields=["fell_back"])
    log.write(activation, EventKind.FELL_BACK, step=step, details={"people": count})
    return count


def _instruct(step: StepRun, content: InstructionStep) -> None:
    activation = step.activation
    words = {
        language: templates.fill(text, facts_in(activation, language), language)
        for language, text in content.words.items()
    }
    end(step, StepState.DONE)
    give_instruction(
        activation,
        words,
        recordings=content.recordings,
        step=step,
        again_every_s=content.again_every_s,
        times=content.times,
        by=step.forced_by,
    )


def give_instruction(
    activation: Activation,
    words: dict[str, str],
    *,
    recordings: Mapping[str, UUID] | None = None,
    step: StepRun | None = None,
    again_every_s: int = 0,
    times: int = 1,
    by: Member | None = None,
) -> Instruction:
    """Show and speak an instruction on every screen at the site; the one before it ends. Last in the transaction.

    Args:
        activation: of which; its row is locked.
        words: language code to what is shown, and spoken where there is no recording.
        recordings: what is played instead, by language.
        step: of the plan, where it is one.
        again_every_s: after how many seconds it is spoken again; 0: once.
        times: how often it is spoken in all.
        by: who gave it; null: the plan did, by itself.
    """
    now = clock.now()
    Instruction.objects.filter(activation=activation, ended_at=None).update(ended_at=now, again_at=None)
    again = again_every_s > 0 and times > 1
    given = Instruction.objects.create(
        organisation_id=activation.organisation_id,
        activation=activation,
        step=step,
        words=words,
        recordings={language: str(one) for language, one in (recordings or {}).items()},
        given_by=by,
        again_every_s=again_every_s,
        times_left=times - 1,
        again_at=now + dt.timedelta(seconds=again_every_s) if again else None,
    )
    log.write(activation, EventKind.SPOKEN, step=step, member=by)
    feed.instruction(given)
    return given


def speak_again(given: Instruction) -> None:
    """Speak an instruction once more. Its row is locked."""
    given.times_left -= 1
    again = given.times_left > 0
    given.again_at = clock.now() + dt.timedelta(seconds=given.again_every_s) if again else None
    given.save(update_fields=["times_left", "again_at"])
    feed.instruction(given, again=True)


def add(
    activation: Activation, content: MessageStep, *, people: QuerySet[Person] | None = None, apart: bool = False
) -> StepRun:
    """Add a step that the plan has not: a further message, a word about a call for help, the stand-down. It is due now.

    Args:
        activation: to which; its row is locked.
        content: what is said.
        people: to whom, where the groups of its audience do not say it.
        apart: its people are not among those of the plan by it: who helps, and who is told the end.
    """
    step = StepRun.objects.create(
        organisation_id=activation.organisation_id,
        activation=activation,
        key=content.key,
        position=StepRun.objects.filter(activation=activation).count(),
        document=content.model_dump(mode="json"),
        added=True,
        apart=apart,
        due_at=clock.now(),
    )
    if people is not None:
        freezing.freeze(activation, step, people)
    wake(ROUND)
    return step
