"""Plans under way, told as what people receive."""

from __future__ import annotations

import datetime as dt

import pytest

from alerts.channels.base import AnswerKind, Channel
from alerts.deliveries.models import Delivery, Incoming
from crisis.activations import directing, engine, selectors, starting
from crisis.activations.kinds import ActivationState, Cause, EventKind, HelpState, StepState, VerifiedHow
from crisis.activations.models import Activation, ActivationEvent, HelpCall, Instruction, Participant
from crisis.activations.starting import Reason
from crisis.plans.content import (
    Audience,
    Contacting,
    EmergencyStep,
    InstructionStep,
    OfRole,
    StepWay,
    TaskStep,
    ThesePeople,
    Unanswered,
    Whom,
)
from crisis.plans.models import PlanVersion
from soc import clock
from soc.broadcast.models import FeedEvent
from soc.people.directory.models import ContactWay, ListEntry, PersonList
from soc.people.rights import Role
from soc.refusals import Refusal
from tests.crisis.story import CHOICES, Story, message, words
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db

GO = words("Intruder near {zone}. Go and look.", "Intrus près de {zone}. Allez voir.")
CALL = words("Nobody has answered yet. Go and look.", "Personne n'a encore répondu. Allez voir.")
INSIDE = words("Go inside.", "Rentrez.")


@pytest.fixture
def story() -> Story:
    return Story()


def test_who_does_not_answer_is_called_and_an_answer_ends_it(story: Story) -> None:
    guard = story.person("Guard A", "guards")
    plan = story.plan(
        message("go", story.profile("guards"), GO, choices=CHOICES),
        message(
            "call",
            story.profile("guards"),
            CALL,
            StepWay(channel=Channel.VOICE),
            after="go",
            delay_s=120,
            unless=Unanswered(step="go"),
            choices=CHOICES,
        ),
    )
    activation = story.start(plan, Cause.ALERT, alert=story.alert())
    story.expect(guard, Channel.SMS, "Intruder near Lawn.", "1 safe, 2 help.", f"[{activation.reference}]")
    story.after(seconds=119)
    story.nothing_more()
    story.after(seconds=1)
    story.expect(guard, Channel.VOICE, "Nobody has answered yet.", "Press 1: safe.")
    story.texts(guard, "1")
    assert Participant.objects.get().answer == AnswerKind.SAFE
    story.after(hours=2)
    story.nothing_more()


def test_who_answered_in_time_is_not_called(story: Story) -> None:
    guard, other = story.person("Guard A", "guards"), story.person("Guard B", "guards")
    plan = story.plan(
        message(
            "go", story.profile("guards"), GO, StepWay(channel=Channel.SMS), StepWay(channel=Channel.VOICE, after_s=60),
            choices=CHOICES,
        )
    )  # fmt: skip
    story.start(plan)
    story.expect(guard, Channel.SMS)
    story.expect(other, Channel.SMS)
    story.texts(guard, "1 safe")
    story.after(seconds=60)
    story.expect(other, Channel.VOICE, "Intruder near (not known). Go and look.")
    story.nothing_more()


def test_everybody_reads_and_hears_their_own_language(story: Story) -> None:
    marie, john = story.person("Marie", "staff", language="fr"), story.person("John", "staff", language="en")
    boris = story.person("Boris", "staff", language="bg")
    story.start(story.plan(message("in", story.profile("staff"), INSIDE, choices=CHOICES)))
    story.expect(marie, Channel.SMS, "Rentrez.", "1 en sécurité, 2 aide.")
    story.expect(john, Channel.SMS, "Go inside.", "1 safe")
    story.expect(boris, Channel.SMS, "Go inside.")
    story.nothing_more()


def test_a_delayed_step_fires_once_and_on_time_whatever_restarts(story: Story) -> None:
    guard = story.person("Guard A", "guards")
    activation = story.start(story.plan(message("later", story.profile("guards"), GO, delay_s=600)))
    story.after(seconds=599)
    story.nothing_more()
    story.after(seconds=1)
    story.expect(guard, Channel.SMS)
    for _ in range(3):
        assert engine.advance() == 0
        story.after(minutes=10)
    story.nothing_more()
    began = ActivationEvent.objects.filter(activation=activation, kind=EventKind.STEP_BEGAN)
    assert began.count() == 1


