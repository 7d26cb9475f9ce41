"""Telling people: a step's message in every language, its ways as rows, and the chunks in which it is owed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db.models import Exists, OuterRef

from alerts.channels.base import Channel
from alerts.channels.selectors import subscriptions
from alerts.deliveries import services as outbox
from alerts.deliveries.models import LEFT, Delivery, Message, Priority
from alerts.deliveries.services import Asked, Owed
from alerts.deliveries.texts import Offered, Texts
from crisis import templates
from crisis.activations import log
from crisis.activations.facts import facts_in
from crisis.activations.kinds import ActivationState
from crisis.activations.models import Activation, Participant, StepPerson, StepRun, Telling
from crisis.activations.rounds import ASKER, ROUND, own_key
from crisis.plans.content import MessageStep, Words
from soc import clock
from soc.people.directory.models import ContactWay, WayKind
from soc.rounds import wake

_FIRST_CHUNK = 50
"""Small, so that the first message does not wait for the last."""
_CHUNK = 500


def message_of(step: StepRun, content: MessageStep) -> Message:
    """The message of a step, filled in with what the activation knows."""
    activation = step.activation
    return outbox.message(
        Asked(
            organisation=activation.organisation_id,
            site=activation.site_id,
            asker=f"{ASKER}:{activation.pk}:{step.key}",
            texts=texts_of(activation, content.words),
            answers=[Offered(key=one.key, kind=one.kind, words=dict(one.words)) for one in content.choices],
            exercise=activation.drill,
            priority=Priority.ALARM if content.first else Priority.URGENT,
            answers_until=clock.now() + dt.timedelta(days=2),
            reference=activation.reference,
        )
    )


def texts_of(activation: Activation, words: Mapping[str, Words]) -> dict[str, Texts]:
    """A message's words with their places filled, in each language."""
    return {language: _texts(activation, language, one) for language, one in words.items()}


def _texts(activation: Activation, language: str, words: Words) -> Texts:
    facts = facts_in(activation, language)

    def filled(text: str) -> str:
        return templates.fill(text, facts, language)

    short = filled(words.short or words.text)
    return Texts(
        subject=filled(words.subject)[:200],
        text=filled(words.text)[:4000],
        short=short[:1000],
        spoken=filled(words.spoken)[:2000] if words.spoken else short[:1000],
        plain=filled(words.plain)[:2000],
    )


def open_ways(step: StepRun, content: MessageStep, message: Message, *, round_number: int = 0) -> None:
    """Write down each way with when it is due: at once for everybody, later for who has not answered."""
    now = clock.now()
    Telling.objects.bulk_create(
        (
            Telling(
                organisation_id=step.organisation_id,
                activation_id=step.activation_id,
                step=step,
                message=message,
                channel=way.channel,
                round=round_number,
                to_all=way.after_s == 0 and round_number == 0,
                due_at=now + dt.timedelta(seconds=way.after_s),
            )
            for way in content.ways
        ),
        ignore_conflicts=True,
    )


def tell_some(telling: Telling) -> None:
    """Owe the next chunk of a way, and move its cursor. The row is locked."""
    activation = telling.step.activation
    if activation.state not in (ActivationState.RUNNING, ActivationState.ASKING) and not telling.step.added:
        _done(telling)
        return
    size = _FIRST_CHUNK if telling.cursor == 0 else _CHUNK
    people = list(_next(telling, size))
    if people:
        outbox.owe(telling.message, [*_owed(telling, people), *_nothing_earlier(telling, people)])
        telling.cursor = people[-1].pk
    if len(people) < size:
        _done(telling)
    telling.save(update_fields=["cursor", "done_at"])
    log.stir(activation)
    wake(ROUND)


def _done(telling: Telling) -> None:
    telling.done_at = clock.now()
    telling.save(update_fields=["done_at"])


def _next(telling: Telling, size: int) -> list[Participant]:
    of_step = StepPerson.objects.filter(step=telling.step, participant=OuterRef("pk"))
    people = Participant.objects.filter(activation=telling.activation_id, pk__gt=telling.cursor).order_by("pk")
    if telling.to_all:
        # While agents were asked, the organisation's own people were told this already.
        own = StepPerson.objects.filter(
            step__activation=telling.activation_id, step__key=own_key(telling.step.key), participant=OuterRef("pk")
        )
        return list(people.filter(Exists(of_step)).exclude(Exists(own))[:size])
    people = people.filter(Exists(of_step.filter(answered_at=None)))
    if not telling.message.answers:
        # Nothing can be answered, so that who has it needs no second way.
        has_it = Delivery.objects.filter(message=telling.message_id, person=OuterRef("person"), state__in=LEFT)
        people = people.exclude(Exists(has_it))
    return list(people[:size])


def _owed(telling: Telling, people: list[Participant]) -> list[Owed]:
    channel = Channel(telling.channel)
    stopped = _stopped(telling.organisation_id, people) if channel is Channel.SMS else frozenset()
    return [
        _to(telling, person, channel, "" if person.sms in stopped and channel is Channel.SMS else None)
        for person in people
    ]


def _to(telling: Telling, person: Participant, channel: Channel, address: str | None = None) -> Owed:
    return Owed(
        recipient=str(person.person_id),
        person=person.person_id,
        channel=channel,
        address=address_of(person, channel) if address is None else address,
        language=person.language,
        round=telling.round,
    )


def _nothing_earlier(telling: Telling, people: list[Participant]) -> list[Owed]:
    """Who has no address for the ways that are used first is told by their first possible one now: they wait for nothing.

    When that way's own time comes it is owed to them already, and what is owed is not owed twice.
    """
    ways = sorted(MessageStep.model_validate(telling.step.document).ways, key=lambda way: way.after_s)
    later = [way.channel for way in ways if way.after_s > ways[0].after_s]
    if telling.channel != ways[0].channel or not later:
        return []
    first = [way.channel for way in ways if way.after_s == ways[0].after_s]
    possible = _possible(telling.organisation_id, people)
    found = []
    for person in people:
        if not any(channel in possible[person.pk] for channel in first):
            channel = next((one for one in later if one in possible[person.pk]), None)
            found += [] if channel is None else [_to(telling, person, channel)]
    return found


def _possible(organisation: UUID, people: list[Participant]) -> dict[int, frozenset[Channel]]:
    """By which channels each of them can be reached now; the app alone counts for who has an account."""
    stopped = _stopped(organisation, people)
    browsers = subscriptions([person.member_id for person in people if person.member_id is not None])
    return {
        person.pk: frozenset(
            channel
            for channel in Channel
            if address_of(person, channel)
            and not (channel is Channel.SMS and person.sms in stopped)
            and not (channel is Channel.PUSH and person.member_id not in browsers)
        )
        for person in people
    }


def address_of(person: Participant, channel: Channel) -> str:
    """Where a participant is reached by a channel; empty: nowhere."""
    match channel:
        case Channel.APP | Channel.PUSH:
            return str(person.member_id) if person.member_id else ""
        case Channel.SMS:
            return person.sms
        case Channel.VOICE:
            return person.voice
        case Channel.EMAIL:
            return person.email


def _stopped(organisation: UUID, people: list[Participant]) -> frozenset[str]:
    """The numbers among theirs whose owners have said STOP since people were frozen."""
    numbers = [person.sms for person in people if person.sms]
    ways = ContactWay.objects.filter(organisation=organisation, kind=WayKind.PHONE, address__in=numbers)
    return frozenset(ways.exclude(stopped_at=None).values_list("address", flat=True))
