"""Texts that agents read: help first, with who may have written them; bound, or settled another way, once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts.channels.base import AnswerKind, Channel
from alerts.deliveries import replies, selectors
from alerts.deliveries.models import Answer, Incoming
from soc import clock
from soc.broadcast.models import FeedEvent
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.models import Member, Organisation
from soc.people.rights import Role
from tests.alerts.deliveries.people import agent, client, sent, text
from tests.factories import (
    ContactWayFactory,
    MemberFactory,
    MessageFactory,
    OrganisationFactory,
    PersonFactory,
    SiteFactory,
)

pytestmark = pytest.mark.django_db
UNKNOWN = "+33611111111"


@pytest.fixture
def organisation() -> Organisation:
    return OrganisationFactory()


@pytest.fixture
def ada(organisation: Organisation) -> Member:
    return agent(organisation)


def came(organisation: Organisation, words: str, number: str = UNKNOWN) -> Incoming:
    clock.move(dt.timedelta(seconds=1))
    found = replies.take(organisation.pk, Channel.SMS, text(words, number))
    assert isinstance(found, Incoming)
    return found


def test_help_comes_first_then_the_newest(organisation: Organisation, ada: Member) -> None:
    wanted = [came(organisation, words) for words in ("hello", "help", "what?", "aidez-moi")]
    shown = client(ada).get("/api/incoming-texts/").json()["results"]
    assert [one["text"] for one in shown] == ["aidez-moi", "help", "what?", "hello"]
    assert shown[0]["id"] == str(wanted[3].pk)
    assert client(MemberFactory(organisation=organisation, roles=[Role.AUDITOR])).get(
        "/api/incoming-texts/"
    ).status_code == 403  # fmt: skip


def test_who_may_have_written_is_named_with_the_messages_they_have(organisation: Organisation, ada: Member) -> None:
    message = MessageFactory(organisation=organisation, reference="NC-1")
    one, other = sent(organisation, UNKNOWN, message), sent(organisation, UNKNOWN, message)
    third = PersonFactory(organisation=organisation, display_name="Zoé")
    ContactWayFactory(person=third, address=UNKNOWN)
    sent(OrganisationFactory(), UNKNOWN)
    came(organisation, "1")
    (shown,) = client(ada).get("/api/incoming-texts/").json()["results"]
    found = {one["person"]["id"]: [row["reference"] for row in one["messages"]] for one in shown["candidates"]}
    assert found == {str(one.person_id): ["NC-1"], str(other.person_id): ["NC-1"], str(third.pk): []}


def test_it_takes_as_many_queries_for_many_as_for_one(organisation: Organisation, ada: Member) -> None:
    texts = []
    for number in range(6):
        message = MessageFactory(organisation=organisation)
        for _ in range(2):
            sent(organisation, f"+3361111112{number}", message)
        texts.append(came(organisation, "1", f"+3361111112{number}"))
    counts = []
    for some in (texts[:1], texts):
        with CaptureQueriesContext(connection) as asked:
            selectors.candidates(ada, some)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_binding_makes_it_the_persons_answer_once(organisation: Organisation, ada: Member) -> None:
    message = MessageFactory(organisation=organisation)
    marie = PersonFactory(organisation=organisation)
    sent(organisation, UNKNOWN, message, person=marie)
    sent(organisation, UNKNOWN, message)
    incoming = came(organisation, "2 we are in the cellar")
    body = {"person": str(marie.pk), "message": str(message.pk), "kind": "help", "place": "the cellar"}
    made = client(ada).post(f"/api/incoming-texts/{incoming.pk}/bind/", body, format="json")
    assert made.status_code == 201
    answer = Answer.objects.get()
    assert (answer.person, answer.message, answer.kind) == (marie, message, AnswerKind.HELP)
    assert (answer.text, answer.place, answer.at) == ("2 we are in the cellar", "the cellar", incoming.at)
    assert (answer.taken_down_by, answer.channel) == (ada, Channel.SMS)
    incoming.refresh_from_db()
    assert (incoming.settled_by, incoming.answer) == (ada, answer)
    assert FeedEvent.objects.filter(kind="incoming.changed").latest("number").payload["settled"] is True
    assert set(Entry.objects.values_list("action", "actor_id")) >= {
        (Action.TEXT_BOUND, ada.pk),
        (Action.MESSAGE_ANSWERED, ada.pk),
    }
    again = client(agent(organisation)).post(f"/api/incoming-texts/{incoming.pk}/bind/", body, format="json")
    assert again.status_code == 409
    assert ada.display_name in again.json()["message"]
    # The provider tells it once more: it is known.
    assert Answer.objects.count() == 1
    assert client(ada).get("/api/incoming-texts/").json()["results"] == []
    assert client(ada).get("/api/incoming-texts/?settled=true").json()["results"][0]["answer"]["id"] == str(answer.pk)


def test_it_is_bound_to_nobody_who_was_not_sent_the_message(organisation: Organisation, ada: Member) -> None:
    message = sent(organisation).message
    incoming = came(organisation, "hm")
    for person in (PersonFactory(organisation=organisation), PersonFactory()):
        body = {"person": str(person.pk), "message": str(message.pk), "kind": "safe"}
        refused = client(ada).post(f"/api/incoming-texts/{incoming.pk}/bind/", body, format="json")
        assert (refused.status_code, list(refused.json()["fields"])) == (400, ["person"])
    assert not Answer.objects.exists()


def test_a_message_of_another_site_is_bound_to_nothing(organisation: Organisation) -> None:
    here, there = SiteFactory(organisation=organisation), SiteFactory(organisation=organisation)
    ada = MemberFactory(site=here, roles=[Role.AGENT])
    row = sent(organisation, UNKNOWN, MessageFactory(organisation=organisation, site=there))
    incoming = came(organisation, "?", "+33600000000")
    body = {"person": str(row.person_id), "message": str(row.message_id), "kind": "safe"}
    refused = client(ada).post(f"/api/incoming-texts/{incoming.pk}/bind/", body, format="json")
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["message"])


def test_a_call_for_help_is_not_settled_without_a_word(organisation: Organisation, ada: Member) -> None:
    incoming = came(organisation, "help")
    path = f"/api/incoming-texts/{incoming.pk}/dismiss/"
    refused = client(ada).post(path, {"text": "  "}, format="json")
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["text"])
    done = client(ada).post(path, {"text": "Called back: a wrong number."}, format="json")
    assert done.json()["note"] == "Called back: a wrong number."
    assert client(ada).post(path, {"text": "again"}, format="json").status_code == 409
    entry = Entry.objects.get(action=Action.TEXT_DISMISSED)
    assert (entry.actor_id, "wrong" in str(entry.details)) == (ada.pk, False)
    assert not Answer.objects.exists()