def test_a_call_for_help_is_told_raised_and_never_swallowed(story: Story) -> None:
    helper = story.person("Helper", "first aid", language="fr")
    staff = story.person("Anna", "staff")
    plan = story.plan(
        message("in", story.profile("staff"), INSIDE, choices=CHOICES), help_to=story.profile("first aid")
    )
    activation = story.start(plan)
    story.expect(staff, Channel.SMS)

    story.texts(staff, "2 room 204", key="a")
    story.expect(helper, Channel.SMS, "Anna a besoin d’aide", "room 204")
    counts = selectors.answer_counts(activation)
    assert (counts.help, counts.none) == (1, 0), "who is only told whom to help is not asked how they are"
    call = HelpCall.objects.get()
    assert (call.state, call.calls, call.place) == (HelpState.OPEN, 1, "room 204")

    story.texts(staff, "2 room 204", key="a")  # the network told it twice
    assert HelpCall.objects.get().calls == 1

    taken = directing.take_help(call.pk, story.agent, who="Guard A", version=call.version)
    story.texts(staff, "please, help, the door is blocked")
    call.refresh_from_db()
    assert (call.calls, call.state) == (2, HelpState.TAKEN)
    with pytest.raises(Refusal, match="changed_meanwhile"):
        directing.close_help(call.pk, story.agent, version=taken.version)

    directing.close_help(call.pk, story.agent, version=call.version)
    story.texts(staff, "2")
    assert HelpCall.objects.filter(activation=activation, state=HelpState.OPEN).count() == 1
    helps = FeedEvent.objects.filter(kind="activation.help").count()
    assert helps == 5, "each call and each change of one is told"


def test_what_was_said_last_counts_and_a_late_answer_does_not_overtake(story: Story) -> None:
    anna = story.person("Anna", "staff")
    story.start(story.plan(message("in", story.profile("staff"), INSIDE, choices=CHOICES)))
    story.texts(anna, "2 stairs")
    story.after(minutes=5)
    story.texts(anna, "1")
    assert Participant.objects.get(person=anna).answer == AnswerKind.SAFE
    assert HelpCall.objects.get().state == HelpState.OPEN, "an agent closes it, not a later word"


def test_an_answer_may_come_before_its_receipt_and_by_reference_alone(story: Story) -> None:
    anna = story.person("Anna", "staff")
    activation = story.start(story.plan(message("in", story.profile("staff"), INSIDE, choices=CHOICES)))
    Delivery.objects.update(state="sending", sent_at=None)
    story.texts(anna, f"{activation.reference} 1")
    assert Participant.objects.get().answer == AnswerKind.SAFE


def test_an_edit_of_the_plan_changes_nothing_that_is_under_way(story: Story) -> None:
    guard = story.person("Guard A", "guards")
    plan = story.plan(message("later", story.profile("guards"), GO, delay_s=60))
    story.start(plan)
    version = PlanVersion.objects.get()
    PlanVersion.objects.filter(pk=version.pk).update(state="superseded")
    ContactWay.objects.filter(person=guard).update(address="+33799999999")
    guard.language = "fr"
    guard.save()
    story.after(seconds=60)
    (sent,) = Delivery.objects.all()
    assert sent.address == "+33600000001"
    assert sent.language == "en"


def test_a_second_activation_runs_beside_the_first(story: Story) -> None:
    guard = story.person("Guard A", "guards")
    plan = story.plan(message("go", story.profile("guards"), GO, choices=CHOICES))
    first = story.start(plan)
    story.expect(guard, Channel.SMS, f"[{first.reference}]")
    second = story.start(plan)
    story.expect(guard, Channel.SMS, f"[{second.reference}]")
    assert [first.number, second.number] == [1, 2]
    story.texts(guard, f"1 {first.reference}")
    assert Participant.objects.get(activation=first).answer == AnswerKind.SAFE
    assert Participant.objects.get(activation=second).answer == ""
    story.texts(guard, "2")
    assert Participant.objects.get(activation=second, person=guard).answer == AnswerKind.HELP


