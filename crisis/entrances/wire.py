"""The ways in as the API writes them. Labels are the reader's business: codes, numbers and times are in here."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from pydantic import Field

from alerts.channels.base import Channel
from alerts.wire import Named, View
from crisis.activations import selectors as activations
from crisis.activations.kinds import ActivationState, HelpState
from crisis.activations.models import Activation, HelpCall
from crisis.activations.wire import named
from crisis.entrances.buttons import Pressed
from crisis.entrances.models import Callers, Entrance, EntranceCall, EntranceHow, EntranceKind, EntranceOutcome
from soc.people.models import Member


class EntranceSettingsView(View):
    """What is set about an entrance, of its kind only."""

    profiles: list[UUID] | None = None
    word: str | None = None
    callers: Callers | None = None
    senders: list[UUID] | None = None
    events: list[str] | None = None
    severities: list[str] | None = None
    exercises: bool | None = None


class EntranceView(View):
    """A way in."""

    id: UUID
    kind: EntranceKind
    name: str
    site: Named
    plan: Named
    ready: bool = Field(description="A version of the plan is approved.")
    how: EntranceHow
    countdown_s: int
    starts_when_silent: bool
    settings: EntranceSettingsView
    enabled: bool
    written_by: Named
    approved_by: Named | None
    approved_at: dt.datetime | None
    needs_approval: bool = Field(description="It starts its plan at once and nobody else has approved that.")
    own_work: bool = Field(description="The reader wrote in it, so somebody else approves it.")
    secret_at: dt.datetime | None
    last_at: dt.datetime | None
    last_outcome: EntranceOutcome | None
    version: int


class NewEntrance(View):
    """A way in and, this once, its secret or code."""

    entrance: EntranceView
    secret: str = Field(description="A webhook's secret or a call's code, in this answer and in no other; empty: none.")


class OwnNumberView(View):
    """A number of the organisation's own."""

    channel: Channel
    number: str


class EntranceList(View):
    """The ways in, and what numbers are called and written to."""

    results: list[EntranceView]
    numbers: list[OwnNumberView]
    webhook: str = Field(description="The address that webhooks are sent to.")


class EntranceCallView(View):
    """Something that came in, and what came of it."""

    number: int
    at: dt.datetime
    outcome: EntranceOutcome
    reason: str
    activation: UUID | None
    reference: str
    who: str = Field(description="A person's name, or the end of a number; empty: a system.")
    said: str


class WebhookAnswer(View):
    """What a system is told."""

    outcome: EntranceOutcome
    known: bool = Field(description="This very call was taken before: nothing was done again.")
    reference: str


class AlertButtonView(View):
    """An alert button on the member's page."""

    id: UUID
    name: str
    site: Named
    how: EntranceHow
    ready: bool


class OwnCallView(View):
    """What came of a press: the latest of those that joined the same activation."""

    number: int
    button: str
    site: str
    at: dt.datetime
    calls: int = Field(description="How often the member pressed.")
    state: ActivationState
    reference: str
    decide_by: dt.datetime | None
    starts_when_silent: bool
    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    director: str
    people: int = Field(description="Of the plan, as far as is known.")
    told: int = Field(description="Of them those for whom a message has left.")
    channels: list[Channel]
    answered: int
    help: HelpState | None = Field(description="Of the member's own call for help.")
    taken_by: str = Field(description="Who goes to the member.")


class OwnButtons(View):
    """The member's alert buttons, and what they pressed lately."""

    buttons: list[AlertButtonView]
    calls: list[OwnCallView]


class PressedView(View):
    """What a first gesture shows: what is about to happen, to be confirmed within seconds by the same member."""

    press: UUID
    button: str
    site: str
    plan: str
    how: EntranceHow
    countdown_s: int
    starts_when_silent: bool
    under_way: bool = Field(description="The plan is under way already: the second gesture raises that.")
    people: int
    at_once: int
    channels: list[Channel]
    devices: int
    services: int
    good_until: dt.datetime
    digest: str


