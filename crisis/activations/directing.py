"""What who directs does while a plan is under way. Each is one transaction, journalled, and told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alerts.channels.base import Channel
from alerts.channels.recordings.services import must_be_playable
from alerts.deliveries import services as outbox
from alerts.deliveries.models import LEFT, Delivery
from crisis.activations import feed, log, steps, talks, telling
from crisis.activations.kinds import AHEAD, ActivationState, EventKind, HelpState, StepState, VerifiedHow
from crisis.activations.models import Activation, HelpCall, Instruction, StepPerson, StepRun, TaskDone, Telling
from crisis.activations.rounds import ROUND
from crisis.plans.content import Audience, Choice, EmergencyStep, MessageStep, OfRole, StepWay, TaskStep, Words
from crisis.plans.references import must_reach
from soc import clock
from soc.people.directory.models import Person
from soc.people.models import Member
from soc.people.rights import Right, Role
from soc.people.scope import holds
from soc.refusals import Refusal, Status
from soc.rounds import wake

STAND_DOWN = "stand-down"


@transaction.atomic
def verify(activation: UUID, member: Member, how: VerifiedHow) -> Activation:
    """Record how it was made sure that it is real (levée de doute): what waited for it goes on.

    Raises:
        Refusal: it is over, or was verified already.
    """
    found = _running(activation)
    if found.verified_at is not None:
        raise _conflict("verified_already", _("This was verified already."))
    found.verified_at, found.verified_by, found.verified_how = clock.now(), member, how
    found.version += 1
    found.save()
    waiting = StepRun.objects.filter(activation=found, state=StepState.UNVERIFIED)
    waiting.update(state=StepState.WAITING, due_at=clock.now())
    log.write(found, EventKind.VERIFIED, member=member, details={"how": how.value})
    wake(ROUND)
    feed.changed(found)
    return found


@transaction.atomic
def hold(activation: UUID, step: str, member: Member) -> StepRun:
    """Hold a step that is ahead: it does not begin until it is let go.

    Raises:
        Refusal: the activation is over, or the step has begun.
    """
    found = _running(activation)
    held = _step(found, step)
    if held.state not in AHEAD or held.state == StepState.HELD:
        raise _conflict("step_not_ahead", _("This step is not ahead any more."))
    held.state = StepState.HELD
    held.save(update_fields=["state"])
    log.write(found, EventKind.STEP_HELD, member=member, step=held)
    return held


@transaction.atomic
def release(activation: UUID, step: str, member: Member) -> StepRun:
    """Let a step go now, by hand: one that is held, waits for somebody's word, or would come later (escalate now).

    What needs a verification still waits for it.

    Raises:
        Refusal: the activation is over, or the step has begun.
    """
    found = _running(activation)
    freed = _step(found, step)
    if freed.state not in AHEAD:
        raise _conflict("step_not_ahead", _("This step is not ahead any more."))
    freed.state, freed.due_at, freed.forced_by = StepState.WAITING, clock.now(), member
    freed.save(update_fields=["state", "due_at", "forced_by"])
    log.write(found, EventKind.STEP_RELEASED, member=member, step=freed)
    wake(ROUND)
    return freed


@transaction.atomic
def finish(activation: UUID, step: str, member: Member, note: str = "") -> StepRun:
    """Say that a line of the checklist is done, or that an emergency service was told.

    Raises:
        Refusal: it is none of these, has not begun, or was done already.
    """
    found = _running(activation)
    done = _step(found, step)
    if not isinstance(steps.content_of(done), TaskStep | EmergencyStep) or done.state != StepState.RUNNING:
        raise _conflict("nothing_to_finish", _("There is nothing to tick off here now."))
    TaskDone.objects.create(organisation_id=found.organisation_id, step=done, by=member, note=note[:255])
    done.state, done.ended_at = StepState.DONE, clock.now()
    done.save(update_fields=["state", "ended_at"])
    log.write(found, EventKind.TASK, member=member, step=done)
    return done


@transaction.atomic
def command(activation: UUID, member: Member, *, director: Member | None, deputy: Member | None) -> Activation:
    """Hand command over, or say who deputises.

    Raises:
        Refusal: it is over, or who is named may not direct there.
    """
    found = _running(activation)
    for named in (director, deputy):
        if named is not None and not holds(named, Right.DIRECT, found.site_id):
            raise Refusal("may_not_direct", _("%(who)s may not direct plans here."), params={"who": named.display_name})
    found.director, found.deputy = director, deputy
    found.version += 1
    found.save()
    details = {"director": str(director.pk) if director else None, "deputy": str(deputy.pk) if deputy else None}
    log.write(found, EventKind.COMMAND, member=member, details=details)
    feed.changed(found)
    return found


@transaction.atomic
def say(
    activation: UUID,
    member: Member,
    *,
    words: Mapping[str, Words],
    channels: tuple[Channel, ...],
    choices: tuple[Choice, ...] = (),
    to: Audience | None = None,
) -> StepRun:
    """Send a further message: to an audience, or to everybody whom the plan is for.

    Raises:
        Refusal: it is over, or there is nothing to say.
    """
    found = _running(activation)
    if not words or not channels:
        raise Refusal("nothing_to_say", _("Write what is to be said, and choose by which ways."))
    if to is not None:
        must_reach(member, to, "to")
    step = MessageStep(
        key=f"message-{StepRun.objects.filter(activation=found, added=True).count() + 1}",
        name=str(member.display_name)[:120],
        to=to or _everybody(),
        ways=tuple(StepWay(channel=channel) for channel in channels),
        words=dict(words),
        choices=choices,
    )
    added = steps.add(found, step, people=None if to is not None else _participants(found))
    log.stir(found)
    return added


@transaction.atomic
def repeat(activation: UUID, step: str, member: Member) -> StepRun:
    """Send a step's message once more, to who has not answered.

    Raises:
        Refusal: it is over, or the step has sent nothing yet.
    """
    found = _running(activation)
    again = _step(found, step)
    content = steps.content_of(again)
    last = Telling.objects.filter(step=again).select_related("message").order_by("-round").first()
    if last is None or not isinstance(content, MessageStep):
        raise _conflict("nothing_to_repeat", _("This step has sent nothing yet."))
    telling.open_ways(again, content, last.message, round_number=last.round + 1)
    log.write(found, EventKind.TOLD, member=member, step=again, details={"again": last.round + 1})
    wake(ROUND)
    return again


@transaction.atomic
def instruct(
    activation: UUID, member: Member, words: Mapping[str, str], recordings: Mapping[str, UUID] | None = None
) -> Instruction:
    """Speak an instruction now, on every screen at the site, or play a recording of it where there is one.

    Raises:
        Refusal: it is over, there is nothing to say, or a recording is not there or says nothing in writing.
    """
    found = _running(activation)
    if not words or not all(text.strip() for text in words.values()):
        raise Refusal("nothing_to_say", _("Write what is to be said, and choose by which ways."))
    wanted = dict(recordings or {})
    if unwritten := wanted.keys() - words.keys():
        needed = _("Write what the recording says: who cannot hear it reads it.")
        raise Refusal("recording_without_words", needed, fields={f"words.{one}": needed for one in sorted(unwritten)})
    must_be_playable(found.organisation_id, found.site_id, wanted)
    return steps.give_instruction(found, dict(words), recordings=wanted, by=member)


@transaction.atomic
def repeat_instruction(activation: UUID, member: Member) -> Instruction:
    """Speak the instruction of the moment once more.

    Raises:
        Refusal: it is over, or there is no instruction now.
    """
    found = _running(activation)
    given = Instruction.objects.select_for_update(of=("self",)).filter(activation=found, ended_at=None).first()
    if given is None:
        raise _conflict("no_instruction", _("No instruction is on the screens now."))
    given.activation = found
    log.write(found, EventKind.SPOKEN, member=member, step=given.step)
    feed.instruction(given, again=True)
    return given


@transaction.atomic
def take_help(call: UUID, member: Member, *, who: str, version: int) -> HelpCall:
    """Say who goes to a call for help."""
    return _change_help(call, member, version, EventKind.HELP_TAKEN, lambda one: _taken(one, who))


@transaction.atomic
def close_help(call: UUID, member: Member, *, version: int) -> HelpCall:
    """Say that who called for help has it."""
    return _change_help(call, member, version, EventKind.HELP_CLOSED, _closed)


@transaction.atomic
def stand_down(activation: UUID, member: Member) -> Activation:
    """End it: what is ahead is not done any more, what waits to leave does not leave, and who was reached is told.

    Raises:
        Refusal: it is over already.
    """
    found = _running(activation)
    now = clock.now()
    reached = _reached(found)
    for one in Telling.objects.filter(activation=found).select_related("message"):
        outbox.withdraw(one.message.asker, found.organisation_id)
    Telling.objects.filter(activation=found, done_at=None).update(done_at=now)
    left = StepRun.objects.filter(activation=found, state__in=[*AHEAD, StepState.RUNNING])
    left.update(state=StepState.CANCELLED, ended_at=now)
    spoken = list(Instruction.objects.filter(activation=found, ended_at=None).select_for_update(of=("self",)))
    Instruction.objects.filter(activation=found, ended_at=None).update(ended_at=now, again_at=None)
    found.state, found.ended_at, found.ended_by = ActivationState.ENDED, now, member
    found.version += 1
    found.save()
    content = found.content
    if content.stand_down:
        _tell_the_end(found, content.stand_down, reached)
    spoke = talks.end_all(found)
    log.write(found, EventKind.STOOD_DOWN, member=member)
    feed.changed(found)
    for talk in spoke:
        feed.talk_closed(talk)
    for given in spoken:
        given.activation, given.ended_at = found, now
        feed.instruction(given)
    return found


def _tell_the_end(activation: Activation, words: Mapping[str, Words], reached: Mapping[Channel, set[UUID]]) -> None:
    """Only who was reached, by the ways by which they were."""
    everybody: set[UUID] = set().union(*reached.values())
    if not everybody:
        return
    step = MessageStep(
        key=STAND_DOWN,
        name=STAND_DOWN,
        to=_everybody(),
        ways=tuple(StepWay(channel=channel) for channel in reached),
        words=dict(words),
    )
    run = steps.add(activation, step, people=Person.objects.filter(pk__in=everybody), apart=True)
    message = telling.message_of(run, step)
    rows = StepPerson.objects.filter(step=run).select_related("participant")
    outbox.owe(
        message,
        (
            outbox.Owed(
                recipient=str(row.participant.person_id),
                person=row.participant.person_id,
                channel=channel,
                address=telling.address_of(row.participant, channel),
                language=row.participant.language,
            )
            for row in rows
            for channel, people in reached.items()
            if row.participant.person_id in people
        ),
    )
    run.state, run.started_at, run.ended_at = StepState.DONE, clock.now(), clock.now()
    run.save(update_fields=["state", "started_at", "ended_at"])


def _reached(activation: Activation) -> dict[Channel, set[UUID]]:
    """Whom something has left for, by channel."""
    messages = Telling.objects.filter(activation=activation).values("message")
    rows = Delivery.objects.filter(message__in=messages, state__in=LEFT).exclude(person=None)
    reached: dict[Channel, set[UUID]] = {}
    for channel, person in rows.values_list("channel", "person").distinct():
        if person is not None:
            reached.setdefault(Channel(channel), set()).add(person)
    return reached


def _change_help(
    call: UUID, member: Member, version: int, kind: EventKind, change: Callable[[HelpCall], None]
) -> HelpCall:
    found = HelpCall.objects.select_for_update(of=("self",)).select_related("activation", "participant").get(pk=call)
    if found.version != version:
        raise _conflict(
            "changed_meanwhile", _("Somebody has changed this call meanwhile, or it came again. Look at it.")
        )
    change(found)
    found.version += 1
    found.save()
    log.write(found.activation, kind, member=member, participant=found.participant)
    feed.help_called(found)
    return found


def _taken(call: HelpCall, who: str) -> None:
    if not who.strip():
        raise Refusal("who_goes", _("Say who goes."), fields={"who": _("Say who goes.")})
    call.state, call.taken_by, call.taken_at = HelpState.TAKEN, who.strip()[:150], clock.now()


def _closed(call: HelpCall) -> None:
    call.state, call.closed_at = HelpState.CLOSED, clock.now()


def _running(activation: UUID) -> Activation:
    """The activation, locked, if it is under way."""
    found = Activation.objects.select_for_update(no_key=True, of=("self",)).get(pk=activation)
    if found.state != ActivationState.RUNNING:
        raise _conflict("not_under_way", _("This plan is not under way any more, or not yet."))
    return found


def _step(activation: Activation, key: str) -> StepRun:
    found = StepRun.objects.select_for_update(of=("self",)).filter(activation=activation, key=key).first()
    if found is None:
        raise Refusal("step_unknown", _("This plan has no such step."), status=Status.NOT_FOUND)
    found.activation = activation
    return found


def _participants(activation: Activation) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=activation.participants.values("person"))


def _everybody() -> Audience:
    """What stands in an added step whose people are written down one by one."""
    return Audience(groups=(OfRole(role=Role.RESPONDER),))


def _conflict(code: str, sentence: Promise) -> Refusal:
    return Refusal(code, sentence, status=Status.CONFLICT)
