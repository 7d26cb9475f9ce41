"""What can be asked of the outbox: messages and deliveries, one's own messages, texts that came in; scoped to the member."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Min, Q, QuerySet, Value, When

from alerts.channels.base import AnswerKind
from alerts.deliveries.models import (
    LEFT,
    AlertNotice,
    Answer,
    Delivery,
    DeliveryState,
    Incoming,
    Message,
    NoticeRun,
)
from alerts.models import Alert
from soc import clock
from soc.people.directory.models import ContactWay, Person
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped

OWN_FOR = dt.timedelta(days=7)
MOST_OWN = 100
_MOST_CANDIDATES = 20
_SHOWN = (DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.FAILED)
"""Of a delivery that is still ahead the app says nothing: it may never be needed."""


def messages(member: Member, right: Right = Right.SEE_CRISIS) -> QuerySet[Message]:
    """The messages in the member's reach."""
    return scoped(Message.objects.select_related("site", "organisation"), member, right)


def deliveries(message: Message) -> QuerySet[Delivery]:
    """What is owed of a message, with the people."""
    return Delivery.objects.filter(message=message).select_related("person")


@dataclass(frozen=True, slots=True)
class Figures:
    """A message in numbers."""

    people: int
    reached: int
    answered: int
    counts: Sequence[Mapping[str, object]]
    failures: Sequence[Mapping[str, object]]
    answers: Mapping[str, int]


def figures(message: Message) -> Figures:
    """How many have it by which way, why others have not, and what was answered. Of a person's answers the last counts."""
    rows = Delivery.objects.filter(message=message)
    last = Answer.objects.filter(message=message).order_by("person_id", "-at", "-id").distinct("person_id")
    kinds: dict[str, int] = {}
    for kind in last.values_list("kind", flat=True):
        kinds[kind] = kinds.get(kind, 0) + 1
    return Figures(
        people=rows.aggregate(count=Count("recipient", distinct=True))["count"],
        reached=rows.filter(state__in=LEFT).aggregate(count=Count("recipient", distinct=True))["count"],
        answered=sum(kinds.values()),
        counts=list(rows.values("channel", "state").annotate(count=Count("id")).order_by("channel", "state")),
        failures=list(
            rows.filter(state=DeliveryState.FAILED)
            .values("channel", "failure")
            .annotate(count=Count("id"))
            .order_by("channel", "-count")
        ),
        answers=kinds,
    )


@dataclass(frozen=True, slots=True)
class Own:
    """A message to a member, with when it was seen first and what the member answered."""

    message: Message
    language: str
    seen_at: dt.datetime | None
    answers: Sequence[Answer]


def own_messages(member: Member) -> list[Own]:
    """The messages of the last days to a member, newest first. Two queries, however many there are."""
    rows = _to(member).filter(message__created_at__gt=clock.now() - OWN_FOR)
    # One a message, the one that was seen first: PostgreSQL orders nulls last.
    seen_first = (
        rows.order_by("message_id", "seen_at").distinct("message_id").select_related("message__organisation", "person")
    )
    found = sorted(seen_first, key=lambda row: row.message.created_at, reverse=True)[:MOST_OWN]
    given: dict[UUID, list[Answer]] = {}
    for answer in Answer.objects.filter(message__in=[row.message_id for row in found], person__member=member):
        given.setdefault(answer.message_id, []).append(answer)
    return [
        Own(
            row.message,
            row.person.language if row.person else row.language,
            row.seen_at,
            given.get(row.message_id, []),
        )
        for row in found
    ]


def own_message(member: Member, pk: UUID) -> tuple[Message, Person] | None:
    """A message to a member, and who the member is in the directory; null: there is none of this id to this member."""
    row = _to(member).filter(message=pk).select_related("message__organisation", "person").first()
    return None if row is None or row.person is None else (row.message, row.person)


def own(message: Message, person: Person) -> Own:
    """One message to a person, as `own_messages` has it."""
    seen = Delivery.objects.filter(message=message, person=person).aggregate(first=Min("seen_at"))["first"]
    return Own(message, person.language, seen, list(Answer.objects.filter(message=message, person=person)))


def _to(member: Member) -> QuerySet[Delivery]:
    """What was sent to a member, by whatever way."""
    rows = Delivery.objects.filter(organisation=member.organisation_id, person__member=member, state__in=_SHOWN)
    return rows.order_by("-id")


def incoming(member: Member) -> QuerySet[Incoming]:
    """The texts that agents read: calls for help first, then the newest. They come from numbers, which belong to no site."""
    rows = scoped(Incoming.objects.all(), member, Right.DIRECT)
    first = Case(When(kind=AnswerKind.HELP, then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.select_related("settled_by", "answer__person", "answer__taken_down_by").order_by(first, "-at", "-id")


Candidates = Mapping[Person, Sequence[Message]]


def candidates(member: Member, texts: Collection[Incoming]) -> dict[UUID, Candidates]:
    """Who may have written each of these texts: people with that number whom `member` may see, and their open messages.

    Three queries, however many texts there are.
    """
    open_ones = [text for text in texts if text.answer_id is None and text.sender]
    senders = {text.sender for text in open_ones}
    ways = ContactWay.objects.filter(organisation=member.organisation_id, address__in=senders)
    who = [(way.address, way.person_id) for way in ways[: len(senders) * _MOST_CANDIDATES]]
    rows = (
        Delivery.objects.filter(
            Q(address__in=senders) | Q(person__in=[person for _address, person in who]),
            organisation=member.organisation_id,
            message__in=messages(member, Right.DIRECT).filter(answers_until__gt=clock.now()),
            state__in=_SHOWN,
        )
        .select_related("message")
        .order_by("-message__created_at", "id")
    )
    of_person: dict[UUID, dict[UUID, Message]] = {}
    for row in rows:
        if row.person_id is not None:
            who.append((row.address, row.person_id))
            of_person.setdefault(row.person_id, {})[row.message_id] = row.message
    # Whoever got a message that the member sees is named there too.
    near = Q(pk__in=of_person) | Q(pk__in=scoped(Person.objects.all(), member, Right.SEE_DIRECTORY).values("pk"))
    people = Person.objects.filter(
        near, organisation=member.organisation_id, removed_at=None, pk__in={person for _address, person in who}
    )
    seen = {person.pk: person for person in people.order_by("display_name", "id")}
    return {
        text.pk: {
            seen[pk]: list(of_person.get(pk, {}).values())
            for pk in dict.fromkeys(person for address, person in who if address == text.sender)
            if pk in seen
        }
        for text in open_ones
    }


def notices(member: Member, right: Right = Right.SEE_RULES) -> QuerySet[AlertNotice]:
    """The notices of the rules in the member's reach."""
    rows = AlertNotice.objects.filter(removed_at=None, rule__removed_at=None)
    return scoped(rows.select_related("rule__camera").prefetch_related("people"), member, right)


def runs(alert: Alert) -> QuerySet[NoticeRun]:
    """How the telling of an alert stands."""
    return NoticeRun.objects.filter(alert=alert).select_related("notice", "message")
