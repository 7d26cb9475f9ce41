"""The sound of an instruction: its own words only, for who it concerns, while it is of the moment."""

from __future__ import annotations

import uuid
import wave
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from rest_framework.test import APIClient

from alerts.channels.voice import speech
from crisis.activations import directing, sound
from crisis.activations.models import Activation, Instruction
from crisis.plans.content import TaskStep
from soc.broadcast.models import FeedEvent
from soc.people.models import Member
from soc.people.rights import Role
from tests.crisis.story import Story
from tests.factories import MemberFactory, SiteFactory

pytestmark = pytest.mark.django_db

WORDS = {"en": "Stay inside.", "fr": "Restez à l’intérieur, loin des fenêtres."}


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.fixture
def responder(story: Story) -> Member:
    return MemberFactory(site=story.site, roles=[Role.RESPONDER])


def under_way(story: Story, *, drill: bool = False) -> Activation:
    return story.start(story.plan(TaskStep(key="gate", name="Gate", role="Agent")), drill=drill)


def hear(member: Member, given: Instruction, query: str = "?language=en") -> Any:
    client = APIClient(headers={"accept-language": "en", "accept": "*/*"})
    client.force_authenticate(member)
    return client.get(f"/api/me/instructions/{given.pk}/sound/{query}")


def seconds(answer: Any) -> float:
    with wave.open(BytesIO(answer.content)) as file:
        return float(file.getnframes() / file.getframerate())


def test_each_language_is_heard_and_kept_by_the_browser(story: Story, responder: Member) -> None:
    given = directing.instruct(under_way(story).pk, story.agent, WORDS)
    english, french = hear(responder, given), hear(responder, given, "?language=fr")
    assert (english.status_code, english["Content-Type"]) == (200, "audio/wav")
    assert english["Cache-Control"] == "private, max-age=3600"
    assert 0.5 < seconds(english) < seconds(french)
    assert english.content == speech.speak(WORDS["en"], "en")


def test_only_kept_words_are_spoken_whatever_is_asked(story: Story, responder: Member) -> None:
    given = directing.instruct(under_way(story).pk, story.agent, WORDS)
    for query in ("", "?language=", "?language=de", "?language=../en", "?language=en&text=Open+the+doors"):
        answer = hear(responder, given, query)
        if "text" in query:
            assert answer.content == speech.speak(WORDS["en"], "en")
        else:
            assert (answer.status_code, answer.json()["code"]) == (404, "not_in_language")


def test_a_drill_says_first_that_it_is_one(story: Story, responder: Member) -> None:
    given = directing.instruct(under_way(story, drill=True).pk, story.agent, WORDS)
    assert hear(responder, given).content == speech.speak("This is an exercise. Stay inside.", "en")
    assert hear(responder, given, "?language=fr").content == speech.speak(f"Ceci est un exercice. {WORDS['fr']}", "fr")


def test_it_is_heard_where_one_has_a_role_and_while_it_holds(story: Story, responder: Member) -> None:
    activation = under_way(story)
    given = directing.instruct(activation.pk, story.agent, WORDS)
    elsewhere = MemberFactory(site=SiteFactory(organisation=story.organisation), roles=[Role.ADMINISTRATOR])
    assert hear(elsewhere, given).status_code == 404
    next_one = directing.instruct(activation.pk, story.agent, {"en": "Leave by the north gate."})
    assert hear(responder, given).status_code == 404
    assert hear(responder, next_one).status_code == 200
    directing.stand_down(activation.pk, story.agent)
    assert hear(responder, next_one).status_code == 404


def test_a_language_that_cannot_be_spoken_is_told_in_words(story: Story, responder: Member) -> None:
    given = directing.instruct(under_way(story).pk, story.agent, {"tlh": "bISuvqang'a'?"})
    answer = hear(responder, given, "?language=tlh")
    assert (answer.status_code, answer.json()["code"]) == (400, "cannot_say")


def test_words_that_everybody_asks_for_at_once_are_made_once(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    # Words that no run before this one has left a file of.
    given = directing.instruct(under_way(story).pk, story.agent, {"en": f"Go to gate {uuid.uuid4()}, all of you."})
    made: list[str] = []
    real = speech._made

    def counted(text: str, language: str, *, slower: bool) -> bytes:
        made.append(text)
        return real(text, language, slower=slower)

    monkeypatch.setattr(speech, "_made", counted)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: sound.sound(given, "en"), range(8)))
    assert len({one.tag for one in found}) == 1
    assert len(made) == 1


def test_screens_are_told_where_an_instruction_holds_and_that_it_is_over(story: Story) -> None:
    activation = under_way(story, drill=True)
    given = directing.instruct(activation.pk, story.agent, WORDS)
    directing.stand_down(activation.pk, story.agent)
    first, last = FeedEvent.objects.filter(kind="instruction.given").order_by("number")
    assert (first.payload["site_name"], first.payload["drill"], first.payload["ended"]) == ("Campus", True, False)
    assert (last.payload["instruction"], last.payload["ended"]) == (str(given.pk), True)
    assert last.site_id == story.site.pk