def test_escalation_to_an_empty_group_still_reaches_somebody(story: Story) -> None:
    boss = MemberFactory(organisation=story.organisation, roles=[Role.SUPERVISOR])
    person = story.person("Supervisor 1", member=boss)
    plan = story.plan(message("go", story.profile("nobody has it"), GO, StepWay(channel=Channel.SMS), choices=CHOICES))
    activation = story.start(plan)
    story.expect(person, Channel.SMS, "Go and look.")
    assert story.step(activation, "go").fell_back
    assert ActivationEvent.objects.filter(kind=EventKind.FELL_BACK).exists()


def test_stop_is_respected_but_the_call_is_still_made(story: Story) -> None:
    guard = story.person("Guard A", "guards")
    ways = (StepWay(channel=Channel.SMS), StepWay(channel=Channel.VOICE))
    plan = story.plan(message("go", story.profile("guards"), GO, *ways, choices=CHOICES, delay_s=60))
    story.start(plan)
    assert story.texts(guard, "STOP") is None
    story.after(seconds=60)
    story.expect(guard, Channel.VOICE)
    story.nothing_more()
    assert Delivery.objects.get(channel="sms").failure == "no_address"


def test_after_a_camera_s_alert_emergency_services_wait_for_an_agent_s_word(story: Story) -> None:
    story.person("Guard A", "guards")
    police = EmergencyStep(key="police", name="Police", how=Contacting.SHEET)
    activation = story.start(story.plan(police), Cause.ALERT, alert=story.alert())
    assert story.step(activation, "police").state == StepState.UNVERIFIED
    directing.release(activation.pk, "police", story.agent)
    story.work()
    assert story.step(activation, "police").state == StepState.UNVERIFIED, "no hand lets it go before"
    directing.verify(activation.pk, story.agent, VerifiedHow.LIVE)
    story.work()
    assert story.step(activation, "police").state == StepState.RUNNING
    directing.finish(activation.pk, "police", story.agent, "22/1183")
    assert story.step(activation, "police").state == StepState.DONE
    with pytest.raises(Refusal, match="verified_already"):
        directing.verify(activation.pk, story.agent, VerifiedHow.CALL)


def test_a_person_s_call_needs_no_verification(story: Story) -> None:
    police = EmergencyStep(key="police", name="Police", how=Contacting.SHEET)
    activation = story.start(story.plan(police), Cause.PERSON)
    assert story.step(activation, "police").state == StepState.RUNNING


def test_a_rule_asks_with_a_countdown_and_starts_when_nobody_answers(story: Story) -> None:
    guard = story.person("Guard A", "guards")
    plan = story.plan(message("go", story.profile("guards"), GO, choices=CHOICES))
    alert = story.alert()
    reason = Reason(Cause.ALERT, f"alert:{alert.pk}", alert)
    asked = starting.ask(plan, reason, countdown_s=60, starts_when_silent=True, own_people=False)
    again = starting.ask(plan, reason, countdown_s=60, starts_when_silent=True, own_people=False)
    assert asked.pk == again.pk, "one alert starts a plan once"
    story.after(seconds=59)
    story.nothing_more()
    story.after(seconds=1)
    story.expect(guard, Channel.SMS, "Lawn")
    with pytest.raises(Refusal, match="decided_already"):
        starting.decide(asked.pk, story.agent, go=False)


def test_a_rule_s_plan_can_be_dropped_and_then_tells_nobody(story: Story) -> None:
    story.person("Guard A", "guards")
    plan = story.plan(message("go", story.profile("guards"), GO))
    asked = starting.ask(plan, Reason(Cause.ALERT), countdown_s=60, starts_when_silent=True, own_people=False)
    starting.decide(asked.pk, story.agent, go=False)
    story.after(hours=1)
    story.nothing_more()
    assert Activation.objects.get().state == ActivationState.DROPPED


