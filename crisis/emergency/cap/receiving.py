"""Accepting a CAP message: signed by a known sender a moment ago, valid, kept once, and told to who listens.

What is refused of a known sender stands in the journal. An unknown sender has no journal: who guesses is slowed down instead.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crisis.emergency.cap import access, listeners, signing
from crisis.emergency.cap.keeping import columns
from crisis.emergency.cap.reading import read
from crisis.emergency.cap.values import CapAlert, Status
from crisis.emergency.events import cap_received
from crisis.emergency.models import CapMessage, CapSender, Direction
from soc import clock
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people.throttle import Counted, Limit, Tries, network
from soc.refusals import Refusal
from soc.refusals import Status as Answer

_LIMIT: Final = Limit(60, dt.timedelta(minutes=5))
"""Messages that were not accepted, from one address."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What came: the three headers, the body and the network address."""

    sender: str
    timestamp: str
    signature: str
    body: bytes
    address: str


@dataclass(frozen=True, slots=True)
class Received:
    """A message, and whether it was there already: then nothing was done again."""

    message: CapMessage
    known: bool


def receive(signed: Signed) -> Received:
    """Accept a message.

    Raises:
        Refusal: nobody's or a wrong signature, a stale one, too many of these, what `read` refuses, or another message of the
            same sender, identifier and time.
    """
    tries = Tries(Counted("cap", network(signed.address), _LIMIT))
    sender = _sender(signed.sender)
    if sender is None:
        raise _forged()
    try:
        _must_be_genuine(sender, signed)
        alert = read(signed.body)
        received = _keep(sender, alert, signed.body)
    except Refusal as refusal:
        _note(sender, refusal)
        raise
    tries.succeeded()
    return received


def _sender(given: str) -> CapSender | None:
    try:
        pk = UUID(given)
    except ValueError:
        return None
    return CapSender.objects.filter(pk=pk, revoked_at=None).first()


def _must_be_genuine(sender: CapSender, signed: Signed) -> None:
    if not signing.is_signed(access.secret_of(sender), signed.timestamp, signed.body, signed.signature):
        raise _forged()
    if not signing.is_fresh(signed.timestamp, clock.now()):
        raise Refusal(
            "cap_stale",
            _("This message was signed too long ago, or by a clock that is wrong. Sign it and send it at once."),
            status=Answer.FORBIDDEN,
        )


def _forged() -> Refusal:
    """The same for an unknown sender and a wrong signature: who guesses learns neither."""
    sentence = _("This message is not signed by a sender that is known here.")
    return Refusal("cap_not_signed", sentence, status=Answer.FORBIDDEN)


@transaction.atomic
def _keep(sender: CapSender, alert: CapAlert, document: bytes) -> Received:
    """Keep it, tell who listens, and say what happened: all of it or nothing."""
    message, new = CapMessage.objects.get_or_create(
        organisation_id=sender.organisation_id,
        direction=Direction.IN,
        sender=alert.sender,
        identifier=alert.identifier,
        sent_at=alert.sent.astimezone(dt.UTC),
        defaults={
            **columns(alert, document, sender.organisation_id, sender.site_id),
            "received_from": sender,
        },
    )
    if not new:
        if read(bytes(message.document)) != alert:
            raise Refusal(
                "cap_other_content",
                _(
                    "Another message with this sender, identifier and time was received already. Give it its own identifier."
                ),
                status=Answer.CONFLICT,
            )
        return Received(message, known=True)
    record(
        sender.organisation_id,
        Action.CAP_RECEIVED,
        subject=message,
        site_id=message.site_id,
        details={"cap_sender": str(sender.pk), "cap_status": message.status, "cap_type": message.msg_type},
    )
    listeners.tell(message)
    cap_received(message, real=alert.status is Status.ACTUAL)
    return Received(message, known=False)


@transaction.atomic
def _note(sender: CapSender, refusal: Refusal) -> None:
    record(
        sender.organisation_id,
        Action.CAP_REFUSED,
        subject=sender,
        site_id=sender.site_id,
        details={"refused": refusal.code},
    )
