"""An activation as the API writes it. Labels are the reader's business: codes, numbers and times are in here."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from pydantic import Field, JsonValue

from alerts.channels.base import AnswerKind, Channel
from alerts.wire import Named, View
from crisis.activations import sound_link
from crisis.activations.kinds import ActivationState, Cause, EventKind, HelpState, StepState, VerifiedHow
from crisis.activations.models import Activation, ActivationEvent, HelpCall, Instruction, Participant, StepRun, Talk
from soc.people.models import Member


class ActivationBrief(View):
    """An activation as lists name it."""

    id: UUID
    number: int
    reference: str
    plan: Named
    plan_version: int
    site: Named
    state: ActivationState
    drill: bool
    cause: Cause
    alert: UUID | None
    asked_at: dt.datetime
    decide_by: dt.datetime | None
    starts_when_silent: bool
    started_at: dt.datetime | None
    started_by: Named | None
    director: Named | None
    deputy: Named | None
    verified_at: dt.datetime | None
    verified_by: Named | None
    verified_how: VerifiedHow | None
    needs_verification: bool
    ended_at: dt.datetime | None
    ended_by: Named | None
    erased_at: dt.datetime | None = Field(description="When names, numbers and words were erased; figures stay.")
    version: int


class StepView(View):
    """A step and where it stands."""

    key: str
    position: int
    kind: str
    name: str
    added: bool
    state: StepState
    reason: str
    due_at: dt.datetime | None
    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    after: str | None
    delay_s: int
    needed: int | None = Field(description="Of a step that only comes when too few answer: how many are enough.")
    role: str | None = Field(description="Of a task: who does it.")
    late_at: dt.datetime | None = Field(description="Of a task: its deadline.")
    channels: list[Channel]
    people: int
    answered: int
    fell_back: bool
    forced_by: Named | None
    note: str


class AnswerCounts(View):
    """Everybody of the plan, each in one of these."""

    safe: int
    help: int
    coming: int
    other: int
    none: int = Field(description="Reached, and has not answered.")
    not_reached: int


class ChannelCounts(View):
    """One channel's deliveries."""

    channel: Channel
    waiting: int
    sent: int = Field(description="Left; may have arrived.")
    delivered: int
    failed: int = Field(description="Tried, or refused; not those without a number or address.")
    no_address: int = Field(description="There is no number or address for this way, so nothing was sent.")
    answers: int = Field(description="People whose answer came by it.")


class HelpView(View):
    """A call for help."""

    id: UUID
    person: Named
    state: HelpState
    place: str
    called_at: dt.datetime
    again_at: dt.datetime
    calls: int
    taken_by: str
    taken_at: dt.datetime | None
    words: list[str] = Field(description="What the person wrote, the first call first.")
    version: int


class InstructionView(View):
    """The instruction of the moment."""

    id: UUID
    activation: UUID
    site: Named
    drill: bool
    words: dict[str, str]
    recorded: list[str] = Field(description="Languages in which a recording is played; in the others a machine speaks.")
    given_at: dt.datetime
    again_at: dt.datetime | None
    times_left: int


class OwnInstructionView(InstructionView):
    """The instruction of the moment, for who it concerns."""

    sounds: dict[str, str] = Field(
        description="By language, the address at which the next hour hears it without a session; then `…/sound/` does."
    )


class TalkView(View):
    """That somebody speaks live to everyone connected at a site."""

    id: UUID
    activation: UUID
    site: Named
    speaker: Named
    drill: bool
    opened_at: dt.datetime
    until: dt.datetime


class ActivationLine(View):
    """One line of what happened."""

    id: int
    at: dt.datetime
    kind: EventKind
    member: Named | None
    step: str | None
    person: str | None
    details: dict[str, JsonValue]
    text: str = Field(description="What somebody wrote in the logbook; empty: nothing, or erased.")


class Minute(View):
    """How many had answered by then."""

    at: dt.datetime
    answered: int


class ActivationView(ActivationBrief):
    """An activation with everything that who directs it sees at a glance."""

    steps: list[StepView]
    answers: AnswerCounts
    reach: list[ChannelCounts]
    help: list[HelpView]
    instruction: InstructionView | None
    talk: TalkView | None = Field(description="Who speaks live now.")
    curve: list[Minute]
    languages: list[str]


class PersonDelivery(View):
    """What became of a message to a person by one channel."""

    channel: Channel
    state: str
    failure: str
    at: dt.datetime | None


class ParticipantView(View):
    """A person of the plan, with how they were reached and what they answered."""

    id: int
    person: Named
    inside: bool
    language: str
    answer: AnswerKind | None
    answer_at: dt.datetime | None
    reached: bool
    deliveries: list[PersonDelivery]


def named(member: Member | None) -> Named | None:
    """A member, by name."""
    return Named(id=member.pk, name=member.display_name) if member else None