def entrance_view(of: Entrance, reader: Member) -> EntranceView:
    """A row of `selectors.entrances`."""
    last: EntranceCall | None = next(iter(getattr(of, "last", ())), None)
    wrote = any(one.edition == of.edition and one.member_id == reader.pk for one in of.editors.all())
    return EntranceView(
        id=of.pk,
        kind=EntranceKind(of.kind),
        name=of.name,
        site=Named(id=of.site.pk, name=of.site.name),
        plan=Named(id=of.plan.pk, name=of.plan.name),
        ready=bool(getattr(of, "ready", False)),
        how=EntranceHow(of.how),
        countdown_s=of.countdown_s,
        starts_when_silent=of.starts_when_silent,
        settings=EntranceSettingsView.model_validate(of.settings),
        enabled=of.enabled,
        written_by=Named(id=of.written_by.pk, name=of.written_by.display_name),
        approved_by=named(of.approved_by),
        approved_at=of.approved_at,
        needs_approval=of.how == EntranceHow.START and of.approved_by_id is None,
        own_work=wrote,
        secret_at=of.secret_at,
        last_at=last.at if last else None,
        last_outcome=EntranceOutcome(last.outcome) if last else None,
        version=of.version,
    )


def call_view(of: EntranceCall) -> EntranceCallView:
    """A row of `selectors.calls`."""
    person = of.person.display_name if of.person else ""
    member = of.member.display_name if of.member else ""
    return EntranceCallView(
        number=of.pk,
        at=of.at,
        outcome=EntranceOutcome(of.outcome),
        reason=of.reason,
        activation=of.activation_id,
        reference=of.activation.reference if of.activation else "",
        who=member or person or of.sender,
        said=of.said,
    )


def button_view(of: Entrance) -> AlertButtonView:
    """A row of `selectors.buttons_of`."""
    return AlertButtonView(
        id=of.pk,
        name=of.name,
        site=Named(id=of.site.pk, name=of.site.name),
        how=EntranceHow(of.how),
        ready=bool(getattr(of, "ready", False)),
    )


def own_call_view(of: EntranceCall, activation: Activation, *, calls: int) -> OwnCallView:
    """What came of a press, as far as who pressed is told: counts and who goes, no names of others."""
    help_call = HelpCall.objects.filter(activation=activation, participant__person=of.person_id).first()
    answers = activations.answer_counts(activation)
    answered = answers.safe + answers.help + answers.coming + answers.other
    told = answered + answers.none
    return OwnCallView(
        number=of.pk,
        button=of.entrance.name,
        site=of.entrance.site.name,
        at=of.at,
        calls=calls,
        state=ActivationState(activation.state),
        reference=activation.reference,
        decide_by=activation.decide_by,
        starts_when_silent=activation.starts_when_silent,
        started_at=activation.started_at,
        ended_at=activation.ended_at,
        director=activation.director.display_name if activation.director else "",
        people=told + answers.not_reached,
        told=told,
        channels=[one.channel for one in activations.channel_counts(activation) if one.sent],
        answered=answered,
        help=HelpState(help_call.state) if help_call else None,
        taken_by=help_call.taken_by if help_call else "",
    )


def pressed_view(of: Pressed) -> PressedView:
    """A first gesture."""
    entrance, prospect = of.entrance, of.prospect
    return PressedView(
        press=of.press.pk,
        button=entrance.name,
        site=entrance.site.name,
        plan=entrance.plan.name,
        how=EntranceHow(entrance.how),
        countdown_s=entrance.countdown_s,
        starts_when_silent=entrance.starts_when_silent,
        under_way=of.under_way,
        people=prospect.people,
        at_once=prospect.at_once,
        channels=list(prospect.channels),
        devices=prospect.devices,
        services=prospect.services,
        good_until=of.good_until,
        digest=of.press.digest,
    )
