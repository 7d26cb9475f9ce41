"""The responder who is signed in reads the own messages of the last days and answers them."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts.channels.base import Channel
from alerts.deliveries import selectors
from alerts.deliveries.models import Answer, Delivery, DeliveryState
from soc import clock
from soc.people.models import Member, Organisation
from soc.people.rights import Role
from tests.alerts.deliveries.people import client, sent
from tests.factories import MemberFactory, MessageFactory, OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation() -> Organisation:
    return OrganisationFactory()


@pytest.fixture
def marie(organisation: Organisation) -> Member:
    member: Member = MemberFactory(organisation=organisation, roles=[Role.RESPONDER])
    PersonFactory(organisation=organisation, member=member, language="fr")
    return member


def to(member: Member, **more: Any) -> Delivery:
    return sent(member.organisation, person=member.person, channel=Channel.APP, **more)


def test_own_messages_of_the_last_days_newest_first(organisation: Organisation, marie: Member) -> None:
    to(marie)
    clock.move(dt.timedelta(days=8))
    first = to(marie)
    clock.move(dt.timedelta(hours=1))
    second = to(marie)
    sent(organisation, person=marie.person, message=second.message)  # by SMS too: still one message
    to(marie, state=DeliveryState.PENDING, sent_at=None)
    to(marie, state=DeliveryState.WITHDRAWN)
    sent(organisation, message=first.message)
    shown = client(marie).get("/api/me/messages/").json()
    assert [one["id"] for one in shown] == [str(second.message_id), str(first.message_id)]
    assert shown[0]["language"] == "fr"
    assert [one["kind"] for one in shown[0]["choices"]] == ["safe", "help"]
    assert shown[0]["answers"] == []


def test_it_takes_two_queries_however_many_there_are(marie: Member) -> None:
    for _ in range(3):
        to(marie)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert len(selectors.own_messages(marie)) == 3
    assert len(asked) == 2


def test_seen_is_no_answer_and_the_app_then_has_it(marie: Member) -> None:
    row = to(marie)
    by_sms = sent(marie.organisation, person=marie.person, message=row.message)
    assert client(marie).post(f"/api/me/messages/{row.message_id}/seen/").status_code == 204
    row.refresh_from_db()
    by_sms.refresh_from_db()
    assert (row.state, row.seen_at is None) == (DeliveryState.DELIVERED, False)
    assert (by_sms.state, by_sms.seen_at) == (DeliveryState.SENT, None)
    assert not Answer.objects.exists()
    assert client(marie).get("/api/me/messages/").json()[0]["seen_at"] is not None


def test_answering_keeps_each_answer_by_the_app(marie: Member) -> None:
    row = to(marie)
    path = f"/api/me/messages/{row.message_id}/answer/"
    assert client(marie).post(path, {"kind": "help", "place": "gate 2"}, format="json").status_code == 200
    shown = client(marie).post(path, {"kind": "safe"}, format="json").json()
    assert [(one["kind"], one["place"]) for one in shown["answers"]] == [("help", "gate 2"), ("safe", "")]
    assert set(Answer.objects.values_list("channel", "person")) == {("app", marie.person.pk)}
    refused = client(marie, "fr").post(path, {"kind": "coming"}, format="json")
    assert refused.json()["fields"] == {"kind": "Ce message ne propose pas cette réponse."}


def test_anothers_message_is_not_there(organisation: Organisation, marie: Member) -> None:
    theirs = sent(organisation)
    for action in ("seen", "answer"):
        for pk in (theirs.message_id, uuid4()):
            answer = client(marie).post(f"/api/me/messages/{pk}/{action}/", {"kind": "safe"}, format="json")
            assert answer.status_code == 404
    assert not Answer.objects.exists()


def test_a_member_whom_no_message_can_reach_has_none(organisation: Organisation) -> None:
    member = MemberFactory(organisation=organisation, roles=[Role.RESPONDER])
    sent(organisation, message=MessageFactory(organisation=organisation))
    assert client(member).get("/api/me/messages/").json() == []
