"""The outbox: what is owed leaves once, by the provider that can, in the order of its urgency, whoever dies meanwhile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from alerts.channels.base import (
    AnswerKind,
    CallbackRead,
    CallbackRequest,
    Capabilities,
    Channel,
    Failure,
    Forged,
    Outgoing,
    Receipt,
    ReceiptState,
    Retry,
    SendFailed,
    Sent,
)
from alerts.channels.simulated.models import SimulatedMessage
from alerts.channels.simulated.provider import simulated
from alerts.deliveries import claiming, pacing, receipts, reconciling, sender, services
from alerts.deliveries.carriers import Carrier
from alerts.deliveries.models import Attempt, Delivery, DeliveryState, Message, Outcome, Priority
from alerts.deliveries.services import Asked, Owed
from alerts.deliveries.texts import Offered, Texts
from soc import clock
from soc.people.directory.models import Person
from soc.people.models import Organisation
from tests.factories import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db

TEXTS = {
    "en": Texts(
        subject="Intruder", text="An intruder is on the site.", short="Intruder. Go inside.", spoken="Go inside."
    ),
    "fr": Texts(subject="Intrusion", text="Un intrus est sur le site.", short="Intrus. Rentrez.", spoken="Rentrez."),
}
ANSWERS = (
    Offered(key="1", kind=AnswerKind.SAFE, words={"en": "safe", "fr": "sauf"}),
    Offered(key="2", kind=AnswerKind.HELP, words={}),
)


class Line:
    """A provider of the test's own, which answers as it is told: the outbox decides, this only says what happens."""

    def __init__(self, *answers: SendFailed | Sent) -> None:
        self.sent: list[Outgoing] = []
        self._answers: Iterator[SendFailed | Sent] = iter(answers)
        self.kind, self.channel = "line", Channel.SMS
        self.capabilities = Capabilities(receipts=True, polled=True, replies=True)
        self.knows: dict[str, Receipt] = {}

    def send(self, message: Outgoing) -> Sent:
        self.sent.append(message)
        answer = next(self._answers, Sent(provider_id=str(message.attempt)))
        if isinstance(answer, SendFailed):
            raise answer
        return answer

    def ask(self, provider_id: str) -> Receipt | None:
        return self.knows.get(provider_id)

    def read(self, _request: CallbackRequest) -> CallbackRead:
        raise Forged


def asked(
    organisation: Organisation, asker: str = "plan:1", priority: Priority = Priority.URGENT, **more: Any
) -> Message:
    return services.message(replace(Asked(organisation.pk, None, asker, TEXTS, ANSWERS, priority=priority), **more))


def owed(person: Person, number: str = "+33612345678", channel: Channel = Channel.SMS) -> Owed:
    return Owed(str(person.pk), person.pk, channel, number, person.language)


def people(organisation: Organisation, count: int) -> list[Person]:
    return [PersonFactory(organisation=organisation) for _ in range(count)]


def work(*carriers: Carrier, most: int = 50) -> int:
    """What a sender's thread does, here: claim and send until nothing is due."""
    done = 0
    for _ in range(most):
        waiting = claiming.due()
        if not waiting:
            break
        lane = waiting[0].lane
        claimed = claiming.claim([one for one in waiting if one.lane == lane], 16)
        sender.send_claimed(claimed, list(carriers))
        done += len(claimed)
    return done


def test_what_is_asked_for_twice_is_owed_once_and_leaves_once() -> None:
    organisation: Organisation = OrganisationFactory(name="North Campus")
    marie = PersonFactory(organisation=organisation, language="fr")
    first, second = asked(organisation), asked(organisation)
    assert first.pk == second.pk
    assert first.reference == "NC-1"
    assert [services.owe(first, [owed(marie)]), services.owe(first, [owed(marie)])] == [1, 0]

    line = Line()
    assert work(Carrier(None, line)) == 1
    assert work(Carrier(None, line)) == 0

    (message,) = line.sent
    assert message.text == "Intrus. Rentrez. 1 sauf, 2 J’ai besoin d’aide. [NC-1]"
    assert Delivery.objects.get().state == DeliveryState.SENT
    assert claiming.rest() == 1, "senders look at it no more"


def test_every_text_of_a_drill_says_so_in_the_readers_language() -> None:
    organisation: Organisation = OrganisationFactory()
    marie = PersonFactory(organisation=organisation, language="fr")
    for channel in (Channel.SMS, Channel.VOICE, Channel.EMAIL):
        services.owe(asked(organisation, exercise=True), [owed(marie, channel=channel)])
    line = Line()
    work(Carrier(None, line))
    assert len(line.sent) == 3
    assert all(sent.text.startswith("EXERCICE") for sent in line.sent)
    assert all(sent.spoken.startswith("Ceci est un exercice.") for sent in line.sent)
    assert all(sent.subject.startswith("EXERCICE") for sent in line.sent)