def test_own_people_are_told_while_agents_are_asked_and_not_twice(story: Story) -> None:
    guard = story.person("Guard A", "guards")
    neighbour = story.person("Neighbour", "guards", inside=False)
    plan = story.plan(
        message("go", story.profile("guards"), GO, choices=CHOICES),
        message(
            "call", story.profile("guards"), CALL, StepWay(channel=Channel.VOICE), after="go", delay_s=60,
            unless=Unanswered(step="go"),
        ),
    )  # fmt: skip
    asked = starting.ask(plan, Reason(Cause.ALERT), countdown_s=60, starts_when_silent=False, own_people=True)
    story.work()
    story.expect(guard, Channel.SMS)
    story.nothing_more()
    story.texts(guard, "1")
    starting.decide(asked.pk, story.agent, go=True)
    story.work()
    story.expect(neighbour, Channel.SMS)
    story.after(minutes=2)
    story.nothing_more()


def test_a_stand_down_tells_only_who_was_reached(story: Story) -> None:
    guard = story.person("Guard A", "guards")
    without = story.person("No phone", "guards", phone=False)
    story.person("Later", "staff")
    plan = story.plan(
        message("go", story.profile("guards"), GO, choices=CHOICES),
        message("in", story.profile("staff"), INSIDE, delay_s=300),
    )
    activation = story.start(plan)
    story.expect(guard, Channel.SMS)
    directing.stand_down(activation.pk, story.agent)
    story.work()
    story.expect(guard, Channel.SMS, "It is over.")
    story.after(hours=1)
    story.nothing_more()
    assert story.step(activation, "in").state == StepState.CANCELLED
    assert not Delivery.objects.filter(person=without, state="sent").exists()
    with pytest.raises(Refusal, match="not_under_way"):
        directing.stand_down(activation.pk, story.agent)


def test_a_drill_says_so_everywhere_and_reaches_only_the_chosen(story: Story) -> None:
    guard, other = story.person("Guard A", "guards", language="fr"), story.person("Guard B", "guards")
    plan = story.plan(message("go", story.profile("guards"), GO))
    activation = story.start(plan, Cause.DRILL, drill=True, chosen=[guard.pk])
    story.expect(guard, Channel.SMS, "EXERCICE")
    story.nothing_more()
    directing.stand_down(activation.pk, story.agent)
    story.work()
    story.expect(guard, Channel.SMS, "EXERCICE", "C'est fini.")
    assert not Participant.objects.filter(person=other).exists()


def test_a_held_step_waits_and_goes_when_it_is_let_go(story: Story) -> None:
    guard = story.person("Guard A", "guards")
    plan = story.plan(
        message("go", story.profile("guards"), GO, delay_s=60), TaskStep(key="t", name="Gate", role="Agent")
    )
    activation = story.start(plan)
    directing.hold(activation.pk, "go", story.agent)
    story.after(hours=1)
    story.nothing_more()
    directing.release(activation.pk, "go", story.agent)
    story.work()
    story.expect(guard, Channel.SMS)
    with pytest.raises(Refusal, match="step_not_ahead"):
        directing.hold(activation.pk, "go", story.agent)


def test_escalating_now_does_not_wait_and_a_repeat_goes_to_who_has_not_answered(story: Story) -> None:
    guard, other = story.person("Guard A", "guards"), story.person("Guard B", "guards")
    plan = story.plan(
        message("go", story.profile("guards"), GO, choices=CHOICES),
        message(
            "call",
            story.profile("guards"),
            CALL,
            StepWay(channel=Channel.VOICE),
            delay_s=600,
            unless=Unanswered(step="go"),
        ),
    )
    activation = story.start(plan)
    story.expect(guard, Channel.SMS)
    story.expect(other, Channel.SMS)
    story.texts(guard, "1")
    directing.repeat(activation.pk, "go", story.agent)
    story.work()
    story.expect(other, Channel.SMS)
    directing.release(activation.pk, "call", story.agent)
    story.work()
    story.expect(guard, Channel.VOICE)
    story.expect(other, Channel.VOICE)
    story.nothing_more()