def brief(of: Activation) -> ActivationBrief:
    """An activation as lists name it."""
    return ActivationBrief(**_facts(of))


def _facts(of: Activation) -> dict[str, object]:
    return {
        "id": of.pk,
        "number": of.number,
        "reference": of.reference,
        "plan": Named(id=of.plan.pk, name=of.plan.name),
        "plan_version": of.plan_version.number,
        "site": Named(id=of.site.pk, name=of.site.name),
        "state": ActivationState(of.state),
        "drill": of.drill,
        "cause": Cause(of.cause),
        "alert": of.alert_id,
        "asked_at": of.asked_at,
        "decide_by": of.decide_by,
        "starts_when_silent": of.starts_when_silent,
        "started_at": of.started_at,
        "started_by": named(of.started_by),
        "director": named(of.director),
        "deputy": named(of.deputy),
        "verified_at": of.verified_at,
        "verified_by": named(of.verified_by),
        "verified_how": VerifiedHow(of.verified_how) if of.verified_how else None,
        "needs_verification": of.needs_verification,
        "ended_at": of.ended_at,
        "ended_by": named(of.ended_by),
        "erased_at": of.erased_at,
        "version": of.version,
    }


def step_view(of: StepRun, *, people: int, answered: int, note: str) -> StepView:
    """A step, with how many people it is for and how many of them answered."""
    written = of.document
    unless = written.get("unless")
    within = written.get("within_s") or 0
    return StepView(
        key=of.key,
        position=of.position,
        kind=written["kind"],
        name=written["name"],
        added=of.added,
        state=StepState(of.state),
        reason=of.reason,
        due_at=of.due_at,
        started_at=of.started_at,
        ended_at=of.ended_at,
        after=written.get("after"),
        delay_s=written.get("delay_s", 0),
        needed=unless["needed"] if unless else None,
        role=written.get("role"),
        late_at=of.started_at + dt.timedelta(seconds=within) if within and of.started_at else None,
        channels=[Channel(way["channel"]) for way in written.get("ways", [])],
        people=people,
        answered=answered,
        fell_back=of.fell_back,
        forced_by=named(of.forced_by),
        note=note,
    )


def help_view(of: HelpCall) -> HelpView:
    """A call for help; `answers__answer` is read already."""
    return HelpView(
        id=of.pk,
        person=Named(id=of.participant.person_id, name=of.participant.name),
        state=HelpState(of.state),
        place=of.place,
        called_at=of.called_at,
        again_at=of.again_at,
        calls=of.calls,
        taken_by=of.taken_by,
        taken_at=of.taken_at,
        words=[one.answer.text for one in of.answers.all()],
        version=of.version,
    )


def instruction_view(of: Instruction) -> InstructionView:
    """An instruction, with its activation and that one's site."""
    activation = of.activation
    return InstructionView(
        id=of.pk,
        activation=activation.pk,
        site=Named(id=activation.site.pk, name=activation.site.name),
        drill=activation.drill,
        words=of.words,
        recorded=sorted(of.recordings),
        given_at=of.given_at,
        again_at=of.again_at,
        times_left=of.times_left,
    )


def own_instruction_view(of: Instruction) -> OwnInstructionView:
    """An instruction for who it concerns. Nobody else is given where it is heard."""
    return OwnInstructionView(**instruction_view(of).model_dump(), sounds=sound_link.addresses(of))


def talk_view(of: Talk) -> TalkView:
    """That somebody speaks, with the activation, its site and who it is."""
    activation = of.activation
    return TalkView(
        id=of.pk,
        activation=activation.pk,
        site=Named(id=activation.site.pk, name=activation.site.name),
        speaker=Named(id=of.member.pk, name=of.member.display_name),
        drill=activation.drill,
        opened_at=of.opened_at,
        until=of.until,
    )


def line_view(of: ActivationEvent) -> ActivationLine:
    """A line of the log; its entry's words are read already."""
    words = getattr(of.entry, "words", None) if of.entry else None
    return ActivationLine(
        id=of.pk,
        at=of.at,
        kind=EventKind(of.kind),
        member=named(of.member),
        step=of.step.key if of.step else None,
        person=of.participant.name if of.participant else None,
        details=of.details,
        text=words.text if words else "",
    )


def participant_view(of: Participant, deliveries: list[PersonDelivery]) -> ParticipantView:
    """A person of the plan."""
    return ParticipantView(
        id=of.pk,
        person=Named(id=of.person_id, name=of.name),
        inside=of.inside,
        language=of.language,
        answer=AnswerKind(of.answer) if of.answer else None,
        answer_at=of.answer_at,
        reached=any(one.state in ("sent", "delivered") for one in deliveries),
        deliveries=deliveries,
    )
