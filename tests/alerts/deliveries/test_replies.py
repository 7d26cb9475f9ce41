"""Replies: bound where it is certain whose they are and what they answer, put before an agent where it is not, never dropped."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from alerts.channels.base import AnswerKind, Channel, Failure
from alerts.deliveries import listening, replies
from alerts.deliveries.models import Answer, Attempt, Delivery, DeliveryState, Incoming
from soc import clock
from soc.broadcast.models import FeedEvent
from soc.people.directory.models import ContactWay
from soc.people.models import Organisation
from tests.alerts.deliveries.people import NUMBER, sent, text
from tests.factories import ContactWayFactory, MessageFactory, OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db
SMS = Channel.SMS


@pytest.fixture
def organisation() -> Organisation:
    return OrganisationFactory()


def test_a_digit_answers_the_latest_message_to_that_number(organisation: Organisation) -> None:
    marie = PersonFactory(organisation=organisation)
    sent(organisation, person=marie)
    clock.move(dt.timedelta(minutes=5))
    latest = sent(organisation, person=marie)
    answer = replies.take(organisation.pk, SMS, text("1"))
    assert isinstance(answer, Answer)
    assert (answer.message, answer.person, answer.kind) == (latest.message, marie, AnswerKind.SAFE)
    assert Delivery.objects.get(pk=latest.pk).seen_at is not None


def test_a_reference_names_another_than_the_latest(organisation: Organisation) -> None:
    marie = PersonFactory(organisation=organisation)
    first = sent(organisation, person=marie, message=MessageFactory(organisation=organisation, reference="NC-7"))
    sent(organisation, person=marie)
    answer = replies.take(organisation.pk, SMS, text("nc 7 help, room B 12"))
    assert isinstance(answer, Answer)
    assert (answer.message, answer.kind, answer.place) == (first.message, AnswerKind.HELP, "help, room B 12")


def test_of_a_number_that_two_share_an_agent_finds_out_who_wrote(organisation: Organisation) -> None:
    message = MessageFactory(organisation=organisation)
    sent(organisation, message=message)
    sent(organisation, message=message)
    incoming = replies.take(organisation.pk, SMS, text("2"))
    assert isinstance(incoming, Incoming)
    assert not Answer.objects.exists()
    assert FeedEvent.objects.get(kind="incoming.changed").payload["settled"] is False


def test_two_who_share_a_number_are_not_taken_for_one_because_one_was_told_later(organisation: Organisation) -> None:
    sent(organisation)
    clock.move(dt.timedelta(minutes=1))
    sent(organisation)
    assert isinstance(replies.take(organisation.pk, SMS, text("1")), Incoming)


def test_a_number_that_nobody_knows_is_read_by_an_agent_and_help_comes_first(organisation: Organisation) -> None:
    incoming = replies.take(organisation.pk, SMS, text("help", "+33699999999"))
    assert isinstance(incoming, Incoming)
    assert incoming.kind == AnswerKind.HELP
    assert FeedEvent.objects.get().payload["help"] is True


def test_a_number_of_another_organisation_is_a_stranger_here(organisation: Organisation) -> None:
    sent(OrganisationFactory())
    assert isinstance(replies.take(organisation.pk, SMS, text("1")), Incoming)


@pytest.mark.parametrize("words", ["help", "AIDE", "2", "1 but my colleague needs help", "not safe"])
def test_help_is_never_dropped(organisation: Organisation, words: str) -> None:
    sent(organisation)
    for _ in range(3):
        replies.take(organisation.pk, SMS, text(words))
    assert Answer.objects.filter(kind=AnswerKind.HELP).count() == 3


def test_the_same_reply_told_twice_is_one(organisation: Organisation) -> None:
    sent(organisation)
    first, again = (replies.take(organisation.pk, SMS, text("2", provider_id="SMx")) for _ in range(2))
    assert first == again
    unknown = [replies.take(organisation.pk, SMS, text("hm", "+33700000000", provider_id="SMy")) for _ in range(2)]
    assert unknown[0] == unknown[1]
    assert (Answer.objects.count(), Incoming.objects.count()) == (1, 1)


@pytest.mark.parametrize("later", [dt.timedelta(hours=25), dt.timedelta(days=3)])
def test_a_reply_that_comes_long_after_is_read_by_an_agent(organisation: Organisation, later: dt.timedelta) -> None:
    named = sent(organisation, message=MessageFactory(organisation=organisation, reference="NC-7"))
    clock.move(later)
    assert isinstance(replies.take(organisation.pk, SMS, text("1")), Incoming)
    late = replies.take(organisation.pk, SMS, text("1 NC-7"))
    assert isinstance(late, Answer), "what it answers it says itself"
    assert late.message == named.message


def test_a_message_that_cannot_be_answered_any_more_is_not_the_one(organisation: Organisation) -> None:
    until = clock.now() + dt.timedelta(minutes=10)
    sent(organisation, message=MessageFactory(organisation=organisation, answers_until=until))
    clock.move(dt.timedelta(minutes=11))
    assert isinstance(replies.take(organisation.pk, SMS, text("1")), Incoming)


def test_a_key_answers_the_call_it_is_pressed_in(organisation: Organisation) -> None:
    message = MessageFactory(organisation=organisation)
    one = sent(organisation, message=message, channel=Channel.VOICE)
    other = sent(organisation, message=message, channel=Channel.VOICE)
    for number, row in enumerate((one, other)):
        Attempt.objects.create(
            organisation=organisation, delivery=row, number=1, provider="line", provider_id=f"CA{number}"
        )
    answer = replies.take(organisation.pk, Channel.VOICE, text("2", in_reply_to="CA1"))
    assert isinstance(answer, Answer)
    assert (answer.person, answer.kind, answer.channel) == (other.person, AnswerKind.HELP, Channel.VOICE)


def test_what_an_email_quotes_is_no_answer(organisation: Organisation) -> None:
    row = sent(organisation, "marie@example.org", channel=Channel.EMAIL)
    words = "All fine here.\n\n> 1 I am safe\n> 2 I need help\n"
    answer = replies.take(organisation.pk, Channel.EMAIL, text(words, "Marie@Example.org"))
    assert isinstance(answer, Answer)
    assert (answer.person, answer.kind) == (row.person, AnswerKind.SAFE)


def test_stop_holds_for_sms_that_wait_and_not_for_calls(organisation: Organisation) -> None:
    marie = PersonFactory(organisation=organisation)
    way = ContactWayFactory(person=marie, address=NUMBER)
    waits: dict[str, Any] = {"state": DeliveryState.PENDING, "sent_at": None, "tries": 0, "person": marie}
    waiting = sent(organisation, **waits)
    call = sent(organisation, channel=Channel.VOICE, **waits)
    assert replies.take(organisation.pk, SMS, text("STOP")) is None
    waiting.refresh_from_db()
    call.refresh_from_db()
    assert (waiting.state, waiting.failure) == (DeliveryState.FAILED, Failure.STOPPED)
    assert call.state == DeliveryState.PENDING
    assert ContactWay.objects.get(pk=way.pk).stopped_at is not None
    assert replies.take(organisation.pk, SMS, text("START")) is None
    assert ContactWay.objects.get(pk=way.pk).stopped_at is None
    assert not Answer.objects.exists()
    assert not Incoming.objects.exists()


def test_a_listener_may_take_a_text_that_answers_nothing(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "_incoming", [lambda incoming: incoming.text == "4711"])
    assert replies.take(organisation.pk, SMS, text("4711")) is None
    assert Incoming.objects.get().settled_at is not None
    assert not FeedEvent.objects.exists()
    assert isinstance(replies.take(organisation.pk, SMS, text("4712")), Incoming)
