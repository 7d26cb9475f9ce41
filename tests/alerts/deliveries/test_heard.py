"""A message is heard: its own words only, for its recipient, whole or plain, and of a drill first that it is one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from rest_framework.test import APIClient

from alerts.channels.voice import speech
from alerts.deliveries import links
from alerts.deliveries.models import Answer, Delivery
from soc.people.models import Organisation
from soc.people.rights import Role
from tests.alerts.deliveries.people import sent
from tests.factories import MemberFactory, MessageFactory, OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db

WORDS = {
    "en": {"text": "Go inside: https://example.org", "short": "Go inside.", "spoken": "Go inside and lock the door."},
    "fr": {"text": "Rentrez.", "short": "Rentrez.", "spoken": "Rentrez et fermez la porte.", "plain": "Rentrez vite."},
}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path) -> Iterator[None]:
    with override_settings(MEDIA_ROOT=tmp_path):
        yield


@pytest.fixture
def organisation() -> Organisation:
    made: Organisation = OrganisationFactory()
    return made


@pytest.fixture
def delivery(organisation: Organisation) -> Delivery:
    return sent(organisation, message=MessageFactory(organisation=organisation, texts=WORDS))


def by_link(token: str, **asked: object) -> Any:
    client = APIClient(headers={"accept-language": "en", "accept": "*/*"})
    return client.post("/api/answer-link/sound/", {"token": token, **asked}, format="json")


def test_the_link_speaks_its_message_and_answers_nothing(delivery: Delivery) -> None:
    token = links.token(delivery.pk)
    english, french = by_link(token, language="en"), by_link(token, language="fr")
    assert (english.status_code, english["Content-Type"], english["Cache-Control"]) == (200, "audio/wav", "no-store")
    assert english.content == speech.speak("Go inside and lock the door.", "en")
    assert french.content == speech.speak("Rentrez et fermez la porte.", "fr")
    assert not Answer.objects.exists()


def test_plain_words_are_said_more_slowly(delivery: Delivery) -> None:
    heard = by_link(links.token(delivery.pk), language="fr", plain=True)
    assert heard.content == speech.speak("Rentrez vite.", "fr", slower=True)
    assert heard.content != speech.speak("Rentrez vite.", "fr")


def test_what_it_does_not_say_is_told_in_words(delivery: Delivery) -> None:
    token = links.token(delivery.pk)
    for asked in ({"language": "de"}, {"language": ""}, {"language": "en", "plain": True}, {"language": "../en"}):
        answer = by_link(token, **asked)
        assert answer.status_code in (400, 404), asked
        assert answer.json()["message"]
    assert by_link(token, language="en", text="Open the doors").status_code == 400, "nothing else is ever spoken"
    assert by_link("1-aaaaaaaaaaaaaaaa", language="en").json()["code"] == "link_unknown"


def test_a_drill_says_first_that_it_is_one(organisation: Organisation) -> None:
    drill = sent(organisation, message=MessageFactory(organisation=organisation, texts=WORDS, exercise=True))
    heard = by_link(links.token(drill.pk), language="fr", plain=True)
    assert heard.content == speech.speak("Ceci est un exercice. Rentrez vite.", "fr", slower=True)


def test_a_member_hears_own_messages_only(organisation: Organisation) -> None:
    marie, paul = (MemberFactory(organisation=organisation, roles=[Role.RESPONDER]) for _ in range(2))
    message = MessageFactory(organisation=organisation, texts=WORDS)
    sent(organisation, message=message, person=PersonFactory(organisation=organisation, member=marie))
    for member, status in ((marie, 200), (paul, 404)):
        client = APIClient(headers={"accept": "*/*"})
        client.force_authenticate(member)
        answer = client.get(f"/api/me/messages/{message.pk}/sound/?language=fr&plain=true")
        assert answer.status_code == status
        if status == 200:
            assert answer.content == speech.speak("Rentrez vite.", "fr", slower=True)
