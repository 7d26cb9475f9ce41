"""What activations say to browsers: decisions as numbered events, progress as a word a second, instructions to every screen."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from uuid import UUID

from crisis.activations import sound_link
from crisis.activations.models import Activation, HelpCall, Instruction, Talk
from soc.broadcast.events import Event, Payload
from soc.broadcast.services import announce, publish
from soc.people.rights import Right


class ActivationChanged(Payload):
    """An activation was asked about, started, decided on or ended: read it again."""

    kind: Literal["activation.changed"] = "activation.changed"
    activation: UUID
    number: int
    site: UUID
    state: str
    drill: bool
    version: int


class ActivationProgress(Payload):
    """Steps moved, messages left or people answered: read the counts again. At most once a second."""

    kind: Literal["activation.progress"] = "activation.progress"
    activation: UUID


class HelpCalled(Payload):
    """A person calls for help, again perhaps, or somebody goes."""

    kind: Literal["activation.help"] = "activation.help"
    activation: UUID
    call: UUID
    state: str
    calls: int


class InstructionGiven(Payload):
    """An instruction is shown and spoken on every screen at the site, in the reader's language; or it ended."""

    kind: Literal["instruction.given"] = "instruction.given"
    instruction: UUID
    activation: UUID
    site: UUID
    site_name: str
    given_at: dt.datetime
    words: dict[str, str]
    sounds: dict[str, str]
    """Signed addresses, by language (`sound_link`): who is told so late that they have run out asks the API."""
    drill: bool
    again: bool
    ended: bool


class TalkOpened(Payload):
    """Somebody speaks live to everyone connected at the site: the sound comes as bytes over this socket."""

    kind: Literal["talk.opened"] = "talk.opened"
    talk: UUID
    activation: UUID
    site: UUID
    site_name: str
    speaker: UUID
    speaker_name: str
    drill: bool
    opened_at: dt.datetime
    until: dt.datetime


class TalkClosed(Payload):
    """They do not speak any more."""

    kind: Literal["talk.closed"] = "talk.closed"
    talk: UUID
    activation: UUID
    ended_because: str


def changed(activation: Activation) -> None:
    """Tell of a decision. Last in the transaction."""
    payload = ActivationChanged(
        activation=activation.pk,
        number=activation.number,
        site=activation.site_id,
        state=activation.state,
        drill=activation.drill,
        version=activation.version,
    )
    publish(Event(activation.organisation_id, payload, Right.SEE_CRISIS, activation.site_id))


def progress(activation: UUID, organisation: UUID, site: UUID) -> None:
    """Tell that counts moved."""
    announce(Event(organisation, ActivationProgress(activation=activation), Right.SEE_CRISIS, site))


def help_called(call: HelpCall) -> None:
    """Tell of a call for help. Last in the transaction."""
    payload = HelpCalled(activation=call.activation_id, call=call.pk, state=call.state, calls=call.calls)
    publish(Event(call.organisation_id, payload, Right.SEE_CRISIS, call.activation.site_id))


def instruction(given: Instruction, *, again: bool = False) -> None:
    """Tell every screen at the site. Last in the transaction: who connects late reads it, who was away gets it once."""
    payload = InstructionGiven(
        instruction=given.pk,
        activation=given.activation_id,
        site=given.activation.site_id,
        site_name=given.activation.site.name,
        given_at=given.given_at,
        words=given.words,
        sounds=sound_link.addresses(given),
        drill=given.activation.drill,
        again=again,
        ended=given.ended_at is not None,
    )
    publish(Event(given.organisation_id, payload, Right.RESPOND, given.activation.site_id))


def talk_opened(talk: Talk) -> None:
    """Tell every screen at the site who speaks. Last in the transaction."""
    activation = talk.activation
    payload = TalkOpened(
        talk=talk.pk,
        activation=activation.pk,
        site=activation.site_id,
        site_name=activation.site.name,
        speaker=talk.member.pk,
        speaker_name=talk.member.display_name,
        drill=activation.drill,
        opened_at=talk.opened_at,
        until=talk.until,
    )
    publish(Event(talk.organisation_id, payload, Right.RESPOND, activation.site_id))


def talk_closed(talk: Talk) -> None:
    """Tell every screen at the site that nobody speaks any more. Last in the transaction."""
    payload = TalkClosed(talk=talk.pk, activation=talk.activation_id, ended_because=talk.ended_because)
    publish(Event(talk.organisation_id, payload, Right.RESPOND, talk.activation.site_id))