def test_a_further_message_goes_to_everybody_or_to_some(story: Story) -> None:
    guard, anna = story.person("Guard A", "guards"), story.person("Anna", "staff")
    plan = story.plan(
        message("go", story.profile("guards"), GO, delay_s=3600),
        message("in", story.profile("staff"), INSIDE, delay_s=3600),
    )
    activation = story.start(plan)
    said = words("The gate is open {", "La grille est ouverte")
    directing.say(activation.pk, story.agent, words=said, channels=(Channel.SMS,))
    story.work()
    story.expect(guard, Channel.SMS, "The gate is open")
    story.expect(anna, Channel.SMS, "The gate is open")
    only = Audience(groups=(ThesePeople(people=(anna.pk,)),))
    directing.say(activation.pk, story.agent, words=said, channels=(Channel.SMS,), to=only)
    story.work()
    story.expect(anna, Channel.SMS)
    story.nothing_more()


def test_an_instruction_is_spoken_again_as_often_as_it_says(story: Story) -> None:
    step = InstructionStep(
        key="i", name="Inside", words={"en": "Go inside, {site}.", "fr": "Rentrez."}, again_every_s=120, times=3
    )
    story.start(story.plan(step))
    for _ in range(5):
        story.after(seconds=120)
    events = list(FeedEvent.objects.filter(kind="instruction.given").order_by("number"))
    assert [event.payload["again"] for event in events] == [False, True, True]
    assert events[0].payload["words"]["en"] == "Go inside, Campus."
    assert Instruction.objects.get().ended_at is None, "it stays on screen until another or the end"


def test_inside_and_outside_and_lists(story: Story) -> None:
    staff, parent = story.person("Anna", "school"), story.person("Parent", "school", inside=False)
    listed = PersonList.objects.create(organisation=story.organisation, name="Cell")
    ListEntry.objects.create(organisation=story.organisation, list=listed, person=staff)
    outside = story.profile("school").model_copy(update={"whom": Whom.OUTSIDE})
    story.start(story.plan(message("out", outside, INSIDE)))
    story.expect(parent, Channel.SMS)
    story.nothing_more()


def test_command_is_handed_over_only_to_who_may_direct(story: Story) -> None:
    activation = story.start(story.plan(TaskStep(key="t", name="Gate", role="Agent")))
    assert activation.director == story.agent
    supervisor = MemberFactory(organisation=story.organisation, roles=[Role.SUPERVISOR])
    responder = MemberFactory(organisation=story.organisation, roles=[Role.RESPONDER])
    directing.command(activation.pk, story.agent, director=supervisor, deputy=story.agent)
    with pytest.raises(Refusal, match="may_not_direct"):
        directing.command(activation.pk, story.agent, director=responder, deputy=None)
    activation.refresh_from_db()
    assert (activation.director, activation.deputy) == (supervisor, story.agent)


def test_a_reply_of_nobody_s_is_shown_to_an_agent(story: Story) -> None:
    stranger = story.person("Stranger")
    taken = story.texts(stranger, "help me")
    assert isinstance(taken, Incoming)
    assert taken.kind == AnswerKind.HELP


def test_a_plan_that_nobody_approved_does_not_start(story: Story) -> None:
    plan = story.plan()
    PlanVersion.objects.update(state="superseded")
    with pytest.raises(Refusal, match="plan_not_approved"):
        story.start(plan)
    assert clock.now() - dt.timedelta(0) is not None
    assert not Activation.objects.exists()


def test_who_has_a_role_here_is_told_by_the_app(story: Story) -> None:
    story.person("Agent 2", member=story.agent, phone=False)
    audience = Audience(groups=(OfRole(role=Role.AGENT),))
    story.start(story.plan(message("go", audience, GO, StepWay(channel=Channel.APP), choices=CHOICES)))
    (row,) = Delivery.objects.all()
    assert (row.channel, row.address, row.state) == ("app", str(story.agent.pk), "sent")
