"""A recording instead of a machine's voice: from the plan or made on the spot, frozen at the start, never silent."""

from __future__ import annotations

import datetime as dt
import io
import wave
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import default_storage
from rest_framework.test import APIClient

from alerts.channels.recordings import selectors, services, sounds
from alerts.channels.recordings.models import SoundRecording
from alerts.channels.voice import speech
from crisis.activations import directing
from crisis.activations.models import Activation, Instruction
from crisis.plans.content import InstructionStep, TaskStep
from crisis.plans.models import Plan, PlanVersion
from soc import clock
from soc.people.models import Member
from soc.people.rights import Role
from soc.refusals import Refusal
from tests.crisis.story import Story
from tests.factories import MemberFactory, SoundRecordingFactory

pytestmark = pytest.mark.django_db
WORDS = {"en": "Stay inside.", "fr": "Restez à l’intérieur."}


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.fixture
def responder(story: Story) -> Member:
    return MemberFactory(site=story.site, roles=[Role.RESPONDER])


def recording(story: Story, language: str = "en") -> SoundRecording:
    return SoundRecordingFactory(site=story.site, language=language, text=WORDS[language])


def planned(story: Story, delay_s: int = 0, **recordings: UUID) -> Plan:
    step = InstructionStep(key="inside", name="Inside", words=WORDS, recordings=recordings, delay_s=delay_s)
    return story.plan(step)


def given(activation: Activation) -> Instruction:
    return Instruction.objects.get(activation=activation, ended_at=None)


def hear(member: Member, of: Instruction, language: str = "en") -> Any:
    client = APIClient(headers={"accept": "*/*"})
    client.force_authenticate(member)
    return client.get(f"/api/me/instructions/{of.pk}/sound/?language={language}")


def frames(data: bytes) -> int:
    with wave.open(io.BytesIO(data)) as file:
        count: int = file.getnframes()
        return count


def test_a_plans_recording_is_heard_and_other_languages_are_spoken(story: Story, responder: Member) -> None:
    made = recording(story)
    spoken = given(story.start(planned(story, en=made.pk)))
    assert hear(responder, spoken).content == selectors.data_of(made)
    assert hear(responder, spoken, "fr").content == speech.speak(WORDS["fr"], "fr")


def test_in_a_drill_the_recording_says_first_that_it_is_one(story: Story, responder: Member) -> None:
    made = recording(story)
    spoken = given(story.start(planned(story, en=made.pk), drill=True))
    data = selectors.data_of(made)
    assert data is not None
    exercise = frames(speech.speak("This is an exercise.", "en"))
    assert frames(hear(responder, spoken).content) == exercise + frames(data)


def test_an_edit_of_the_plan_meanwhile_changes_nothing(story: Story, responder: Member) -> None:
    made, other = recording(story), recording(story)
    plan = planned(story, delay_s=600, en=made.pk)
    activation = story.start(plan)
    document = PlanVersion.objects.get(plan=plan).document
    document["steps"][0]["recordings"] = {"en": str(other.pk)}
    # As a new version would say it; this one cannot be changed, so another is put in its place.
    PlanVersion.objects.filter(plan=plan).update(state="superseded")
    services.remove(MemberFactory(organisation=story.organisation, roles=[Role.ADMINISTRATOR]), made.pk)
    clock.move(dt.timedelta(days=40))
    services.destroy_unused()
    story.work()
    assert hear(responder, given(activation)).content == selectors.data_of(SoundRecording.objects.get(pk=made.pk))


def test_when_it_is_over_the_recording_goes_with_its_time(story: Story) -> None:
    made = recording(story)
    activation = story.start(planned(story, en=made.pk))
    PlanVersion.objects.filter(plan=activation.plan).update(state="superseded")
    services.destroy_unused()
    directing.stand_down(activation.pk, story.agent)
    services.destroy_unused()
    clock.move(dt.timedelta(days=31))
    assert services.destroy_unused() == 1


def test_a_recording_that_was_lost_is_spoken_instead(story: Story, responder: Member) -> None:
    made = recording(story)
    spoken = given(story.start(planned(story, en=made.pk)))
    default_storage.delete(str(made.file.name))
    assert hear(responder, spoken).content == speech.speak(WORDS["en"], "en")


def under_way(story: Story) -> Activation:
    return story.start(story.plan(TaskStep(key="gate", name="Gate", role="Agent")))


def test_who_directs_speaks_with_a_recording_on_the_spot(story: Story, responder: Member) -> None:
    activation, made = under_way(story), recording(story)
    client = APIClient()
    client.force_authenticate(story.agent)
    body = {"words": WORDS, "recordings": {"en": str(made.pk)}}
    answer = client.post(f"/api/activations/{activation.pk}/instruction/", body, format="json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["instruction"]["recorded"] == ["en"]
    spoken = given(activation)
    assert spoken.given_by == story.agent
    assert hear(responder, spoken).content == selectors.data_of(made)


def test_on_the_spot_only_what_can_be_heard_and_read_is_taken(story: Story) -> None:
    activation, made = under_way(story), recording(story)
    stranger = SoundRecordingFactory(text=WORDS["en"])
    refused: list[tuple[dict[str, str], dict[str, UUID], str]] = [
        (WORDS, {"en": uuid4()}, "no_such_recording"),
        (WORDS, {"en": stranger.pk}, "no_such_recording"),
        (WORDS, {"fr": made.pk}, "no_such_recording"),  # it speaks English
        ({"fr": WORDS["fr"]}, {"en": made.pk}, "recording_without_words"),
        ({"en": "  "}, {"en": made.pk}, "nothing_to_say"),
    ]
    for words, recordings, code in refused:
        with pytest.raises(Refusal) as why:
            directing.instruct(activation.pk, story.agent, words, recordings)
        assert why.value.code == code
    assert not Instruction.objects.exists()


def test_the_sounds_of_these_tests_have_the_one_form() -> None:
    assert frames(sounds.wav([b"\x00\x00" * 10])) == 10
