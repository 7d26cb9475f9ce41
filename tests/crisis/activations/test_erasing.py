"""What is kept of plans that are over: no names, numbers and words after the organisation's days; the figures stay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model
from django.utils import translation

from alerts.channels.base import Channel
from alerts.deliveries import tasks as outbox_tasks
from alerts.deliveries.models import Delivery, DeliveryState, Keeping, Message
from crisis.activations import directing, erasing, selectors, tasks
from crisis.activations.models import Activation, HelpCall, Participant, StepRun
from crisis.activations.report import report
from crisis.emergency.models import CapMessage
from crisis.plans.content import InstructionStep, TaskStep
from soc import clock
from soc.journal.actions import Action
from soc.journal.models import Entry
from tests.crisis.story import CHOICES, Story, message, words
from tests.factories import CapMessageFactory

pytestmark = pytest.mark.django_db

NAME, NUMBER, PLACE = "Marie Curie", "+33600000001", "behind the red door"


@pytest.fixture
def story() -> Story:
    return Story()


def ended(story: Story) -> Activation:
    """A plan that ran: told, answered, called for help, ended."""
    marie = story.person(NAME, "staff")
    story.person("No phone", "staff", phone=False)
    activation = story.start(
        story.plan(
            message("in", story.profile("staff"), words("Go inside.", "Rentrez."), choices=CHOICES),
            InstructionStep(key="i", name="Inside", words={"en": "Go inside, {site}.", "fr": "Rentrez."}),
            TaskStep(key="t", name="Gate", role="Agent"),
        )
    )
    story.expect(marie, Channel.SMS)
    story.texts(marie, f"2 {PLACE}")
    call = HelpCall.objects.get(activation=activation)
    directing.take_help(call.pk, story.agent, who="Doctor Pierre", version=call.version)
    directing.finish(activation.pk, "t", story.agent, "Closed by Paul")
    directing.instruct(activation.pk, story.agent, {"en": "Ask Irene at the gate."})
    directing.say(activation.pk, story.agent, words=words("Irene is at the gate.", "Irène."), channels=(Channel.SMS,))
    story.work()
    directing.stand_down(activation.pk, story.agent)
    story.work()
    activation.refresh_from_db()
    return activation


def later(days: float) -> None:
    clock.move(dt.timedelta(days=days))
    tasks.retention()
    outbox_tasks.retention()


def kept_of(said: str) -> set[str]:
    """The tables of messages and plans under way, and of the journal, in which something still stands."""
    labels = ("alerts_deliveries", "channels_simulated", "crisis_activations", "crisis_emergency", "soc_journal")
    models: Iterable[Any] = (
        one for one in apps.get_models() if one._meta.app_label in labels or "simulated" in one._meta.app_label
    )
    return {one.__name__ for one in models if any(said in str(row) for row in one.objects.values_list())}


def figures(activation: Activation) -> dict[str, Any]:
    with translation.override("en"):
        found = report(activation).model_dump(mode="json")
    return {name: found[name] for name in ("answers", "overall", "channels", "groups", "failures")}


def test_a_year_after_its_end_figures_are_left_and_no_name_number_or_word(story: Story) -> None:
    activation = ended(story)
    before = figures(activation)
    assert before["overall"]["answered"] == 1
    said = (NAME, NUMBER, PLACE, "Doctor Pierre", "Closed by Paul", "Irene")
    assert all(kept_of(one) for one in said)
    later(364)
    assert all(kept_of(one) for one in said)

    later(2)
    assert {one: found for one in said if (found := kept_of(one))} == {}
    activation = selectors.activations(story.agent).get(pk=activation.pk)
    assert activation.erased_at is not None
    assert figures(activation) == before
    assert list(selectors.people(activation)) == [], "nobody is listed without a name"
    assert selectors.view(activation).answers.help == 1
    entry = Entry.objects.get(action=Action.ACTIVATION_ERASED)
    assert (entry.subject_id, entry.details["participants_erased"]) == (
        str(activation.pk),
        Participant.objects.count(),
    )
    assert [step.key for step in StepRun.objects.filter(activation=activation, added=True)]
    later(1)
    assert Entry.objects.filter(action=Action.ACTIVATION_ERASED).count() == 1


def test_what_is_under_way_keeps_everything_however_long_it_takes(story: Story) -> None:
    person = story.person(NAME, "staff")
    activation = story.start(
        story.plan(
            message("in", story.profile("staff"), words("Go inside.", "Rentrez."), choices=CHOICES),
            TaskStep(key="t", name="Gate", role="Agent"),
        )
    )
    later(800)
    assert Participant.objects.get().name == NAME
    assert Delivery.objects.get().address == NUMBER
    assert not Message.objects.exclude(erased_at=None).exists()
    story.texts(person, f"2 {activation.reference} {PLACE}")
    directing.stand_down(activation.pk, story.agent)
    story.work()
    later(364)
    assert kept_of(NAME), "its time is counted from its end"
    later(2)
    assert kept_of(NAME) == set()


def test_what_has_not_left_yet_is_waited_for(story: Story) -> None:
    activation = ended(story)
    last = Delivery.objects.filter(address=NUMBER).latest("pk")
    Delivery.objects.filter(pk=last.pk).update(state=DeliveryState.PENDING)
    later(366)
    activation.refresh_from_db()
    assert (activation.erased_at, Participant.objects.filter(name=NAME).exists()) == (None, True)
    Delivery.objects.filter(pk=last.pk).update(state=DeliveryState.FAILED)
    tasks.retention()
    activation.refresh_from_db()
    assert activation.erased_at is not None


def test_the_organisation_s_own_days_hold_for_plans_too(story: Story) -> None:
    ended(story)
    Keeping.objects.create(organisation=story.organisation, days=30)
    later(31)
    assert kept_of(NAME) == set()


def test_a_dropped_one_is_erased_as_well_and_many_people_go_in_batches(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "_ROWS", 3)
    for number in range(10):
        story.person(f"Person {number}", "staff")
    step = message("in", story.profile("staff"), words("Go inside.", "Rentrez."))
    activation = story.start(story.plan(step))
    directing.stand_down(activation.pk, story.agent)
    story.work()
    later(366)
    assert set(Participant.objects.values_list("name", "sms")) == {("", "")}


def test_cap_messages_go_after_the_same_time_once_they_have_run_out(story: Story) -> None:
    def made(**more: Any) -> CapMessage:
        message: Model = CapMessageFactory(organisation=story.organisation, **more)
        assert isinstance(message, CapMessage)
        return message

    over, holds = made(), made(expires_at=clock.now() + dt.timedelta(days=900))
    later(366)
    assert list(CapMessage.objects.all()) == [holds]
    assert over.pk != holds.pk
    assert Entry.objects.get(action=Action.CAP_ERASED).details["messages"] == 1
