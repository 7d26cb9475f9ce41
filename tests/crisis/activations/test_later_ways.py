"""A later way is for who has not answered an earlier one; who has no earlier one is told by it at once."""

from __future__ import annotations

from uuid import uuid4

import pytest

from alerts.channels.base import AnswerKind, Channel, Reply
from alerts.deliveries import replies
from alerts.deliveries.models import Delivery
from crisis.activations import directing
from crisis.activations.models import Activation, Participant
from crisis.plans.content import MessageStep, StepWay
from soc import clock
from soc.people.directory.models import ContactWay, Person, WayKind
from soc.people.rights import Role
from tests.crisis.story import CHOICES, Story, message, words
from tests.factories import MemberFactory, PushSubscriptionFactory

pytestmark = pytest.mark.django_db

GO = words("Go and look.", "Allez voir.")
SMS, CALL = StepWay(channel=Channel.SMS), StepWay(channel=Channel.VOICE, after_s=120)


@pytest.fixture
def story() -> Story:
    return Story()


def landline(story: Story, name: str) -> Person:
    """Somebody whose only number is a fixed line, which takes no SMS."""
    person = story.person(name, "guards")
    ContactWay.objects.filter(person=person).update(sms=False)
    return person


def presses(story: Story, person: Person, key: str) -> None:
    """A person presses a key during the call."""
    number = ContactWay.objects.get(person=person, kind=WayKind.PHONE).address
    replies.take(story.organisation.pk, Channel.VOICE, Reply(str(uuid4()), number, key, clock.now()))
    story.work()


def step(story: Story, *ways: StepWay, choices: bool = True) -> MessageStep:
    return message("go", story.profile("guards"), GO, *ways, choices=CHOICES if choices else ())


@pytest.mark.parametrize("choices", [True, False])
def test_who_has_no_mobile_number_is_called_at_once_and_once(story: Story, choices: bool) -> None:
    mobile, fixed = story.person("Mobile", "guards"), landline(story, "Fixed line")
    story.start(story.plan(step(story, SMS, CALL, choices=choices)))
    story.expect(mobile, Channel.SMS)
    story.expect(fixed, Channel.VOICE)
    story.nothing_more()
    story.after(seconds=119)
    story.nothing_more()
    story.after(seconds=1)
    if choices:
        story.expect(mobile, Channel.VOICE)
    story.nothing_more()
    rows = Delivery.objects.filter(person=fixed).order_by("channel").values_list("channel", "state", "failure")
    assert list(rows) == [("sms", "failed", "no_address"), ("voice", "delivered", "")]


def test_their_answer_counts_as_everybody_s(story: Story) -> None:
    fixed = landline(story, "Fixed line")
    story.start(story.plan(step(story, SMS, CALL, StepWay(channel=Channel.EMAIL, after_s=300))))
    story.expect(fixed, Channel.VOICE)
    ContactWay.objects.create(
        organisation=story.organisation, person=fixed, kind=WayKind.EMAIL, address="fixed@example.org"
    )
    presses(story, fixed, "1")
    assert Participant.objects.get().answer == AnswerKind.SAFE
    story.after(seconds=600)
    story.nothing_more()


def test_who_said_stop_is_called_at_once_too(story: Story) -> None:
    guard = story.person("Guard", "guards")
    assert story.texts(guard, "STOP") is None
    story.start(story.plan(step(story, SMS, CALL)))
    story.expect(guard, Channel.VOICE)
    story.nothing_more()


def test_one_of_the_first_ways_is_enough_to_wait_for_the_later_one(story: Story) -> None:
    member = MemberFactory(organisation=story.organisation, roles=[Role.RESPONDER])
    person = landline(story, "Member")
    Person.objects.filter(pk=person.pk).update(member=member)
    app = StepWay(channel=Channel.APP)
    story.start(story.plan(step(story, SMS, app, CALL)))
    assert {row.channel for row in Delivery.objects.all()} == {"sms", "app"}
    story.after(seconds=120)
    story.expect(person, Channel.VOICE)


def test_push_is_no_way_for_who_has_no_browser_that_shows_it(story: Story) -> None:
    with_it, without = (MemberFactory(organisation=story.organisation, roles=[Role.RESPONDER]) for _ in range(2))
    PushSubscriptionFactory(member=with_it)
    subscribed = story.person("Subscribed", "guards", member=with_it)
    not_so = story.person("Not subscribed", "guards", member=without)
    story.start(story.plan(step(story, StepWay(channel=Channel.PUSH), CALL)))
    called = Delivery.objects.filter(channel="voice")
    assert [row.person for row in called] == [not_so]
    story.after(seconds=120)
    assert {row.person for row in called.all()} == {subscribed, not_so}


def test_the_first_of_several_later_ways_that_is_possible_is_used(story: Story) -> None:
    only_mail = story.person("Only mail", "guards", phone=False)
    ContactWay.objects.create(
        organisation=story.organisation, person=only_mail, kind=WayKind.EMAIL, address="mail@example.org"
    )
    unreachable = story.person("Nobody", "guards", phone=False)
    ways = (StepWay(channel=Channel.EMAIL, after_s=300), StepWay(channel=Channel.VOICE, after_s=120), SMS)
    story.start(story.plan(step(story, *ways)))
    story.expect(only_mail, Channel.EMAIL)
    story.after(seconds=600)
    story.nothing_more()
    assert not Delivery.objects.filter(person=unreachable, state="sent").exists()


def test_who_answered_is_not_called_when_the_step_is_repeated(story: Story) -> None:
    answered, silent = landline(story, "Answered"), landline(story, "Silent")
    activation: Activation = story.start(story.plan(step(story, SMS, CALL)))
    story.expect(answered, Channel.VOICE)
    story.expect(silent, Channel.VOICE)
    presses(story, answered, "1")
    directing.repeat(activation.pk, "go", story.agent)
    story.work()
    story.expect(silent, Channel.VOICE)
    story.after(seconds=120)
    story.nothing_more()
