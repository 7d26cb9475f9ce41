"""The doors to activations: two gestures by one member, decisions, counts that add up, what is refused and journalled."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from rest_framework.test import APIClient

from alerts.channels.base import AnswerKind, Channel
from crisis.activations import starting
from crisis.activations.kinds import Cause
from crisis.activations.models import Activation, ActivationEvent, StartIntent
from crisis.activations.starting import Reason
from crisis.plans.content import Contacting, EmergencyStep, StepWay, TaskStep
from crisis.plans.models import Plan
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.models import Member
from soc.people.rights import Role
from tests.crisis.story import CHOICES, Story, message, words
from tests.factories import EmergencyContactFactory, MemberFactory, SiteFactory

pytestmark = pytest.mark.django_db

GO = words("Go and look.", "Allez voir.")


@pytest.fixture
def story() -> Story:
    return Story()


def client(member: Member, language: str = "en") -> APIClient:
    made = APIClient(headers={"accept-language": language})
    made.force_authenticate(member)
    return made


def post(member: Member, path: str, body: Any = None) -> Any:
    return client(member).post(f"/api/activations/{path}", body or {}, format="json")


def guarded(story: Story) -> Plan:
    for name in ("Guard A", "Guard B"):
        story.person(name, "guards")
    return story.plan(message("go", story.profile("guards"), GO, choices=CHOICES))


def test_two_gestures_start_a_plan_and_the_first_alone_tells_nobody(story: Story) -> None:
    plan = guarded(story)
    prepared = post(story.agent, "prepare/", {"plan": str(plan.pk)})
    assert prepared.status_code == 201
    shown = prepared.json()
    assert (shown["people"], shown["at_once"], shown["channels"], shown["waits"]) == (2, 2, ["sms"], False)
    story.work()
    story.nothing_more()

    started = post(story.agent, "start/", {"intent": shown["intent"], "digest": shown["digest"]})
    assert started.status_code == 201
    assert started.json()["director"]["name"] == "Agent 2"
    again = post(story.agent, "start/", {"intent": shown["intent"], "digest": shown["digest"]})
    assert (again.status_code, again.json()["code"]) == (409, "intent_used")
    assert Activation.objects.count() == 1


def test_a_second_gesture_of_somebody_else_starts_nothing_and_is_journalled(story: Story) -> None:
    plan = guarded(story)
    shown = post(story.agent, "prepare/", {"plan": str(plan.pk)}).json()
    other = MemberFactory(organisation=story.organisation, roles=[Role.SUPERVISOR])
    answer = post(other, "start/", {"intent": shown["intent"], "digest": shown["digest"]})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_gesture")
    assert "Agent 2" in answer.json()["message"]
    assert not Activation.objects.exists()
    entry = Entry.objects.get(action=Action.ACTIVATION_REFUSED)
    assert (entry.actor_id, entry.details["reason"]) == (other.pk, "somebody_else")


def test_a_gesture_too_old_or_about_something_else_starts_nothing(story: Story) -> None:
    plan = guarded(story)
    shown = post(story.agent, "prepare/", {"plan": str(plan.pk)}).json()
    wrong = post(story.agent, "start/", {"intent": shown["intent"], "digest": "0" * 64})
    assert wrong.json()["code"] == "read_again"
    story.after(seconds=31)
    late = post(story.agent, "start/", {"intent": shown["intent"], "digest": shown["digest"]})
    assert late.json()["code"] == "intent_too_old"
    assert not Activation.objects.exists()


@pytest.mark.parametrize("role", [Role.RESPONDER, Role.AUDITOR])
def test_who_may_not_direct_starts_nothing_is_told_so_and_journalled(story: Story, role: Role) -> None:
    plan = guarded(story)
    member = MemberFactory(organisation=story.organisation, roles=[role])
    answer = post(member, "prepare/", {"plan": str(plan.pk)})
    assert (answer.status_code, answer.json()["code"]) == (403, "may_not_start")
    assert not StartIntent.objects.exists()
    assert Entry.objects.get(action=Action.ACTIVATION_REFUSED).actor_id == member.pk


def test_an_agent_of_another_site_cannot_start_it(story: Story) -> None:
    plan = guarded(story)
    elsewhere = MemberFactory(site=SiteFactory(organisation=story.organisation), roles=[Role.AGENT])
    assert post(elsewhere, "prepare/", {"plan": str(plan.pk)}).json()["code"] == "may_not_start"
    assert not Activation.objects.exists()


def test_what_asks_is_started_by_two_gestures_and_names_what_waits(story: Story) -> None:
    plan = story.plan(EmergencyStep(key="police", name="Police", how=Contacting.SHEET))
    reason = Reason(Cause.ALERT, "alert:1", story.alert())
    asked = starting.ask(plan, reason, countdown_s=60, starts_when_silent=False, own_people=False)
    shown = post(story.agent, "prepare/", {"plan": str(plan.pk), "activation": str(asked.pk)}).json()
    assert (shown["services"], shown["waits"]) == (1, True)
    started = post(story.agent, "start/", {"intent": shown["intent"], "digest": shown["digest"]}).json()
    assert (started["id"], started["state"], started["needs_verification"]) == (str(asked.pk), "running", True)
    story.work()
    verified = post(story.agent, f"{asked.pk}/verify/", {"how": "live"}).json()
    assert verified["verified_by"]["name"] == "Agent 2"
    wrong = post(story.agent, f"{asked.pk}/verify/", {"how": "gut feeling"})
    assert wrong.status_code == 400


def test_counts_add_up_to_the_people_of_the_plan(story: Story) -> None:
    people = [story.person(f"Person {number}", "staff") for number in range(6)]
    story.person("No phone", "staff", phone=False)
    ways = (StepWay(channel=Channel.SMS), StepWay(channel=Channel.VOICE))
    activation = story.start(story.plan(message("go", story.profile("staff"), GO, *ways, choices=CHOICES)))
    for person in people[:3]:
        story.texts(person, "1")
    story.texts(people[3], "2 roof")
    story.texts(people[4], "what is going on?")
    view = client(story.agent).get(f"/api/activations/{activation.pk}/").json()
    assert view["answers"] == {"safe": 3, "help": 1, "coming": 0, "other": 1, "none": 1, "not_reached": 1}
    assert sum(view["answers"].values()) == 7
    sms, voice = (one for one in view["reach"] if one["channel"] in ("sms", "voice"))
    assert (sms["delivered"], sms["failed"], sms["no_address"], sms["answers"]) == (6, 0, 1, 5)
    assert (voice["delivered"], voice["failed"], voice["no_address"], voice["answers"]) == (6, 0, 1, 0)
    (call,) = view["help"]
    assert (call["place"], call["words"]) == ("roof", ["2 roof"])
    (step,) = [one for one in view["steps"] if one["key"] == "go"]
    assert (step["people"], step["answered"]) == (7, 5)
    assert view["curve"][-1]["answered"] == 5

    def names(answer: str) -> list[str]:
        found = client(story.agent).get(f"/api/activations/{activation.pk}/people/?answer={answer}").json()
        return [one["person"]["name"] for one in found["results"]]

    assert names("not_reached") == ["No phone"]
    assert names("none") == ["Person 5"]
    assert names("help") == ["Person 3"]


def test_decisions_are_made_by_the_api_and_stand_in_the_log(story: Story) -> None:
    plan = story.plan(
        message("later", story.profile("guards"), GO, delay_s=600), TaskStep(key="gate", name="Gate", role="Agent")
    )
    story.person("Guard A", "guards")
    activation = story.start(plan)
    base = f"{activation.pk}/"
    for path, body in (
        ("steps/later/hold/", None),
        ("steps/later/release/", None),
        ("steps/gate/finish/", {"note": "open"}),
        ("message/", {"words": {"en": {"text": "Stay there."}}, "channels": ["sms"]}),
        ("instruction/", {"words": {"en": "Stay inside."}}),
        ("instruction/again/", None),
        ("notes/", {"text": "The patrol is here.", "place": "North gate"}),
        ("command/", {"director": str(story.agent.pk), "deputy": None}),
    ):
        answer = post(story.agent, base + path, body)
        assert answer.status_code == 200, (path, answer.json())
    story.work()
    seen = client(story.agent).get(f"/api/activations/{activation.pk}/log/").json()["results"]
    kinds = {one["kind"] for one in seen}
    assert kinds >= {"started", "step_held", "step_released", "step_began", "task", "told", "spoken", "note", "command"}
    assert [one["text"] for one in seen if one["kind"] == "note"] == ["The patrol is here."]

    stale = post(story.agent, base + "stand-down/", {"version": 1})
    assert stale.status_code == 409
    version = client(story.agent).get(f"/api/activations/{activation.pk}/").json()["version"]
    ended = post(story.agent, base + "stand-down/", {"version": version}).json()
    assert (ended["state"], ended["ended_by"]["name"], ended["instruction"]) == ("ended", "Agent 2", None)
    assert post(story.agent, base + "steps/later/hold/").json()["code"] == "not_under_way"


def test_a_further_message_with_an_unknown_name_is_refused_in_words(story: Story) -> None:
    activation = story.start(story.plan(TaskStep(key="gate", name="Gate", role="Agent")))
    body = {"words": {"en": {"text": "Go to {sitte}."}}, "channels": ["sms"]}
    answer = post(story.agent, f"{activation.pk}/message/", body)
    assert answer.status_code == 400
    assert "sitte" in str(answer.json()["fields"])
    nonsense = post(story.agent, f"{activation.pk}/message/", {"words": {"en": {"texte": "x"}}, "channels": ["sms"]})
    assert nonsense.status_code == 400


def test_an_instruction_of_the_moment_is_read_by_who_has_a_role_there(story: Story) -> None:
    activation = story.start(story.plan(TaskStep(key="gate", name="Gate", role="Agent")))
    post(story.agent, f"{activation.pk}/instruction/", {"words": {"en": "Stay inside.", "fr": "Restez dedans."}})
    responder = MemberFactory(site=story.site, roles=[Role.RESPONDER])
    elsewhere = MemberFactory(site=SiteFactory(organisation=story.organisation), roles=[Role.RESPONDER])
    (given,) = client(responder).get("/api/me/instructions/").json()
    assert given["words"]["fr"] == "Restez dedans."
    assert client(elsewhere).get("/api/me/instructions/").json() == []


def test_the_log_is_not_written_over(story: Story) -> None:
    story.start(story.plan(TaskStep(key="gate", name="Gate", role="Agent")))
    for change in (lambda: ActivationEvent.objects.update(kind="note"), lambda: ActivationEvent.objects.all().delete()):
        with pytest.raises(IntegrityError, match="not changed"), transaction.atomic():
            change()


def test_the_sheet_of_a_service_is_filled_with_what_is_known(story: Story) -> None:
    police = EmergencyContactFactory(organisation=story.organisation, site=story.site)
    plan = story.plan(
        EmergencyStep(key="police", name="Police", how=Contacting.SHEET, contact=police.pk),
        EmergencyStep(key="nobody", name="Whoever", how=Contacting.SHEET),
    )
    activation = story.start(plan)
    path = f"/api/activations/{activation.pk}/steps"

    sheet = client(story.agent).get(f"{path}/police/sheet/").json()
    assert sheet["contact"] == police.name
    assert any("Campus" in line["text"] for line in sheet["lines"])
    assert any(activation.reference in line["text"] for line in sheet["lines"])
    assert client(story.agent, "fr").get(f"{path}/police/sheet/").json()["language"] == "fr"
    assert client(story.agent).get(f"{path}/nobody/sheet/").status_code == 404
    assert client(story.agent).get(f"{path}/else/sheet/").status_code == 404


def test_in_a_drill_the_sheet_dials_no_emergency_number(story: Story) -> None:
    ambulance = EmergencyContactFactory(organisation=story.organisation, site=story.site, number="15")
    plan = story.plan(EmergencyStep(key="call", name="Ambulance", how=Contacting.SHEET, contact=ambulance.pk))
    activation = story.start(plan, Cause.DRILL, drill=True)
    sheet = client(story.agent).get(f"/api/activations/{activation.pk}/steps/call/sheet/").json()
    assert (sheet["exercise"], sheet["tel"]) == (True, "")
    assert "EXERCISE" in sheet["notice"]


def test_who_has_only_seen_it_is_among_those_who_answered_something_else(story: Story) -> None:
    ana = story.person("Ana", "guards")
    plan = story.plan(message("go", story.profile("guards"), GO, choices=CHOICES))
    activation = story.start(plan)
    activation.participants.filter(person=ana).update(answer=AnswerKind.SEEN)
    path = f"/api/activations/{activation.pk}/"
    assert client(story.agent).get(path).json()["answers"]["other"] == 1
    found = client(story.agent).get(f"{path}people/?answer=other").json()["results"]
    assert [one["person"]["name"] for one in found] == ["Ana"]
