"""Agents see of a message who has it, by which way, why others have not, and take down what somebody says on the telephone."""

from __future__ import annotations

import pytest

from alerts.channels.base import AnswerKind, Channel, Failure
from alerts.deliveries.models import Answer, DeliveryState
from alerts.deliveries.wire import masked
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.models import Member, Organisation
from soc.people.rights import Role
from tests.alerts.deliveries.people import agent, client, sent
from tests.factories import MemberFactory, MessageFactory, OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation() -> Organisation:
    return OrganisationFactory()


@pytest.fixture
def ada(organisation: Organisation) -> Member:
    return agent(organisation)


def test_a_message_in_numbers(organisation: Organisation, ada: Member) -> None:
    message = MessageFactory(organisation=organisation, exercise=True)
    marie = PersonFactory(organisation=organisation)
    sent(organisation, message=message, person=marie)
    sent(organisation, message=message, person=marie, channel=Channel.VOICE, state=DeliveryState.DELIVERED)
    no_number = {"state": DeliveryState.FAILED, "failure": Failure.NO_ADDRESS}
    for _ in range(2):
        sent(organisation, "", message, **no_number)
    for kind, key in ((AnswerKind.HELP, "1"), (AnswerKind.SAFE, "2")):
        Answer.objects.create(
            organisation=organisation, message=message, person=marie, kind=kind, channel=Channel.SMS, key=key
        )
    shown = client(ada, "fr").get(f"/api/messages/{message.pk}/").json()
    assert (shown["people"], shown["reached"], shown["answered"], shown["exercise"]) == (3, 1, 1, True)
    assert shown["counts"] == [
        {"channel": "sms", "state": "failed", "count": 2},
        {"channel": "sms", "state": "sent", "count": 1},
        {"channel": "voice", "state": "delivered", "count": 1},
    ]
    assert shown["failures"] == [
        {"channel": "sms", "failure": "no_address", "sentence": shown["failures"][0]["sentence"], "count": 2}
    ]
    assert shown["failures"][0]["sentence"] == "Aucun numéro ni adresse pour ce moyen."
    assert shown["answers"] == [{"kind": "safe", "count": 1}], "of a person's answers the last counts"


def test_deliveries_by_pages_and_filters_without_whole_numbers(organisation: Organisation, ada: Member) -> None:
    message = MessageFactory(organisation=organisation)
    rows = [sent(organisation, f"+3361234560{number}", message) for number in range(5)]
    failed = sent(organisation, "", message, state=DeliveryState.FAILED, failure=Failure.NO_ADDRESS)
    path = f"/api/messages/{message.pk}/deliveries/"
    first = client(ada).get(path, {"page_size": 4}).json()
    second = client(ada).get(first["next"]).json()
    assert [one["id"] for one in first["results"] + second["results"]] == [row.pk for row in [*rows, failed]]
    assert first["results"][0]["address"] == "••••••••••00"
    assert "+3361234560" not in str(first)
    (only,) = client(ada).get(path, {"state": "failed", "channel": "sms", "failure": "no_address"}).json()["results"]
    assert only["sentence"] == "No number or address for this way."
    assert only["person"]["name"] == str(failed.person)
    assert client(ada).get(path, {"channel": "voice"}).json()["results"] == []


def test_what_is_shown_of_an_address() -> None:
    assert masked("sms", "+33612345678") == "••••••••••78"
    assert masked("email", "a@b.fr") == "••••fr"
    assert masked("sms", "12") == "12"
    assert masked("app", "3f0c") == masked("sms", "") == ""


def test_an_answer_is_taken_down_on_the_telephone(organisation: Organisation, ada: Member) -> None:
    row = sent(organisation)
    path = f"/api/messages/{row.message_id}/answers/"
    body = {"person": str(row.person_id), "kind": "help", "text": "He cannot walk.", "place": "stairs"}
    assert client(ada).post(path, body, format="json").status_code == 201
    answer = Answer.objects.get()
    assert (answer.person, answer.taken_down_by, answer.channel) == (row.person, ada, Channel.VOICE)
    assert Entry.objects.get(action=Action.MESSAGE_ANSWERED).actor_id == ada.pk
    stranger = {**body, "person": str(PersonFactory(organisation=organisation).pk)}
    assert client(ada).post(path, stranger, format="json").status_code == 400
    auditor = MemberFactory(organisation=organisation, roles=[Role.AUDITOR])
    assert client(auditor).get(f"/api/messages/{row.message_id}/").status_code == 200
    assert client(auditor).post(path, body, format="json").status_code == 403