def test_who_has_no_number_has_failed_at_once_and_nobody_is_sent_to() -> None:
    organisation: Organisation = OrganisationFactory()
    services.owe(asked(organisation), [owed(PersonFactory(organisation=organisation), number="")])
    line = Line()
    assert work(Carrier(None, line)) == 0
    row = Delivery.objects.get()
    assert (row.state, row.failure) == (DeliveryState.FAILED, Failure.NO_ADDRESS)


def test_without_a_provider_a_delivery_fails_and_says_why() -> None:
    organisation: Organisation = OrganisationFactory()
    services.owe(asked(organisation), [owed(PersonFactory(organisation=organisation))])
    work()
    row = Delivery.objects.get()
    assert (row.state, row.failure) == (DeliveryState.FAILED, Failure.NO_PROVIDER)


def test_a_provider_that_is_down_is_left_for_the_next_at_once() -> None:
    organisation: Organisation = OrganisationFactory()
    services.owe(asked(organisation), [owed(PersonFactory(organisation=organisation))])
    down = Line(SendFailed(Failure.PROVIDER_DOWN, Retry.LATER))
    other = Line()
    carriers = Carrier(OrganisationFactory().pk, down), Carrier(OrganisationFactory().pk, other)
    assert work(*carriers) == 2
    assert (len(down.sent), len(other.sent)) == (1, 1)
    assert down.sent[0].reference == other.sent[0].reference
    assert Delivery.objects.get().state == DeliveryState.SENT


def test_the_only_provider_is_asked_again_after_the_pause_it_named() -> None:
    organisation: Organisation = OrganisationFactory()
    services.owe(asked(organisation), [owed(PersonFactory(organisation=organisation))])
    line = Line(SendFailed(Failure.PROVIDER_BUSY, Retry.LATER, retry_after_s=30))
    work(Carrier(None, line))
    assert len(line.sent) == 1
    clock.move(dt.timedelta(seconds=29))
    assert work(Carrier(None, line)) == 0
    clock.move(dt.timedelta(seconds=2))
    assert work(Carrier(None, line)) == 1
    assert [attempt.outcome for attempt in Attempt.objects.order_by("number")] == [Outcome.FAILED, Outcome.SENT]


def test_a_wrong_number_is_not_tried_again_by_anybody() -> None:
    organisation: Organisation = OrganisationFactory()
    services.owe(asked(organisation), [owed(PersonFactory(organisation=organisation))])
    line, other = Line(SendFailed(Failure.BAD_ADDRESS, Retry.NEVER, "21211")), Line()
    work(Carrier(None, line), Carrier(OrganisationFactory().pk, other))
    row = Delivery.objects.get()
    assert (row.state, row.failure, other.sent) == (DeliveryState.FAILED, Failure.BAD_ADDRESS, [])
    assert Attempt.objects.get().detail == "21211"


def test_what_is_not_wanted_any_more_does_not_leave() -> None:
    organisation: Organisation = OrganisationFactory()
    until = clock.now() + dt.timedelta(minutes=1)
    services.owe(asked(organisation, wanted_until=until), [owed(PersonFactory(organisation=organisation))])
    services.owe(asked(organisation, "plan:2"), [owed(PersonFactory(organisation=organisation))])
    assert services.withdraw("plan:2", organisation.pk) == 1
    clock.move(dt.timedelta(minutes=2))
    line = Line()
    work(Carrier(None, line))
    assert line.sent == []
    assert set(Delivery.objects.values_list("state", "failure")) == {("failed", "too_late"), ("withdrawn", "")}


def test_a_sender_that_dies_before_it_begins_leaves_what_it_claimed_untouched() -> None:
    organisation: Organisation = OrganisationFactory()
    services.owe(asked(organisation), [owed(person) for person in people(organisation, 3)])
    assert len(claiming.claim(claiming.due(), 3)) == 3
    assert claiming.due() == []
    assert reconciling.take_up() == 0, "the claims have not run out"
    _run_out()
    assert reconciling.take_up() == 3
    line = Line()
    assert work(Carrier(None, line)) == 3
    assert Attempt.objects.count() == 3


