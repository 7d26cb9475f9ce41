"""What can be asked of the outbox: a message, what is owed of it to whom, and that it is not wanted any more.

All of it happens in the asker's transaction, so that what is owed exists if and only if its cause does.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F

from alerts.channels.base import Channel, Failure
from alerts.deliveries import refusing
from alerts.deliveries.models import Delivery, DeliveryState, Message, Numbering, Priority
from alerts.deliveries.texts import Content, Offered, Texts
from soc import clock
from soc.people.models import Organisation
from soc.rounds import wake

ROUND = "deliveries"
"""The name of the responders' round that sends."""
ANSWERED_FOR = dt.timedelta(days=2)
"""How long a message's link can be answered when its asker says nothing else."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be said.

    Args:
        organisation: whose.
        site: which site it concerns; null: all.
        asker: opaque key of what asks: the same key is the same message.
        texts: language code to texts; at least one.
        answers: what can be answered.
        exercise: part of a drill: every text says so.
        priority: what leaves first.
        wanted_until: what has not left by then does not leave; null: however late.
        answers_until: until when it can be answered by its link; null: for two days.
        reference: what people see and answer with, as `next_reference` gave it; empty: one of its own.
    """

    organisation: UUID
    site: UUID | None
    asker: str
    texts: Mapping[str, Texts]
    answers: Sequence[Offered] = ()
    exercise: bool = False
    priority: Priority = Priority.URGENT
    wanted_until: dt.datetime | None = None
    answers_until: dt.datetime | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Owed:
    """That somebody is told by one channel.

    Args:
        recipient: opaque key: a person's id, or another's who is none of the directory.
        person: the person, where it is one.
        address: number, address, or the member's id for the app; empty: there is none, which is written down as a failure.
        language: what the recipient reads.
        due_at: not before; null: now.
        round: which repetition.
        unsent: why it is not sent though it is written down; null: it is sent, where there is an address.
    """

    recipient: str
    person: UUID | None
    channel: Channel
    address: str
    language: str
    due_at: dt.datetime | None = None
    round: int = 0
    unsent: Failure | None = None


@transaction.atomic
def message(asked: Asked) -> Message:
    """The message of this asker, made if there is none yet."""
    found = Message.objects.filter(organisation=asked.organisation, asker=asked.asker).first()
    if found is not None:
        return found
    reference = next_reference(asked.organisation)  # waits for another that asks the same at the same moment
    found = Message.objects.filter(organisation=asked.organisation, asker=asked.asker).first()
    if found is not None:
        return found
    return Message.objects.create(
        organisation_id=asked.organisation,
        site_id=asked.site,
        asker=asked.asker,
        reference=asked.reference or reference,
        exercise=asked.exercise,
        priority=asked.priority,
        texts={language: texts.model_dump(mode="json") for language, texts in asked.texts.items()},
        answers=[offered.model_dump(mode="json") for offered in asked.answers],
        wanted_until=asked.wanted_until,
        answers_until=asked.answers_until or clock.now() + ANSWERED_FOR,
    )


@transaction.atomic
def owe(to: Message, owed: Iterable[Owed]) -> int:
    """Owe a message to recipients. What is owed already is not owed twice; who has no address has failed at once.

    So has what would go to an emergency service: whoever asks for it, only a person calls one. That is journalled.

    Returns:
        How many are newly owed.
    """
    now = clock.now()
    rows = [_row(to, one, now) for one in owed]
    refused = refusing.new_among(to, rows)
    before = Delivery.objects.filter(message=to).count()
    Delivery.objects.bulk_create(rows, batch_size=_AT_ONCE, ignore_conflicts=True)
    made = Delivery.objects.filter(message=to).count() - before
    refusing.journal(to, refused)
    # Its row is the lock of who says that nothing waits any more (`claiming.rest`).
    Message.objects.filter(pk=to.pk).update(done_at=None)
    wake(ROUND)
    return made


@transaction.atomic
def withdraw(asker: str, organisation: UUID) -> int:
    """Send no more of a message; what left has left.

    Returns:
        How many deliveries do not leave.
    """
    now = clock.now()
    Message.objects.filter(organisation=organisation, asker=asker, withdrawn_at=None).update(withdrawn_at=now)
    waiting = Delivery.objects.filter(
        organisation=organisation,
        message__asker=asker,
        state__in=[DeliveryState.PENDING, DeliveryState.CLAIMED],
    )
    return waiting.update(state=DeliveryState.WITHDRAWN, claim=None, claimed_until=None)


def content(of: Message, fallback: str) -> Content:
    """A message read back into its types."""
    return Content(
        reference=of.reference,
        exercise=of.exercise,
        texts={language: Texts.model_validate(texts) for language, texts in of.texts.items()},
        answers=tuple(Offered.model_validate(offered) for offered in of.answers),
        fallback=fallback,
    )


def _row(to: Message, one: Owed, now: dt.datetime) -> Delivery:
    unsent = one.unsent or refusing.why_not(one.channel, one.address) or (None if one.address else Failure.NO_ADDRESS)
    return Delivery(
        organisation_id=to.organisation_id,
        message=to,
        recipient=one.recipient,
        person_id=one.person,
        channel=one.channel,
        round=one.round,
        address=one.address,
        language=one.language,
        due_at=one.due_at or now,
        state=DeliveryState.FAILED if unsent else DeliveryState.PENDING,
        failure=unsent or "",
    )


def next_reference(organisation: UUID) -> str:
    """A reference that the organisation has not used yet; its number's row is locked until the transaction ends."""
    Numbering.objects.get_or_create(organisation_id=organisation)
    Numbering.objects.filter(pk=organisation).update(last=F("last") + 1)
    number = Numbering.objects.values_list("last", flat=True).get(pk=organisation)
    name = Organisation.objects.values_list("name", flat=True).get(pk=organisation)
    return f"{_initials(name)}-{number}"


def _initials(name: str) -> str:
    """Two letters that everybody can type and every SMS can carry."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = [word for word in plain.replace("-", " ").split() if word[0].isalpha()]
    letters = "".join(word[0] for word in words[:2]) if len(words) > 1 else "".join(words)[:2]
    return (letters or "M").upper()
