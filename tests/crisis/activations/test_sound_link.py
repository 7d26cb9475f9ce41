"""The address of a sound that needs no session: what it opens, for how long, and that a thousand cost what one does."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils.translation import gettext_lazy as _
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from alerts.channels.voice import speech
from crisis.activations import directing, sound_link
from crisis.activations.models import Activation, Instruction
from crisis.activations.sound import Sound
from crisis.activations.sound_memory import KEPT_S, MOST, REFUSED_S, SoundMemory
from crisis.plans.content import TaskStep
from soc import clock
from soc.broadcast.models import FeedEvent
from soc.people.models import Member
from soc.people.rights import Role
from soc.refusals import Refusal, Status
from soc.request_threads import CROWDS
from tests.crisis.story import Story
from tests.factories import MemberFactory, SiteFactory

WORDS = {"en": "Stay inside.", "fr": "Restez à l’intérieur, loin des fenêtres."}


@pytest.fixture
def story() -> Story:
    return Story()


def under_way(story: Story, *, drill: bool = False) -> Activation:
    return story.start(story.plan(TaskStep(key="gate", name="Gate", role="Agent")), drill=drill)


def told() -> dict[str, Any]:
    """What the feed said last of an instruction."""
    return dict(FeedEvent.objects.filter(kind="instruction.given").latest("number").payload)


def hear(address: str, **headers: str) -> Any:
    """The address, asked by a browser that nobody is signed in with."""
    return Client(headers={"accept-language": "en", **headers}).get(address)


def with_part(address: str, **parts: str) -> str:
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()} | parts
    return f"{urlsplit(address).path}?" + "&".join(f"{name}={value}" for name, value in query.items())


def instructions(member: Member) -> Any:
    client = APIClient()
    client.force_authenticate(member)
    return client.get("/api/me/instructions/").json()


def remembers(memory: SoundMemory, key: tuple[UUID, str]) -> bool:
    """Whether the sound need not be made; where it must, nothing is put in its place."""

    def missing() -> Sound:
        raise LookupError

    try:
        memory.sound(key, missing)
    except LookupError:
        return False
    return True


def refused(address: str) -> bool:
    answer = hear(address)
    return (answer.status_code, answer.json().get("code")) == (404, "sound_unknown")


@pytest.mark.django_db
def test_it_is_heard_in_each_language_without_a_session(story: Story) -> None:
    given = directing.instruct(under_way(story).pk, story.agent, WORDS)
    sounds = told()["sounds"]
    assert sounds.keys() == WORDS.keys()
    for language, address in sounds.items():
        assert address.startswith(f"/instructions/{given.pk}/sound/?language={language}&")
        answer = hear(address)
        assert (answer.status_code, answer.content) == (200, speech.speak(WORDS[language], language))
        assert (answer["Content-Type"], answer["Content-Language"]) == ("audio/wav", language)
        assert answer["Cache-Control"] == "private, max-age=3600, immutable"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "Cookie" not in answer["Vary"]
        assert not answer.cookies
        again = hear(address, **{"if-none-match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.django_db
def test_who_asks_second_costs_no_look_into_the_database_signed_in_or_not(
    story: Story, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    directing.instruct(under_way(story).pk, story.agent, WORDS)
    address = told()["sounds"]["fr"]
    first = hear(address)
    signed_in = Client()
    signed_in.force_login(story.agent)
    with django_assert_num_queries(0):
        assert hear(address).content == first.content
        answer = signed_in.get(address)
        assert answer.content == first.content
    assert "Cookie" not in answer["Vary"]
    assert not answer.cookies


@pytest.mark.django_db
def test_a_drill_says_first_that_it_is_one(story: Story) -> None:
    directing.instruct(under_way(story, drill=True).pk, story.agent, WORDS)
    assert hear(told()["sounds"]["en"]).content == speech.speak("This is an exercise. Stay inside.", "en")


@pytest.mark.django_db
def test_what_was_not_given_is_told_like_what_ran_out(story: Story) -> None:
    activation = under_way(story)
    first = directing.instruct(activation.pk, story.agent, WORDS)
    address = told()["sounds"]["en"]
    second = directing.instruct(activation.pk, story.agent, WORDS)
    key = parse_qs(urlsplit(address).query)["key"][0]
    until = int(parse_qs(urlsplit(address).query)["until"][0])
    wrong = [
        with_part(address, key=""),
        with_part(address, key=key[:-1]),
        with_part(address, key=("0" if key[0] != "0" else "1") + key[1:]),
        with_part(address, key="%C3%A9"),
        with_part(address, language="fr"),
        with_part(address, language=""),
        with_part(address, until=str(until + 1)),
        with_part(address, until="9" * 400),
        with_part(address, until="-1"),
        with_part(address, until="%D9%A3"),
        with_part(address, until=""),
        urlsplit(address).path,
        address.replace(str(first.pk), str(second.pk)),
        address.replace(str(first.pk), str(uuid4())),
    ]
    assert [one for one in wrong if not refused(one)] == []
    assert hear(address).status_code == 200
    assert Client().post(address).status_code == 405


@pytest.mark.django_db
def test_a_key_of_another_installation_opens_nothing(story: Story, settings: Settings) -> None:
    directing.instruct(under_way(story).pk, story.agent, WORDS)
    address = told()["sounds"]["en"]
    settings.SECRET_KEY = "another installation's"
    assert refused(address)


@pytest.mark.django_db
def test_it_runs_out_within_the_hour_and_the_next_word_brings_a_new_one(story: Story) -> None:
    activation = under_way(story)
    directing.instruct(activation.pk, story.agent, WORDS)
    address = told()["sounds"]["en"]
    clock.move(sound_link.LASTS - dt.timedelta(minutes=1))
    assert hear(address).status_code == 200
    clock.move(dt.timedelta(minutes=2))
    assert refused(address)
    directing.repeat_instruction(activation.pk, story.agent)
    assert told()["sounds"]["en"] != address
    assert hear(told()["sounds"]["en"]).status_code == 200


@pytest.mark.django_db
def test_after_a_stand_down_it_is_heard_by_who_has_it_and_nobody_is_given_it(story: Story) -> None:
    activation = under_way(story)
    directing.instruct(activation.pk, story.agent, WORDS)
    address = told()["sounds"]["en"]
    directing.stand_down(activation.pk, story.agent)
    assert (told()["ended"], told()["sounds"]) == (True, {})
    assert hear(address).status_code == 200


@pytest.mark.django_db
def test_words_that_were_erased_are_not_heard(story: Story) -> None:
    given = directing.instruct(under_way(story).pk, story.agent, WORDS)
    address = told()["sounds"]["en"]
    Instruction.objects.filter(pk=given.pk).update(words={})
    assert refused(address)


@pytest.mark.django_db
def test_only_who_it_concerns_is_given_the_addresses(story: Story) -> None:
    given = directing.instruct(under_way(story).pk, story.agent, WORDS)
    here = MemberFactory(site=story.site, roles=[Role.RESPONDER])
    elsewhere = MemberFactory(site=SiteFactory(organisation=story.organisation), roles=[Role.ADMINISTRATOR])
    stranger = MemberFactory(roles=[Role.ADMINISTRATOR, Role.AGENT])
    (one,) = instructions(here)
    assert one["sounds"].keys() == WORDS.keys()
    assert hear(one["sounds"]["fr"]).status_code == 200
    assert (instructions(elsewhere), instructions(stranger)) == ([], [])
    # Who directs reads the instruction with the activation, where nothing is played: that carries no address.
    client = APIClient()
    client.force_authenticate(story.agent)
    assert str(given.pk) in str(client.get(f"/api/activations/{given.activation_id}/").json()["instruction"])
    assert "sounds" not in client.get(f"/api/activations/{given.activation_id}/").json()["instruction"]


@pytest.mark.django_db
def test_a_language_that_cannot_be_spoken_is_told_in_the_reader_s_words(story: Story) -> None:
    directing.instruct(under_way(story).pk, story.agent, {"tlh": "bISuvqang'a'?"})
    for language, sentence in {"en": "This language cannot be spoken here", "fr": "Cette langue"}.items():
        answer = Client(headers={"accept-language": language}).get(told()["sounds"]["tlh"])
        assert (answer.status_code, answer.json()["code"]) == (400, "cannot_say")
        assert answer.json()["message"].startswith(sentence)
        assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_its_crowd_has_threads_of_its_own(story: Story) -> None:
    directing.instruct(under_way(story).pk, story.agent, WORDS)
    assert told()["sounds"]["en"].startswith(CROWDS)


def test_a_sound_that_many_ask_for_at_once_is_made_once() -> None:
    memory, all_are_here, key = SoundMemory(), Barrier(8), (uuid4(), "en")
    made: list[Sound] = []

    def make() -> Sound:
        made.append(Sound(b"RIFF", f"{len(made)}"))
        return made[-1]

    def ask(_: int) -> Sound | Refusal:
        all_are_here.wait(timeout=10)
        return memory.sound(key, make)

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(ask, range(8)))
    assert (len(made), set(found)) == (1, {made[0]})


def test_the_memory_is_bounded_and_keeps_what_was_asked_for_last() -> None:
    memory, keys = SoundMemory(most_bytes=3000), [(uuid4(), "en") for _ in range(4)]
    for key in [*keys[:3], keys[0], keys[3]]:
        memory.sound(key, lambda: Sound(b"x" * 1000, "1"))
    assert (memory.size, len(memory)) == (3000, 3)
    assert [remembers(memory, key) for key in keys] == [True, False, True, True]
    large = (uuid4(), "en")
    memory.sound(large, lambda: Sound(b"x" * 3001, "2"))
    assert not remembers(memory, large), "it would take the place of all others"
    for _number in range(2 * MOST):
        memory.sound((uuid4(), "en"), lambda: Sound(b"", "3"))
    assert len(memory) == MOST
    assert memory.size <= 3000


def test_what_is_remembered_is_forgotten_what_was_refused_sooner() -> None:
    now = 0.0
    memory, heard, unheard = SoundMemory(now=lambda: now), (uuid4(), "en"), (uuid4(), "tlh")

    def refuse() -> Sound:
        raise Refusal("speech_failed", _("There is nothing at this address."), status=Status.UNAVAILABLE)

    memory.sound(heard, lambda: Sound(b"RIFF", "1"))
    assert isinstance(memory.sound(unheard, refuse), Refusal)
    assert isinstance(memory.sound(unheard, lambda: Sound(b"RIFF", "2")), Refusal)
    now = REFUSED_S
    assert isinstance(memory.sound(unheard, lambda: Sound(b"RIFF", "2")), Sound)
    assert remembers(memory, heard)
    now = REFUSED_S + KEPT_S
    assert not remembers(memory, heard)
    assert memory.size == 0


def test_what_fails_by_surprise_is_raised_and_tried_again_by_the_next() -> None:
    memory, key = SoundMemory(), (uuid4(), "en")

    def fail() -> Sound:
        raise OSError("the disk")

    with pytest.raises(OSError, match="the disk"):
        memory.sound(key, fail)
    assert isinstance(memory.sound(key, lambda: Sound(b"RIFF", "1")), Sound)