def test_a_sender_that_dies_in_mid_send_leaves_one_that_goes_again_under_the_same_reference() -> None:
    organisation: Organisation = OrganisationFactory()
    services.owe(asked(organisation), [owed(person) for person in people(organisation, 3)])
    claimed = claiming.claim(claiming.due(), 3)
    dead = claiming.begin(claimed[0], provider="line", account=None)
    assert dead is not None
    _run_out()
    assert reconciling.take_up() == 3
    line = Line()
    assert work(Carrier(None, line)) == 3
    assert {message.reference for message in line.sent} == {Message.objects.get().reference}
    outcomes = Attempt.objects.filter(delivery=claimed[0]).order_by("number").values_list("outcome", flat=True)
    assert list(outcomes) == [Outcome.LOST, Outcome.SENT]
    # It was slow, not dead: what it says late is written down, and sends nothing again.
    claiming.left(dead, Sent(provider_id="late"), ask_at=None)
    assert Attempt.objects.get(pk=dead.pk).outcome == Outcome.SENT
    assert claiming.due() == []


def _run_out() -> None:
    """Claims are timed by the database's clock, which no test moves: their end is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE alerts_deliveries_delivery SET claimed_until = now() - interval '1 s' WHERE claim IS NOT NULL"
        )


def test_two_that_race_for_one_delivery_begin_it_once() -> None:
    organisation: Organisation = OrganisationFactory()
    services.owe(asked(organisation), [owed(PersonFactory(organisation=organisation))])
    (delivery,) = claiming.claim(claiming.due(), 5)
    begun = [claiming.begin(delivery, provider="line", account=None) for _ in range(2)]
    assert [attempt is not None for attempt in begun] == [True, False]


def test_a_new_emergency_overtakes_a_backlog_and_equals_share() -> None:
    organisation: Organisation = OrganisationFactory()
    crowd = people(organisation, 60)
    services.owe(asked(organisation, "news", Priority.ORDINARY), [owed(person) for person in crowd])
    first = asked(organisation, "fire", Priority.URGENT)
    services.owe(first, [owed(person) for person in crowd])
    second = asked(organisation, "flood", Priority.URGENT)
    services.owe(second, [owed(person) for person in crowd[:4]])
    alarm = asked(organisation, "attack", Priority.ALARM)
    services.owe(alarm, [owed(crowd[0])])

    claimed = claiming.claim(claiming.due(), 9)
    messages = list(Delivery.objects.filter(pk__in=claimed).values_list("message", flat=True))
    assert len(messages) == 9
    assert messages.count(alarm.pk) == 1
    assert messages.count(first.pk) == messages.count(second.pk) == 4


def test_a_slow_line_is_given_no_more_segments_a_second_than_it_takes() -> None:
    organisation: Organisation = OrganisationFactory()
    carrier = Carrier(organisation.pk, Line(), organisation.pk, 5.0)
    assert pacing.reserve(carrier, 16) == 5
    assert pacing.reserve(carrier, 16) == 0
    pacing.settle(carrier, -2)  # two of them were not claimed
    assert pacing.reserve(carrier, 16) == 2
    pacing.settle(carrier, 10)  # long messages: three segments each
    assert pacing.reserve(carrier, 16) == 0


def test_receipts_may_come_late_twice_and_in_any_order() -> None:
    organisation: Organisation = OrganisationFactory()
    services.owe(asked(organisation), [owed(PersonFactory(organisation=organisation))])
    work(Carrier(None, Line(Sent(provider_id="SM1"))))
    now = clock.now()

    assert receipts.take(organisation.pk, None, Receipt("SM1", ReceiptState.DELIVERED, now))
    assert not receipts.take(organisation.pk, None, Receipt("SM1", ReceiptState.DELIVERED, now))
    assert not receipts.take(organisation.pk, None, Receipt("SM1", ReceiptState.SENT, now))
    assert not receipts.take(organisation.pk, None, Receipt("SM1", ReceiptState.FAILED, now))
    assert not receipts.take(organisation.pk, None, Receipt("unknown", ReceiptState.DELIVERED, now))
    assert not receipts.take(OrganisationFactory().pk, None, Receipt("SM1", ReceiptState.FAILED, now))
    assert Delivery.objects.get().state == DeliveryState.DELIVERED


def test_what_is_overdue_is_said() -> None:
    organisation: Organisation = OrganisationFactory()
    services.owe(asked(organisation), [owed(PersonFactory(organisation=organisation))])
    assert reconciling.standing().clean
    clock.move(dt.timedelta(seconds=61))
    assert reconciling.standing(organisation.pk).overdue == 1
    assert reconciling.standing(OrganisationFactory().pk).clean


def test_the_simulation_keeps_what_it_is_given_and_says_it_arrived() -> None:
    organisation: Organisation = OrganisationFactory()
    services.owe(asked(organisation), [owed(PersonFactory(organisation=organisation), channel=Channel.VOICE)])
    work(Carrier(None, simulated(Channel.VOICE)))
    kept = SimulatedMessage.objects.get()
    assert kept.text == "Go inside. Press 1: safe. Press 2: I need help."
    assert Delivery.objects.get().state == DeliveryState.DELIVERED
