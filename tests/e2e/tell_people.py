"""Tells people of the demo things, as plans do (`tests.e2e.backstage` calls these)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from alerts.channels.base import Channel
    from alerts.deliveries.services import Owed
    from crisis.plans.models import Plan
    from soc.people.directory.models import Person
    from soc.people.models import Member, Site

# Not the demo's own guards, nor their numbers.
WARDENS = ("Warden A", "Warden B")
NUMBER = "+3363991{:04d}"


def message(*, drill: bool = False) -> dict[str, str]:
    """A message with answers to the responder (app, text) and to wardens (text, call, e-mail), who are made the first time."""
    from alerts.channels.base import AnswerKind, Channel
    from alerts.deliveries import links, services
    from alerts.deliveries.models import Delivery
    from alerts.deliveries.texts import Offered, Texts
    from soc.people.models import Site

    site = Site.objects.order_by("name").first()
    assert site is not None
    people = _people(site)
    made = services.message(
        services.Asked(
            organisation=site.organisation_id,
            site=site.pk,
            asker=f"e2e:{uuid4()}",
            texts={
                "en": Texts(
                    subject="Intruder near the lawn",
                    text="An intruder is on the grounds, near the lawn. Guards are on their way.\nStay inside.",
                    short="Intruder near the lawn. Stay inside.",
                    spoken="An intruder is near the lawn. Stay inside.",
                    plain="A stranger is outside. Stay in your room. Close the door.",
                ),
                "fr": Texts(
                    subject="Intrus près de la pelouse",
                    text="Un intrus est sur le site, près de la pelouse. Des agents arrivent.\nRestez à l’intérieur.",
                    short="Intrus près de la pelouse. Restez à l’intérieur.",
                    spoken="Un intrus est près de la pelouse. Restez à l’intérieur.",
                ),
            },
            answers=[
                Offered(key=key, kind=kind, words={})
                for key, kind in (("1", AnswerKind.SAFE), ("2", AnswerKind.HELP), ("3", AnswerKind.COMING))
            ],
            exercise=drill,
        )
    )
    responder = people[0]
    owed = [(responder, Channel.APP, str(responder.member_id)), (responder, Channel.SMS, _number(0))]
    for at, warden in enumerate(people[1:], start=1):
        owed += [(warden, Channel.SMS, _number(at)), (warden, Channel.VOICE, _number(at))]
        owed += [(warden, Channel.EMAIL, f"warden{at}@example.org")]
    services.owe(made, [_owed(person, channel, address) for person, channel, address in owed])
    by_text = Delivery.objects.get(message=made, person=people[1], channel=Channel.SMS)
    return {"reference": made.reference, "token": links.token(by_text.pk), "number": _number(1)}


def crowd(*, drill: bool = False) -> dict[str, str]:
    """Thirty more phones that received a text each."""
    from alerts.channels.base import Channel
    from alerts.deliveries import services
    from alerts.deliveries.texts import Texts
    from soc.people.models import Site
    from tests.factories import PersonFactory

    site = Site.objects.order_by("name").first()
    assert site is not None
    said = Texts(text="Leave by the north gate.", short="Leave by the north gate.", spoken="Leave by the north gate.")
    made = services.message(
        services.Asked(site.organisation_id, site.pk, f"e2e:{uuid4()}", texts={"en": said}, exercise=drill)
    )
    people = [
        PersonFactory(
            organisation=site.organisation, site=site, display_name=f"Volunteer {at:02d}", phone=_number(100 + at)
        )
        for at in range(30)
    ]
    services.owe(made, [_owed(person, Channel.SMS, _number(100 + at)) for at, person in enumerate(people)])
    return {"reference": made.reference}


def instruction(*, drill: bool = False) -> dict[str, str]:
    """A plan is under way, and speaks."""
    from crisis.activations import directing, starting
    from crisis.activations.kinds import Cause
    from crisis.activations.starting import Reason
    from soc.people.models import Member

    agent = Member.objects.get(name="agent")
    activation = starting.start(_plan(agent), Reason(Cause.AGENT, member=agent), drill=drill)
    words = {
        "en": "Go inside. Lock the door. Stay away from windows.",
        "fr": "Rentrez. Fermez la porte à clé. Éloignez-vous des fenêtres.",
    }
    given = directing.instruct(activation.pk, agent, words)
    return {"activation": str(activation.pk), "instruction": str(given.pk)}


def _plan(agent: Member) -> Plan:
    """A plan that somebody else than its author approved; made once. By itself it only asks somebody to open the gate."""
    from crisis.plans.content import PlanContent, TaskStep
    from crisis.plans.models import Plan, PlanVersion, VersionState
    from soc import clock
    from soc.people.models import Member, Site

    site = Site.objects.order_by("name")[0]
    plan, made = Plan.objects.get_or_create(organisation=agent.organisation, site=site, name="Intrusion (browser test)")
    if made:
        author = Member.objects.get(name="administrator")
        content = PlanContent(languages=("en",), steps=(TaskStep(key="gate", name="Open the gate", role="Agent"),))
        PlanVersion.objects.create(
            organisation=agent.organisation,
            plan=plan,
            number=1,
            state=VersionState.APPROVED,
            document=content.model_dump(mode="json"),
            author=author,
            edited_by=author,
            approved_by=Member.objects.get(name="supervisor"),
            approved_at=clock.now(),
            digest="0" * 64,
        )
    return plan


def again(*, drill: bool = False) -> dict[str, str]:
    """The instruction is repeated."""
    from crisis.activations import directing
    from crisis.activations.models import Instruction
    from soc.people.models import Member

    given = Instruction.objects.filter(ended_at=None).select_related("activation").latest("given_at")
    directing.repeat_instruction(given.activation_id, Member.objects.get(name="agent"))
    return {"instruction": str(given.pk)}


def stand_down(*, drill: bool = False) -> dict[str, str]:
    """Whatever is under way ends."""
    from crisis.activations import directing
    from crisis.activations.kinds import ActivationState
    from crisis.activations.models import Activation
    from soc.people.models import Member

    for one in Activation.objects.filter(state=ActivationState.RUNNING):
        directing.stand_down(one.pk, Member.objects.get(name="agent"))
    return {}


def text(*, drill: bool = False) -> dict[str, str]:
    """Texts of a number that two people share: one calls for help, one says nothing that is known."""
    from alerts.channels.base import Channel, Reply
    from alerts.deliveries import replies
    from soc import clock
    from soc.people.directory.models import ContactWay
    from soc.people.models import Site
    from tests.factories import ContactWayFactory

    site = Site.objects.order_by("name").first()
    assert site is not None
    people = _people(site)
    shared = _number(9999)
    if not ContactWay.objects.filter(address=shared).exists():
        for warden in people[1:]:
            ContactWayFactory(organisation=site.organisation, person=warden, address=shared)
    for words in ("what is going on?", "help we are in the cellar"):
        replies.take(site.organisation_id, Channel.SMS, Reply(str(uuid4()), shared, words, clock.now(), ""))
    return {"number": shared}


def _number(at: int) -> str:
    return NUMBER.format(at)


def _people(site: Site) -> list[Person]:
    """The responder of the demo and two wardens, as the directory has them: the wardens are made once."""
    from soc.people.directory.models import ContactWay, Person
    from soc.people.models import Member
    from tests.factories import ContactWayFactory, PersonFactory

    organisation = site.organisation
    responder = Member.objects.get(organisation=organisation, name="responder")
    person, _made = Person.objects.get_or_create(
        organisation=organisation, member=responder, defaults={"display_name": responder.display_name}
    )
    if not ContactWay.objects.filter(organisation=organisation, address=_number(0)).exists():
        ContactWayFactory(organisation=organisation, person=person, address=_number(0))
    people = [person]
    for at, name in enumerate(WARDENS, start=1):
        known = Person.objects.filter(organisation=organisation, display_name=name).first()
        people.append(
            known
            or PersonFactory(
                organisation=organisation,
                site=site,
                display_name=name,
                phone=_number(at),
                email=f"warden{at}@example.org",
            )
        )
    return people


def _owed(person: Person, channel: Channel, address: str) -> Owed:
    from alerts.deliveries.services import Owed

    return Owed(str(person.pk), person.pk, channel, address, person.language or "en")
