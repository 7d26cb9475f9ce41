"""Simulated phones: what they received, said to be a simulation, and replies that take the way of real ones."""

from __future__ import annotations

import json

import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from alerts.channels.base import AnswerKind, Channel
from alerts.channels.simulated.provider import simulated
from alerts.deliveries import claiming, sender, services
from alerts.deliveries.carriers import Carrier
from alerts.deliveries.models import Answer, Message
from alerts.deliveries.services import Asked, Owed
from alerts.deliveries.texts import Offered, Texts
from soc.broadcast import services as broadcast
from soc.broadcast.wire import Envelope
from soc.config import config
from soc.people.directory.models import Person
from soc.people.models import Member, Organisation, Site
from soc.people.rights import Right, Role
from tests.alerts.deliveries.people import NUMBER, agent, client
from tests.factories import ContactWayFactory, MemberFactory, OrganisationFactory, PersonFactory, SiteFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _simulating(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config(), "simulate", True)


@pytest.fixture
def organisation() -> Organisation:
    return OrganisationFactory()


@pytest.fixture
def ada(organisation: Organisation) -> Member:
    return agent(organisation)


def receives(person: Person, *channels: Channel, site: Site | None = None, asker: str = "plan:1") -> Message:
    """A message that the person's phones and mailbox received."""
    words = Texts(text="Go inside.", short="Go inside.", spoken="Go inside.")
    answers = [Offered(key="1", kind=AnswerKind.SAFE, words={}), Offered(key="2", kind=AnswerKind.HELP, words={})]
    message = services.message(Asked(person.organisation_id, site.pk if site else None, asker, {"en": words}, answers))
    to = {Channel.EMAIL: "marie@example.org"}
    services.owe(
        message, [Owed(str(person.pk), person.pk, channel, to.get(channel, NUMBER), "en") for channel in channels]
    )
    while waiting := claiming.due():
        lane = waiting[0].lane
        for delivery in claiming.claim([one for one in waiting if one.lane == lane], 16):
            sender.send_claimed([delivery], [Carrier(None, simulated(lane.channel))])
    return message


@pytest.fixture
def marie(organisation: Organisation) -> Person:
    person: Person = PersonFactory(organisation=organisation, display_name="Marie")
    ContactWayFactory(person=person, address=NUMBER)
    return person


def test_phones_and_mailboxes_that_received_something(ada: Member, marie: Person) -> None:
    receives(marie, Channel.SMS, Channel.VOICE, Channel.EMAIL)
    receives(PersonFactory(organisation=OrganisationFactory()), Channel.SMS, asker="theirs")
    shown = {one["to"]: one for one in client(ada).get("/api/simulated-phones/").json()}
    assert set(shown) == {NUMBER, "marie@example.org"}
    assert shown[NUMBER]["person"] == "Marie"
    assert (shown[NUMBER]["messages"], sorted(shown[NUMBER]["channels"])) == (2, ["sms", "voice"])
    assert shown["marie@example.org"]["person"] == ""
    assert all(one["simulation"] is True for one in shown.values())


def test_one_phone_shows_what_it_received_and_looking_answers_nothing(ada: Member, marie: Person) -> None:
    receives(marie, Channel.SMS, Channel.VOICE)
    shown = client(ada).get(f"/api/simulated-phones/{NUMBER}/").json()["results"]
    texts = {one["channel"]: one["text"] for one in shown}
    assert texts["sms"].startswith("Go inside. 1 I am safe, 2 I need help.")
    assert texts["voice"].startswith("Go inside. Press 1: I am safe.")
    assert all(one["simulation"] is True for one in shown)
    assert [one["key"] for one in shown[0]["answers"]] == ["1", "2"]
    assert not Answer.objects.exists()
    assert client(ada).get("/api/simulated-phones/+33700000000/").status_code == 404


def test_a_reply_takes_the_way_of_a_real_one(ada: Member, marie: Person) -> None:
    message = receives(marie, Channel.SMS, Channel.VOICE, Channel.EMAIL)
    path = f"/api/simulated-phones/{NUMBER}/replies/"
    assert client(ada).post(path, {"text": "2 in the cellar"}, format="json").status_code == 204
    answer = Answer.objects.get()
    assert (answer.person, answer.message, answer.kind) == (marie, message, AnswerKind.HELP)
    assert (answer.channel, answer.place, answer.taken_down_by) == (Channel.SMS, "in the cellar", None)

    received = client(ada).get(f"/api/simulated-phones/{NUMBER}/").json()["results"]
    call = next(one["id"] for one in received if one["channel"] == "voice")
    assert client(ada).post(path, {"message": call, "text": "1"}, format="json").status_code == 204
    assert Answer.objects.filter(channel=Channel.VOICE).get().kind == AnswerKind.SAFE
    refused = client(ada).post(path, {"message": call, "text": "one"}, format="json")
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["text"])

    (mail,) = client(ada).get("/api/simulated-phones/marie@example.org/").json()["results"]
    at = "/api/simulated-phones/marie@example.org/replies/"
    assert client(ada).post(at, {"message": mail["id"], "text": "I am safe"}, format="json").status_code == 204
    assert Answer.objects.filter(channel=Channel.EMAIL).get().kind == AnswerKind.SAFE
    assert client(ada).post(at, {"text": "no text goes to a mailbox"}, format="json").status_code == 404
    assert client(ada).post(at, {"message": call, "text": "1"}, format="json").status_code == 404


def test_the_page_is_told_that_something_arrived_without_a_number(
    marie: Person,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    sent: list[Envelope] = []
    monkeypatch.setattr(broadcast, "_send", lambda _organisation, envelope: sent.append(envelope))
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        receives(marie, Channel.SMS)
    (envelope,) = [one for one in sent if one.kind == "simulated.received"]
    assert (envelope.number, envelope.right) == (None, Right.DIRECT)
    assert json.loads(envelope.text)["payload"] == {"phone": NUMBER, "channel": "sms"}


def test_phones_of_messages_to_another_site_are_not_there(organisation: Organisation, marie: Person) -> None:
    here, there = SiteFactory(organisation=organisation), SiteFactory(organisation=organisation)
    receives(marie, Channel.SMS, site=there)
    assert client(MemberFactory(site=here, roles=[Role.AGENT])).get("/api/simulated-phones/").json() == []
    assert len(client(MemberFactory(site=there, roles=[Role.AGENT])).get("/api/simulated-phones/").json()) == 1


def test_where_messages_really_leave_there_are_no_simulated_phones(
    ada: Member, marie: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    receives(marie, Channel.SMS)
    monkeypatch.setattr(config(), "simulate", False)
    api = client(ada)
    assert api.get("/api/simulated-phones/").status_code == 404
    assert api.get(f"/api/simulated-phones/{NUMBER}/").status_code == 404
    refused = api.post(f"/api/simulated-phones/{NUMBER}/replies/", {"text": "1"}, format="json")
    assert refused.json()["code"] == "no_simulation"
    assert not Answer.objects.exists()
