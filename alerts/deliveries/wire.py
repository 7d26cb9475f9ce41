"""Messages, answers and texts that came in, as the API writes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.conf import settings
from pydantic import Field

from alerts.channels.base import AnswerKind, Channel, Failure
from alerts.deliveries import services
from alerts.deliveries.models import Answer, Delivery, DeliveryState, Incoming, Message, Priority
from alerts.deliveries.texts import Content
from alerts.wire import Named, View
from soc.people.directory.models import Person


class MessageTexts(View):
    """A message in one language."""

    subject: str
    text: str
    short: str
    plain: str = Field(description="The same in plain language; empty: there is none.")


class Choice(View):
    """An answer that a message offers."""

    key: str = Field(description="The digit of a reply by SMS or on a telephone.")
    kind: AnswerKind
    words: dict[str, str] = Field(description="Language code to what is read.")


class OwnAnswer(View):
    """What the reader answered."""

    kind: AnswerKind
    text: str
    place: str
    channel: Channel
    at: dt.datetime


class ReadMessage(View):
    """A message as the one it was sent to reads it; nothing of other people is in it."""

    reference: str
    exercise: bool
    language: str = Field(description="In which of the texts it was sent to the reader.")
    texts: dict[str, MessageTexts] = Field(description="Language code to the message, in all of its languages.")
    choices: list[Choice]
    answers: list[OwnAnswer] = Field(description="The reader's own, oldest first.")
    created_at: dt.datetime
    withdrawn: bool = Field(description="It does not hold any more.")
    can_answer: bool


class OwnMessage(ReadMessage):
    """A message to the member who is signed in."""

    id: UUID
    urgent: bool
    seen_at: dt.datetime | None


class Count(View):
    """How many deliveries stand so by a channel."""

    channel: Channel
    state: DeliveryState
    count: int


class FailureCount(View):
    """How many deliveries failed for a reason."""

    channel: Channel
    failure: Failure
    sentence: str = Field(description="In the reader's language.")
    count: int


class AnswerCount(View):
    """How many people's last answer says so."""

    kind: AnswerKind
    count: int


class MessageView(View):
    """A message as agents see it."""

    id: UUID
    reference: str
    site: Named | None
    exercise: bool
    priority: Priority
    texts: dict[str, MessageTexts]
    choices: list[Choice]
    created_at: dt.datetime
    withdrawn_at: dt.datetime | None
    answers_until: dt.datetime
    people: int = Field(description="To how many it is owed.")
    reached: int = Field(description="To how many it left by at least one way.")
    answered: int
    counts: list[Count]
    failures: list[FailureCount]
    answers: list[AnswerCount]


class DeliveryView(View):
    """What is owed to one person by one channel, and what became of it."""

    id: int
    person: Named | None
    channel: Channel
    round: int
    address: str = Field(description="All but its end is hidden; empty: there is none, or it is an account.")
    language: str
    state: DeliveryState
    tries: int
    failure: Failure | None
    sentence: str = Field(description="Why it failed, in the reader's language; empty: it did not.")
    due_at: dt.datetime
    sent_at: dt.datetime | None
    delivered_at: dt.datetime | None
    seen_at: dt.datetime | None


class AnswerView(View):
    """An answer as agents see it."""

    id: UUID
    message: UUID
    person: Named
    kind: AnswerKind
    text: str
    place: str
    channel: Channel
    at: dt.datetime
    taken_down_by: Named | None


class OpenMessage(View):
    """A message that somebody may have answered."""

    id: UUID
    reference: str
    exercise: bool
    created_at: dt.datetime
    choices: list[Choice]


class Candidate(View):
    """Somebody who has the number that a text came from."""

    person: Named
    messages: list[OpenMessage] = Field(description="Newest first.")


class IncomingView(View):
    """A text that an agent reads."""

    id: UUID
    channel: Channel
    sender: str
    text: str
    kind: AnswerKind = Field(description="What it seems to say.")
    at: dt.datetime
    settled_at: dt.datetime | None
    settled_by: Named | None
    note: str
    answer: AnswerView | None = Field(description="The answer that it became, or is.")
    candidates: list[Candidate]


def texts_view(message: Message) -> dict[str, MessageTexts]:
    """The texts that are read."""
    return _texts(services.content(message, ""))


def _texts(content: Content) -> dict[str, MessageTexts]:
    return {
        language: MessageTexts(subject=one.subject, text=one.text, short=one.short, plain=one.plain)
        for language, one in content.texts.items()
    }


def choices_view(message: Message) -> list[Choice]:
    """The answers that it offers, in its own languages and in those of the installation."""
    return _choices(services.content(message, ""))


