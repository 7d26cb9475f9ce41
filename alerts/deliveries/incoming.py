"""Texts that an agent reads: bound to who wrote them and to what they answer, or settled another way."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from alerts.channels.base import AnswerKind, Channel
from alerts.deliveries import selectors
from alerts.deliveries.answers import Given, give
from alerts.deliveries.feed import incoming_changed
from alerts.deliveries.models import Answer, Delivery, Incoming, Message
from soc import clock
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people.directory.models import Person
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped
from soc.refusals import Refusal, Status


@dataclass(frozen=True, slots=True)
class TakenDown:
    """An answer that a member takes down for somebody.

    Args:
        person: who gave it.
        kind: what it says.
        text: in the person's words.
        place: where help is needed.
    """

    person: UUID
    kind: AnswerKind
    text: str = ""
    place: str = ""


@transaction.atomic
def take_down(message: Message, said: TakenDown, *, actor: Member) -> Answer:
    """Take down what somebody said on the telephone, to a message of the actor's reach.

    Raises:
        Refusal: the message was not sent to this person.
    """
    person = _told(message, said.person)
    given = Given(said.kind, Channel.VOICE, said.text, said.place, taken_down_by=actor)
    return give(message, person, given)


@transaction.atomic
def bind(pk: UUID, message: UUID, said: TakenDown, *, actor: Member) -> Answer:
    """Make a text the answer of a person to a message; the text stays as it came.

    Raises:
        Refusal: there is no such text, message or person; a colleague settled it; or the person was not sent that message.
    """
    text = _to_settle(pk, actor)
    if text.answer_id is not None:
        raise Refusal("bound_already", _("It is known who wrote this and what it answers. Say what was done about it."))
    to = selectors.messages(actor, Right.DIRECT).filter(pk=message).first()
    if to is None:
        unknown = _("There is no such message.")
        raise Refusal("no_such_message", unknown, fields={"message": unknown})
    person = _told(to, said.person)
    text.settled_at, text.settled_by = clock.now(), actor
    given = Given(said.kind, Channel(text.channel), text.text, said.place, text.at, text.key, actor)
    record(
        actor.organisation_id,
        Action.TEXT_BOUND,
        actor=actor,
        subject=text,
        details={"reference": to.reference, "answer": said.kind.value, "channel": text.channel},
        personal={"person": person.display_name},
    )
    text.answer = give(to, person, given)
    text.save(update_fields=["settled_at", "settled_by", "answer"])
    incoming_changed(text)
    return text.answer


@transaction.atomic
def dismiss(pk: UUID, note: str, *, actor: Member) -> Incoming:
    """Settle a text without making it an answer. Of a call for help it must be said what was done.

    Raises:
        Refusal: there is no such text, a colleague settled it, or nothing is said of a call for help.
    """
    text = _to_settle(pk, actor)
    note = note.strip()
    if text.kind == AnswerKind.HELP and not note:
        needed = _("Say what was done about this call for help.")
        raise Refusal("needed", needed, fields={"text": needed})
    text.settled_at, text.settled_by, text.note = clock.now(), actor, note
    text.save(update_fields=["settled_at", "settled_by", "note"])
    record(
        actor.organisation_id,
        Action.TEXT_DISMISSED,
        actor=actor,
        subject=text,
        details={"channel": text.channel, "answer": text.kind},
        personal={"text": text.text, "note": note},
    )
    incoming_changed(text)
    return text


def _to_settle(pk: UUID, actor: Member) -> Incoming:
    text = scoped(Incoming.objects.select_for_update(of=("self",)), actor, Right.DIRECT).filter(pk=pk).first()
    if text is None:
        raise Refusal("not_found", _("There is no such text."), status=Status.NOT_FOUND)
    if text.settled_at is not None:
        by = text.settled_by.display_name if text.settled_by else "–"
        raise Refusal(
            "settled_already",
            _("%(who)s has settled this text already."),
            status=Status.CONFLICT,
            params={"who": by},
        )
    return text


def _told(message: Message, person: UUID) -> Person:
    """Somebody whom the message went to: who sees the message sees their names."""
    row = Delivery.objects.filter(message=message, person=person).select_related("person").first()
    if row is None or row.person is None:
        unknown = _("This message was not sent to this person.")
        raise Refusal("not_sent_to", unknown, fields={"person": unknown})
    return row.person
