"""Replies: bound to one person's one message where that is certain, shown to an agent where it is not, never dropped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Coalesce

from alerts.channels.base import AnswerKind, Channel, Failure, Reply
from alerts.deliveries import listening
from alerts.deliveries.answers import LONGEST_PLACE, LONGEST_TEXT, Given, give
from alerts.deliveries.feed import incoming_changed
from alerts.deliveries.models import Answer, Attempt, Delivery, DeliveryState, Incoming
from alerts.deliveries.texts import Offered
from alerts.deliveries.words import Said, understand
from soc import clock
from soc.people.directory import stops

_OPEN_FOR = dt.timedelta(hours=24)
"""A reply without a reference answers what its number was sent within so long."""


@transaction.atomic
def take(organisation: UUID, channel: Channel, reply: Reply) -> Answer | Incoming | None:
    """Take a reply; the same reply again changes nothing.

    Returns:
        The answer it became, or the text that an agent reads; null: it was STOP, START, or a listener's.
    """
    key = f"{channel.value}:{reply.provider_id}"
    known = _known(organisation, key)
    if known is not None:
        return known
    if channel is Channel.EMAIL:
        reply = replace(reply, sender=reply.sender.strip().lower(), text=_without_quotes(reply.text))
    said = understand(reply.text, ())
    if channel is Channel.SMS and said.stop:
        stops.stop(organisation, reply.sender, reply.at)
        _send_no_more(organisation, reply.sender)
        return None
    if channel is Channel.SMS and said.start:
        stops.start(organisation, reply.sender)
        return None
    # A code is no answer, whatever its number was sent last.
    codes = channel is Channel.SMS and listening.claimed(organisation, reply.text)
    found = None if codes else _delivery_of(organisation, channel, reply, said)
    if found is None or found.person is None:
        return _for_an_agent(organisation, channel, reply, said, key)
    offered = tuple(Offered.model_validate(one) for one in found.message.answers)
    said = understand(reply.text, offered, found.message.reference)
    return give(
        found.message,
        found.person,
        Given(
            kind=said.kind or AnswerKind.OTHER,
            channel=channel,
            text=reply.text[:LONGEST_TEXT],
            place=said.rest[:LONGEST_PLACE] if said.kind is AnswerKind.HELP else "",
            at=reply.at,
            key=key,
        ),
    )


def _send_no_more(organisation: UUID, number: str) -> None:
    """What waits to leave as an SMS does not leave; what is a call does."""
    waiting = Delivery.objects.filter(
        organisation=organisation,
        channel=Channel.SMS,
        address=number,
        state__in=[DeliveryState.PENDING, DeliveryState.CLAIMED],
    )
    waiting.update(state=DeliveryState.FAILED, failure=Failure.STOPPED, claim=None, claimed_until=None)


def _without_quotes(text: str) -> str:
    """What somebody wrote in an e-mail, without the lines it answers: those hold all the choices."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(">")).strip()


def _known(organisation: UUID, key: str) -> Answer | Incoming | None:
    return (
        Answer.objects.filter(organisation=organisation, key=key).first()
        or Incoming.objects.filter(organisation=organisation, key=key).first()
    )


def _delivery_of(organisation: UUID, channel: Channel, reply: Reply, said: Said) -> Delivery | None:
    """The one delivery that this can only be the answer to; null: there is none, or more than one person's."""
    rows = Delivery.objects.select_related("message", "person").filter(organisation=organisation)
    if reply.in_reply_to:
        tried = Attempt.objects.filter(organisation=organisation, provider_id=reply.in_reply_to).first()
        return rows.filter(pk=tried.delivery_id).first() if tried else None
    left = [DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.FAILED]
    there = rows.filter(address=reply.sender, channel=channel, state__in=left).exclude(person=None)
    named = list(there.filter(message__reference__in=said.references).order_by("-sent_at", "-id"))
    if named:
        return _if_one_persons(named)
    now = clock.now()
    # What failed counts too: it may have arrived all the same.
    open_ones = there.filter(tries__gt=0, message__answers_until__gt=now)
    latest = open_ones.annotate(left_at=Coalesce("sent_at", "due_at")).filter(left_at__gt=now - _OPEN_FOR)
    return _if_one_persons(list(latest.order_by("-left_at", "-id")))


def _if_one_persons(rows: Sequence[Delivery]) -> Delivery | None:
    """The latest of them, if all are the same person's: of a number that two share, an agent finds out who wrote."""
    return rows[0] if len({row.person_id for row in rows}) == 1 else None


def _for_an_agent(organisation: UUID, channel: Channel, reply: Reply, said: Said, key: str) -> Incoming | None:
    incoming, new = Incoming.objects.get_or_create(
        organisation_id=organisation,
        key=key,
        defaults={
            "channel": channel,
            "sender": reply.sender[:254],
            "text": reply.text[:LONGEST_TEXT],
            "kind": said.kind or AnswerKind.OTHER,
            "at": reply.at,
        },
    )
    if not new:  # told twice at the same moment
        return incoming
    if listening.taken(incoming):
        incoming.settled_at = clock.now()
        incoming.save(update_fields=["settled_at"])
        return None
    incoming_changed(incoming)
    return incoming
