"""Who gave an instruction: the log, the journal and the instruction itself name them; the plan's own names nobody."""

from __future__ import annotations

import pytest

from crisis.activations import directing
from crisis.activations.kinds import EventKind
from crisis.activations.models import ActivationEvent, Instruction
from crisis.plans.content import InstructionStep
from soc.journal.actions import Action
from soc.journal.models import Entry
from tests.crisis.story import Story

pytestmark = pytest.mark.django_db


def test_the_log_and_the_journal_name_who_spoke_an_instruction() -> None:
    story = Story()
    own = InstructionStep(key="i", name="Inside", words={"en": "Go inside.", "fr": "Rentrez."})
    activation = story.start(story.plan(own))
    directing.instruct(activation.pk, story.agent, {"en": "Stay where you are."})
    lines = ActivationEvent.objects.filter(activation=activation, kind=EventKind.SPOKEN).order_by("id")
    assert [line.member for line in lines] == [None, story.agent]
    assert [one.given_by for one in Instruction.objects.order_by("given_at")] == [None, story.agent]
    told = Entry.objects.filter(action=Action.ACTIVATION_TOLD, actor_id=story.agent.pk)
    assert [entry.details["event"] for entry in told] == ["spoken"]


def test_a_plan_s_instruction_that_was_let_go_by_hand_names_who_did() -> None:
    story = Story()
    own = InstructionStep(key="i", name="Inside", words={"en": "Go inside.", "fr": "Rentrez."}, by_hand=True)
    activation = story.start(story.plan(own))
    directing.release(activation.pk, "i", story.agent)
    story.work()
    assert ActivationEvent.objects.get(kind=EventKind.SPOKEN).member == story.agent
    assert Instruction.objects.get().given_by == story.agent
