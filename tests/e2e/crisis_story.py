"""Plays a crisis on the demo for browser tests (`tests.e2e.backstage` calls these)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from soc.people.models import Site


def make_plan(name: str, people: int) -> str:
    """An approved plan for so many people; its id.

    Everybody is told at once, who does not answer is called; the police is called by a person; two tasks; an instruction.
    """
    from crisis.plans.content import PlanContent
    from crisis.plans.models import Plan, PlanVersion, VersionState
    from soc import clock
    from soc.people.models import Member
    from tests.factories import EmergencyContactFactory

    site = _site()
    staff = _people(site, f"{name}, staff", people, "Staff")
    guards = _people(site, f"{name}, guards", 2, "Guard")
    police = EmergencyContactFactory(
        organisation=site.organisation, site=site, name="Police", number="17", normalised="17"
    )
    choices = [{"key": "1", "kind": "safe"}, {"key": "2", "kind": "help"}, {"key": "3", "kind": "coming"}]
    steps = [
        {
            "kind": "message", "key": "guards", "name": "Guards: go and look", "to": {"groups": [guards]}, "first": True,
            "ways": [{"channel": "sms"}, {"channel": "email"}], "choices": choices,
            "words": _words("Go and look.", "Allez voir."),
        },
        {
            "kind": "message", "key": "staff", "name": "Staff on site: go inside", "to": {"groups": [staff]},
            "ways": [{"channel": "app"}, {"channel": "sms"}], "choices": choices,
            "words": _words("Go inside and close the doors. {exercise}", "Rentrez et fermez les portes. {exercise}"),
        },
        {
            "kind": "instruction", "key": "inside", "name": "Instruction: stay inside",
            "words": {"en": "Stay inside, away from windows.", "fr": "Restez à l’intérieur, loin des fenêtres."},
        },
        {"kind": "emergency", "key": "police", "name": "Police called", "contact": str(police.pk), "how": "sheet"},
        {"kind": "task", "key": "door", "name": "Check door 3", "role": "Guard B", "within_s": 1},
        {"kind": "task", "key": "gate", "name": "Somebody meets the police at the gate", "role": "Guard A", "within_s": 900},
        {
            "kind": "message", "key": "calls", "name": "Calling who has not answered", "to": {"groups": [staff]},
            "ways": [{"channel": "voice"}], "choices": choices, "after": "staff", "delay_s": 1800,
            "unless": {"step": "staff", "needed": 10_000}, "words": _words("Are you safe?", "Êtes-vous en sécurité ?"),
        },
        {
            "kind": "message", "key": "parents", "name": "Families told", "to": {"groups": [guards]}, "by_hand": True,
            "ways": [{"channel": "email"}], "words": _words("Everybody is safe.", "Tout le monde est en sécurité."),
        },
    ]  # fmt: skip
    content = PlanContent.model_validate(
        {"languages": ["en", "fr"], "steps": steps, "stand_down": _words("It is over.", "C’est fini.")}
    )
    author, approver = (Member.objects.get(name=one) for one in ("administrator", "supervisor"))
    plan = Plan.objects.create(organisation=site.organisation, site=site, name=name)
    PlanVersion.objects.create(
        organisation=site.organisation, plan=plan, number=1, state=VersionState.APPROVED, author=author, edited_by=author,
        document=content.model_dump(mode="json"), approved_by=approver, approved_at=clock.now(), digest="0" * 64,
    )  # fmt: skip
    return str(plan.pk)


def ask(plan: str, seconds: int) -> str:
    """Agents are asked, as by a rule that names the plan when it fires; the activation's id."""
    from alerts.models import Alert
    from crisis.activations import starting
    from crisis.activations.kinds import Cause
    from crisis.plans.models import Plan

    quiet()
    found = Plan.objects.get(pk=plan)
    alert = Alert.objects.filter(site=found.site).order_by("-captured_at")[0]
    reason = starting.Reason(Cause.ALERT, f"alert:{alert.pk}", alert)
    return str(starting.ask(found, reason, countdown_s=seconds, starts_when_silent=False, own_people=False).pk)


def quiet() -> None:
    """The demo's own rule may ask about its plan at any moment: from here on it does not.

    What asks is dropped, and what a test left under way because it failed is over: the next one is not its victim.
    """
    from crisis.activations import directing, starting
    from crisis.activations.kinds import ActivationState
    from crisis.activations.models import Activation
    from crisis.plans.models import RulePlan
    from soc.people.models import Member

    RulePlan.objects.all().delete()
    for other in Activation.objects.filter(state=ActivationState.ASKING):
        starting.decide(other.pk, None, go=False)
    for other in Activation.objects.filter(state=ActivationState.RUNNING):
        directing.stand_down(other.pk, Member.objects.get(name="agent"))


def answer(activation: str, name: str, kind: str, place: str = "", words: str = "") -> None:
    """As the answer of an SMS arrives."""
    from alerts.channels.base import AnswerKind, Channel
    from alerts.deliveries import answers
    from alerts.deliveries.models import Message
    from crisis.activations.models import Participant

    who = Participant.objects.select_related("person").get(activation_id=activation, name=name)
    step = "guards" if name.startswith("Guard") else "staff"
    message = Message.objects.get(asker=f"activation:{UUID(activation)}:{step}")
    given = answers.Given(AnswerKind(kind), Channel.SMS, text=words, place=place)
    answers.give(message, who.person, given)


def _words(english: str, french: str) -> dict[str, dict[str, str]]:
    return {"en": {"text": english}, "fr": {"text": french}}


def _people(site: Site, profile: str, count: int, name: str) -> dict[str, str]:
    """People with phones, and their profile as an audience names it."""
    from soc.people.directory.models import ContactWay
    from tests.factories import PersonFactory, ProfileFactory

    known = ContactWay.objects.count()
    made = []
    for number in range(1, count + 1):
        phone = {} if number % 10 == 9 else {"phone": f"+336{40_000_000 + known + number}"}
        language = "fr" if number % 3 == 0 else "en"
        who = {"organisation": site.organisation, "site": site, "display_name": f"{name} {number:03}"}
        made.append(PersonFactory(language=language, **who, **phone))
    found = ProfileFactory(organisation=site.organisation, name=profile, people=made)
    return {"kind": "profile", "profile": str(found.pk)}


def _site() -> Site:
    from detection.models import Camera

    return Camera.objects.select_related("site__organisation").get(name="Forecourt").site
