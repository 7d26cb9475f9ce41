"""A crisis told as what people receive: who gets what, when, and nothing else.

The clock is moved, the engine and the senders do what is due, and each message that arrived must be expected: one that nobody
expected fails the test at `nothing_more`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from alerts.channels.base import AnswerKind, Channel, Reply
from alerts.channels.simulated.models import SimulatedMessage
from alerts.deliveries import claiming, replies, sender
from alerts.deliveries.models import Answer, Incoming
from alerts.models import Alert
from crisis.activations import engine, starting
from crisis.activations.kinds import Cause
from crisis.activations.models import Activation, StepRun
from crisis.activations.starting import Reason
from crisis.plans.content import Audience, Choice, MessageStep, OfProfile, PlanContent, StepWay, Words
from crisis.plans.models import Plan, PlanVersion, VersionState
from soc import clock
from soc.people.directory.models import ContactWay, Person, PersonProfile, Profile, WayKind
from soc.people.models import Member, Organisation, Site
from soc.people.rights import Role
from tests.factories import (
    AlertFactory,
    CameraFactory,
    MemberFactory,
    OrganisationFactory,
    PersonFactory,
    RuleFactory,
    SiteFactory,
)

CHOICES = (
    Choice(key="1", kind=AnswerKind.SAFE, words={"en": "safe", "fr": "en sécurité"}),
    Choice(key="2", kind=AnswerKind.HELP, words={"en": "help", "fr": "aide"}),
)
STAND_DOWN = {"en": Words(text="It is over."), "fr": Words(text="C'est fini.")}


def words(english: str, french: str) -> dict[str, Words]:
    """A message in both languages."""
    return {"en": Words(text=english), "fr": Words(text=french)}


@dataclass
class Story:
    """An organisation with a site, an agent who directs, and people with phones."""

    organisation: Organisation = field(default_factory=lambda: OrganisationFactory(name="North Campus"))
    site: Site = field(init=False)
    agent: Member = field(init=False)
    _numbers: int = 0
    _read: set[Any] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.site = SiteFactory(organisation=self.organisation, name="Campus")
        self.agent = MemberFactory(organisation=self.organisation, roles=[Role.AGENT], display_name="Agent 2")

    def person(
        self,
        name: str,
        *profiles: str,
        language: str = "en",
        phone: bool = True,
        member: Member | None = None,
        **more: Any,
    ) -> Person:
        """Somebody with a phone, in profiles that are made when they are first named."""
        person = PersonFactory(
            organisation=self.organisation, display_name=name, language=language, member=member, site=self.site, **more
        )
        if phone:
            self._numbers += 1
            ContactWay.objects.create(
                organisation=self.organisation,
                person=person,
                kind=WayKind.PHONE,
                address=f"+336{self._numbers:08d}",
            )
        for profile in profiles:
            found, _made = Profile.objects.get_or_create(organisation=self.organisation, name=profile)
            PersonProfile.objects.create(organisation=self.organisation, person=person, profile=found)
        return person

    def profile(self, name: str) -> Audience:
        """The people of a profile."""
        found, _made = Profile.objects.get_or_create(organisation=self.organisation, name=name)
        return Audience(groups=(OfProfile(profile=found.pk),))

    def plan(self, *steps: Any, stand_down: Mapping[str, Words] = STAND_DOWN, **more: Any) -> Plan:
        """An approved plan of these steps."""
        content = PlanContent(languages=("en", "fr"), steps=steps, stand_down=stand_down, **more)
        plan = Plan.objects.create(organisation=self.organisation, site=self.site, name=f"Plan {uuid4()}")
        author = MemberFactory(organisation=self.organisation, roles=[Role.ADMINISTRATOR])
        PlanVersion.objects.create(
            organisation=self.organisation,
            plan=plan,
            number=1,
            state=VersionState.APPROVED,
            document=content.model_dump(mode="json"),
            author=author,
            edited_by=author,
            approved_by=MemberFactory(organisation=self.organisation, roles=[Role.SUPERVISOR]),
            approved_at=clock.now(),
            digest="0" * 64,
        )
        return plan

    def alert(self) -> Alert:
        """A camera's alert at the site."""
        camera = CameraFactory(site=self.site, name="Forecourt")
        return AlertFactory(rule=RuleFactory(camera=camera), area_name="Lawn")

    def start(self, plan: Plan, cause: Cause = Cause.AGENT, **more: Any) -> Activation:
        """The agent starts it, and what is due at once is done."""
        alert = more.pop("alert", None)
        activation = starting.start(plan, Reason(cause, alert=alert, member=self.agent), **more)
        self.work()
        return activation

    def after(self, **times: float) -> None:
        """Time passes, and what is due is done."""
        clock.move(dt.timedelta(**times))
        self.work()

    def work(self) -> None:
        """What responders do, until nothing is due."""
        for _ in range(200):
            done = engine.advance()
            waiting = claiming.due()
            for lane in {one.lane for one in waiting}:
                done += sender.send_some(lane, [one for one in waiting if one.lane == lane])
            if not done:
                return
        raise AssertionError("Something is due again and again.")

    def expect(self, person: Person, channel: Channel, *parts: str) -> SimulatedMessage:
        """Exactly one message came for a person by a channel, with these parts in it."""
        arrived = [one for one in self._arrived() if one.channel == channel and one.to in self._addresses(person)]
        assert len(arrived) == 1, f"{person} should have one {channel.value}, but has {[one.text for one in arrived]}"
        self._read.add(arrived[0].pk)
        for part in parts:
            assert part in arrived[0].text, f"“{part}” is not in “{arrived[0].text}”"
        return arrived[0]

    def nothing_more(self) -> None:
        """Nobody got anything else."""
        rest = [f"{one.channel} to {one.to}: {one.text}" for one in self._arrived()]
        assert not rest, rest

    def texts(self, person: Person, text: str, *, key: str = "", in_reply_to: str = "") -> Answer | Incoming | None:
        """A person answers by SMS."""
        (number, *_) = self._addresses(person)
        reply = Reply(key or str(uuid4()), number, text, clock.now(), in_reply_to)
        taken = replies.take(self.organisation.pk, Channel.SMS, reply)
        self.work()
        return taken

    def step(self, activation: Activation, key: str) -> StepRun:
        """A step as it stands now."""
        return StepRun.objects.get(activation=activation, key=key)

    def _arrived(self) -> list[SimulatedMessage]:
        rows = SimulatedMessage.objects.filter(organisation=self.organisation).exclude(pk__in=self._read)
        return list(rows.order_by("at"))

    def _addresses(self, person: Person) -> list[str]:
        ways = list(ContactWay.objects.filter(person=person).values_list("address", flat=True))
        return [*ways, str(person.member_id)]


def message(key: str, to: Audience, said: Mapping[str, Words], *ways: StepWay, **more: Any) -> MessageStep:
    """A message step: by SMS when no way is named."""
    return MessageStep(key=key, name=key, to=to, ways=ways or (StepWay(channel=Channel.SMS),), words=said, **more)
