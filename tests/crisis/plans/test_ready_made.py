"""The plans that are there to begin with: whole, in each language, addressed so that they work at once."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.utils.translation import override

from alerts.channels.base import Channel
from crisis import templates
from crisis.plans import entered, ready_made, services
from crisis.plans.content import MessageStep, PlanContent
from crisis.plans.holes import holes, stopping
from crisis.plans.models import PlanVersion
from crisis.plans.preview import Example, as_received
from crisis.plans.texts import texts
from soc import clock
from soc.people.rights import Role
from tests.crisis.plans.conftest import RISK, House

KEYS = [one.key for one in ready_made.templates()]
GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà{}[]\\~|^€"
)


def made(house: House, key: str) -> PlanContent:
    content = ready_made.content(key, house.site)
    assert content is not None
    return content


def test_the_usual_risks_are_there_in_each_language_of_the_product() -> None:
    assert set(KEYS) == {"intrusion", "lockdown", "fire", "medical_emergency", "missing_person", "flood"}
    for code, _name in settings.LANGUAGES:
        with override(code):
            for template in ready_made.templates():
                assert code in template.languages
                assert template.name
                assert template.about
    with override("fr"):
        french = {one.name for one in ready_made.templates()}
    with override("en"):
        assert not {"Fire", "Missing person"} & french


@pytest.mark.parametrize("key", KEYS)
def test_a_template_is_a_document_without_holes_but_for_its_risk(house: House, key: str) -> None:
    for role in (Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.RESPONDER):
        house.person(member=house.member(role), email=True)
    version = services.add_plan(house.author, house.site.pk, key, template=key)
    assert [hole.field for hole in stopping(holes(version))] == ["risk"]
    services.save_draft(house.author, version.plan_id, version.document, RISK, edits=1)
    kept = PlanVersion.objects.select_related("organisation", "plan__site").get(pk=version.pk)
    assert holes(kept) == ()
    assert entered.read(kept.document) == kept.content


@pytest.mark.parametrize("key", KEYS)
def test_its_texts_name_only_what_can_be_filled(house: House, key: str) -> None:
    for text in texts(made(house, key)):
        assert templates.check(text.text) == [], text.field


@pytest.mark.parametrize("key", KEYS)
def test_its_first_alarm_asks_for_help_and_says_it_in_plain_words_too(house: House, key: str) -> None:
    content = made(house, key)
    firsts = [step for step in content.messages() if step.first]
    assert firsts
    for step in content.messages():
        for language in content.languages:
            assert language in step.words
            assert all(choice.words[language] for choice in step.choices)
    if key != "flood":
        assert all(words.plain for step in firsts for words in step.words.values())


@pytest.mark.parametrize("key", KEYS)
def test_its_short_texts_are_written_with_what_every_phone_can_show(house: House, key: str) -> None:
    """One letter outside GSM-7 halves the room of a segment."""
    content = made(house, key)
    shorts = [words.short for step in content.messages() for words in step.words.values()]
    shorts += [words.short for words in content.stand_down.values()]
    for short in shorts:
        assert set(short) <= GSM_7, set(short) - GSM_7
        assert len(short) <= 160, short


@pytest.mark.parametrize("key", KEYS)
def test_its_sms_stay_short_once_they_are_filled(house: House, key: str) -> None:
    example = Example("Red Cross", "Europe/Paris", "North campus", "Plan", clock.now(), exercise=True)
    for step in made(house, key).messages():
        assert isinstance(step, MessageStep)
        for language in step.words:
            text = as_received(step, language, Channel.SMS, example).text
            assert len(text) <= 3 * 153 - 40, (step.key, language, len(text))


@pytest.mark.parametrize("key", KEYS)
def test_names_of_steps_are_in_the_organisations_language(house: House, key: str) -> None:
    english = made(house, key)
    house.site.organisation.language = "fr"
    content = made(house, key)
    assert (english.languages, content.languages) == (("en", "fr"), ("fr", "en"))
    assert not {step.name for step in content.steps} & {step.name for step in english.steps}
    for step in content.steps:
        assert not re.search(r"\S [:;?!]", step.name), "French has a space that does not break there"


def test_a_template_that_there_is_not_is_refused(house: House) -> None:
    assert ready_made.content("../settings", house.site) is None
