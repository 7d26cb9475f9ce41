"""The link in a message: it shows this one message, answers for its recipient only, and never by being opened."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from alerts.channels.base import AnswerKind, Channel
from alerts.deliveries import links
from alerts.deliveries.answers import MOST_IN_A_MINUTE
from alerts.deliveries.models import Answer, Delivery
from soc import clock
from soc.journal.models import Entry, Personal
from tests.alerts.deliveries.people import client, sent
from tests.factories import MessageFactory, OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


def opened(token: str) -> Any:
    return client().post("/api/answer-link/", {"token": token}, format="json")


def answered(token: str, **said: object) -> Any:
    return client().post("/api/answer-link/answer/", {"token": token, **said}, format="json")


@pytest.fixture
def delivery() -> Delivery:
    organisation = OrganisationFactory()
    marie = PersonFactory(organisation=organisation, display_name="Marie Curie", language="fr")
    return sent(organisation, person=marie)


def test_opening_shows_this_message_in_the_recipients_language_and_answers_nothing(delivery: Delivery) -> None:
    colleague = sent(delivery.organisation, message=delivery.message)
    Answer.objects.create(
        organisation=delivery.organisation, message=delivery.message, person_id=colleague.recipient, kind=AnswerKind.SAFE,
        channel=Channel.SMS, text="the colleague’s words", key="other",
    )  # fmt: skip
    for _ in range(3):
        answer = opened(links.token(delivery.pk))
    shown = answer.json()
    assert answer.status_code == 200
    assert shown["language"] == "fr"
    assert {language: one["text"] for language, one in shown["texts"].items()} == {"en": "Go inside.", "fr": "Rentrez."}
    assert [(one["key"], one["kind"], one["words"]["fr"]) for one in shown["choices"]] == [
        ("1", "safe", "Je suis en sécurité"),
        ("2", "help", "J’ai besoin d’aide"),
    ]
    assert shown["answers"] == []
    assert not Answer.objects.filter(person=delivery.person).exists()
    delivery.refresh_from_db()
    assert delivery.seen_at is not None
    text = answer.content.decode()
    assert "Curie" not in text
    assert "colleague" not in text
    assert str(delivery.message_id) not in text


def test_an_answer_is_the_recipients_by_this_way_and_each_is_kept(delivery: Delivery) -> None:
    token = links.token(delivery.pk)
    assert answered(token, kind="safe").status_code == 200
    clock.move(dt.timedelta(seconds=5))
    answer = answered(token, kind="help", text="two of us", place="the cellar")
    assert [one["kind"] for one in answer.json()["answers"]] == ["safe", "help"]
    last = Answer.objects.latest("at")
    assert (last.person, last.message, last.channel) == (delivery.person, delivery.message, Channel.SMS)
    assert (last.text, last.place, last.taken_down_by) == ("two of us", "the cellar", None)
    entry = Entry.objects.latest("id")
    assert "cellar" not in str(entry.details)
    assert "cellar" in Personal.objects.get(entry=entry).text


def test_an_answer_sent_twice_by_the_page_is_one(delivery: Delivery) -> None:
    once = str(uuid4())
    for _ in range(2):
        assert answered(links.token(delivery.pk), kind="help", once=once).status_code == 200
    assert Answer.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "status", "field"),
    [
        ({"kind": "coming"}, 400, "kind"),  # not offered
        ({"kind": "other"}, 400, "text"),
        ({"kind": "nonsense"}, 400, "kind"),
        ({"kind": "safe", "person": str(uuid4())}, 400, "person"),
        ({"kind": "safe", "text": "x" * 2001}, 400, "text"),
        ({"kind": "other", "text": "I lost my keys"}, 200, ""),
    ],
)
def test_what_can_be_answered(delivery: Delivery, said: dict[str, str], status: int, field: str) -> None:
    answer = answered(links.token(delivery.pk), **said)
    assert answer.status_code == status
    assert not field or field in answer.json()["fields"]
    assert Answer.objects.count() == (1 if status == 200 else 0)


def test_help_can_always_be_called_for(delivery: Delivery) -> None:
    only_seen = MessageFactory(organisation=delivery.organisation, answers=[])
    row = sent(delivery.organisation, message=only_seen)
    assert answered(links.token(row.pk), kind="help").status_code == 200


def test_wrong_and_expired_links_are_told_alike(delivery: Delivery) -> None:
    good = links.token(delivery.pk)
    number, _dash, digest = good.partition("-")
    expired = sent(
        delivery.organisation,
        message=MessageFactory(organisation=delivery.organisation, answers_until=clock.now() - dt.timedelta(seconds=1)),
    )
    other = sent(delivery.organisation)
    wrong = [
        "", "-", "nonsense", number, f"{number}-", f"{number}-{digest[:-1]}", f"{number}-{digest[:-1]}é",
        f"{links.token(other.pk).partition('-')[0]}-{digest}",  # another's number under one's own digest
        links.token(10**9), links.token(expired.pk),
    ]  # fmt: skip
    bodies = {opened(token).content for token in wrong if token}
    bodies |= {answered(token, kind="help").content for token in wrong if token}
    assert len(bodies) == 1
    assert b"link_unknown" in bodies.pop()
    assert not Answer.objects.exists()
    assert Delivery.objects.filter(seen_at=None).count() == 3


def test_who_guesses_is_slowed_down_and_who_knows_is_not_counted(delivery: Delivery) -> None:
    token = links.token(delivery.pk)
    for _ in range(40):
        assert opened(token).status_code == 200
    for _ in range(30):
        assert opened("1-aaaaaaaaaaaaaaaa").status_code == 404
    refused = opened("1-aaaaaaaaaaaaaaaa")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert answered(token, kind="help").status_code == 200, "whoever guesses keeps nobody from answering"


def test_very_many_answers_wait_a_minute(delivery: Delivery) -> None:
    token = links.token(delivery.pk)
    for _ in range(MOST_IN_A_MINUTE):
        assert answered(token, kind="help").status_code == 200
    refused = answered(token, kind="help")
    assert refused.status_code == 429
    assert refused.json()["message"].startswith("Your answers have arrived.")
    clock.move(dt.timedelta(seconds=61))
    assert answered(token, kind="help").status_code == 200


def test_another_sites_form_cannot_answer(delivery: Delivery) -> None:
    foreign = APIClient(enforce_csrf_checks=True)
    for path in ("/api/answer-link/", "/api/answer-link/answer/"):
        answer = foreign.post(path, {"token": links.token(delivery.pk), "kind": "safe"}, format="json")
        assert answer.status_code == 403
    assert not Answer.objects.exists()