def _choices(content: Content) -> list[Choice]:
    languages = [*content.texts, *(code for code, _name in settings.LANGUAGES if code not in content.texts)]
    return [
        Choice(
            key=one.key,
            kind=one.kind,
            words={language: one.in_language(language).words for language in languages},
        )
        for one in content.answers
    ]


def own_answer(answer: Answer) -> OwnAnswer:
    """An answer as the one who gave it reads it."""
    return OwnAnswer(
        kind=AnswerKind(answer.kind),
        text=answer.text,
        place=answer.place,
        channel=Channel(answer.channel),
        at=answer.at,
    )


def read_message(delivery: Delivery, answers: Iterable[Answer]) -> ReadMessage:
    """The message of one delivery. Select its message with the organisation."""
    message = delivery.message
    content = services.content(message, message.organisation.language)
    return ReadMessage(
        **_read(message, content, answers),
        language=content.language_for(delivery.language),
        can_answer=delivery.person_id is not None,
    )


def own_message(
    message: Message, *, wanted: str, fallback: str, seen_at: dt.datetime | None, answers: Iterable[Answer]
) -> OwnMessage:
    """A message of the member who is signed in."""
    content = services.content(message, fallback)
    return OwnMessage(
        **_read(message, content, answers),
        id=message.pk,
        urgent=message.priority <= Priority.URGENT,
        language=content.language_for(wanted),
        seen_at=seen_at,
        can_answer=True,
    )


def _read(message: Message, content: Content, answers: Iterable[Answer]) -> dict[str, object]:
    return {
        "reference": message.reference,
        "exercise": message.exercise,
        "texts": _texts(content),
        "choices": _choices(content),
        "answers": [own_answer(answer) for answer in answers],
        "created_at": message.created_at,
        "withdrawn": message.withdrawn_at is not None,
    }


def sentence(failure: str) -> str:
    """Why a delivery failed, as a sentence in the active language; empty: it did not."""
    if not failure:
        return ""
    words = str(Failure(failure).label)
    return f"{words[0].upper()}{words[1:]}."


def masked(channel: str, address: str) -> str:
    """A number or address of which only the end can be read: enough to tell two apart, too little to write to."""
    if channel in (Channel.APP, Channel.PUSH) or not address:
        return ""
    return "•" * max(0, len(address) - 2) + address[-2:]


def delivery_view(delivery: Delivery) -> DeliveryView:
    """A delivery as agents see it. Select its person."""
    person = delivery.person
    return DeliveryView(
        id=delivery.pk,
        person=Named(id=person.pk, name=person.display_name) if person else None,
        channel=Channel(delivery.channel),
        round=delivery.round,
        address=masked(delivery.channel, delivery.address),
        language=delivery.language,
        state=DeliveryState(delivery.state),
        tries=delivery.tries,
        failure=Failure(delivery.failure) if delivery.failure else None,
        sentence=sentence(delivery.failure),
        due_at=delivery.due_at,
        sent_at=delivery.sent_at,
        delivered_at=delivery.delivered_at,
        seen_at=delivery.seen_at,
    )


def answer_view(answer: Answer) -> AnswerView:
    """An answer as agents see it. Select its person and who took it down."""
    by = answer.taken_down_by
    return AnswerView(
        id=answer.pk,
        message=answer.message_id,
        person=Named(id=answer.person_id, name=answer.person.display_name),
        kind=AnswerKind(answer.kind),
        text=answer.text,
        place=answer.place,
        channel=Channel(answer.channel),
        at=answer.at,
        taken_down_by=Named(id=by.pk, name=by.display_name) if by else None,
    )


def candidate_view(person: Person, messages: Sequence[Message]) -> Candidate:
    """Somebody who may have written."""
    return Candidate(
        person=Named(id=person.pk, name=person.display_name),
        messages=[
            OpenMessage(
                id=message.pk,
                reference=message.reference,
                exercise=message.exercise,
                created_at=message.created_at,
                choices=choices_view(message),
            )
            for message in messages
        ],
    )


def incoming_view(incoming: Incoming, candidates: Mapping[Person, Sequence[Message]]) -> IncomingView:
    """A text that an agent reads, with who may have written it."""
    by = incoming.settled_by
    return IncomingView(
        id=incoming.pk,
        channel=Channel(incoming.channel),
        sender="" if incoming.channel in (Channel.APP, Channel.PUSH) else incoming.sender,
        text=incoming.text,
        kind=AnswerKind(incoming.kind),
        at=incoming.at,
        settled_at=incoming.settled_at,
        settled_by=Named(id=by.pk, name=by.display_name) if by else None,
        note=incoming.note,
        answer=answer_view(incoming.answer) if incoming.answer else None,
        candidates=[candidate_view(person, messages) for person, messages in candidates.items()],
    )
