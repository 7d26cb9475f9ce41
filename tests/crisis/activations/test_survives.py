"""A real worker is killed, the broker and the database go away: nobody is left out, nobody gets two, nothing fires twice."""

from __future__ import annotations

import random
import time
from functools import partial

import pytest
from django.db import connection

from alerts.channels.base import Channel
from alerts.channels.simulated.models import SimulatedMessage
from alerts.deliveries import services
from alerts.deliveries.models import Attempt, Delivery, DeliveryState, Outcome, Priority
from alerts.deliveries.sender import THREADS
from alerts.deliveries.texts import Texts
from crisis.activations import starting
from crisis.activations.kinds import Cause, EventKind, StepState
from crisis.activations.models import ActivationEvent, StepRun
from crisis.activations.starting import Reason
from crisis.plans.models import Plan
from soc.people.directory.models import ContactWay, Person, PersonProfile, Profile, WayKind
from tests.crisis.story import CHOICES, Story, message, words
from tests.system import System, until

pytestmark = pytest.mark.django_db(transaction=True)

GO = words("Go inside.", "Rentrez.")
CROWD = 2000
KILLS = 4


def crowd(story: Story, count: int) -> None:
    """People with phones, in one profile."""
    profile = Profile.objects.create(organisation=story.organisation, name="crowd")
    people = Person.objects.bulk_create(
        Person(organisation=story.organisation, display_name=f"Person {number}", site=story.site)
        for number in range(count)
    )
    ContactWay.objects.bulk_create(
        ContactWay(organisation=story.organisation, person=person, kind=WayKind.PHONE, address=f"+337{number:08d}")
        for number, person in enumerate(people)
    )
    PersonProfile.objects.bulk_create(
        PersonProfile(organisation=story.organisation, person=person, profile=profile) for person in people
    )


def run(story: Story, plan: Plan) -> None:
    starting.start(plan, Reason(Cause.AGENT, member=story.agent))


def sent() -> int:
    return SimulatedMessage.objects.count()


def have_left(wanted: int) -> bool:
    return sent() >= wanted


def expire_claims() -> None:
    """What a dead sender held goes on at once: the minute that its claims last is not what is tested."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE alerts_deliveries_delivery SET claimed_until = now() WHERE state IN ('claimed', 'sending')"
        )


def test_a_worker_killed_in_a_fan_out_leaves_nobody_out_and_nobody_with_two(system: System) -> None:
    story = Story()
    crowd(story, CROWD)
    run(story, story.plan(message("in", story.profile("crowd"), GO, choices=CHOICES)))
    dice = random.Random(4)
    for part in range(1, KILLS + 1):
        worker = system.responder()
        wanted = CROWD * part // (KILLS + 1)
        until(partial(have_left, wanted), f"{wanted} have left", 120)
        time.sleep(dice.random() / 20)  # at any instruction
        worker.kill()
        expire_claims()
    system.responder()
    until(lambda: Delivery.objects.filter(state=DeliveryState.DELIVERED).count() == CROWD, "everybody has it", 120)

    tried_twice = set(Attempt.objects.filter(outcome=Outcome.LOST).values_list("delivery", flat=True))
    assert len(tried_twice) <= THREADS * KILLS, "only what was in mid-send"
    for delivery in Delivery.objects.exclude(pk__in=tried_twice):
        assert delivery.tries == 1
    assert Delivery.objects.count() == CROWD
    assert SimulatedMessage.objects.values("to").distinct().count() == CROWD
    assert StepRun.objects.get(key="in").state == StepState.DONE
    assert ActivationEvent.objects.filter(kind=EventKind.STEP_BEGAN).count() == 1


def test_without_a_broker_what_is_due_leaves(broken_broker: System) -> None:
    story = Story()
    crowd(story, 20)
    run(story, story.plan(message("in", story.profile("crowd"), GO)))
    until(lambda: sent() == 20, "they have left without a broker")


def test_a_database_that_goes_away_for_a_moment_delays_and_loses_nothing(system: System) -> None:
    story = Story()
    crowd(story, 300)
    run(story, story.plan(message("in", story.profile("crowd"), GO)))
    system.responder()
    until(lambda: sent() > 20, "some have left")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    until(lambda: Delivery.objects.filter(state=DeliveryState.SENDING).count() <= THREADS, "nothing more is begun")
    expire_claims()
    until(lambda: not Delivery.objects.exclude(state=DeliveryState.DELIVERED).exists(), "everybody has it", 60)
    assert Delivery.objects.count() == 300


def test_two_workers_race_for_the_same_steps_and_each_is_done_once(system: System) -> None:
    story = Story()
    crowd(story, 200)
    for _ in range(2):
        system.responder()
    steps = [message(f"step-{number}", story.profile("crowd"), GO, choices=CHOICES) for number in range(5)]
    run(story, story.plan(*steps))
    until(lambda: Delivery.objects.filter(state=DeliveryState.DELIVERED).count() == 1000, "all five have gone out", 90)
    assert ActivationEvent.objects.filter(kind=EventKind.STEP_BEGAN).count() == 5
    assert Attempt.objects.count() == 1000
    assert sent() == 1000


def test_a_new_emergency_overtakes_a_backlog(system: System) -> None:
    """Ten thousand ordinary messages wait; the alarm of a plan leaves before nearly all of them."""
    story = Story()
    crowd(story, CROWD)
    texts = {"en": Texts(text="News.", short="News.", spoken="News.")}
    people = list(Person.objects.filter(profiles__name="crowd").values_list("pk", flat=True))
    for number in range(5):
        news = services.message(
            services.Asked(story.organisation.pk, None, f"news:{number}", texts, priority=Priority.ORDINARY)
        )
        services.owe(
            news,
            [services.Owed(str(pk), pk, Channel.SMS, f"+336{at:08d}", "en") for at, pk in enumerate(people)],
        )
    system.responder()
    until(lambda: sent() > 50, "the backlog is on its way")
    guard = story.person("Guard A", "guards")
    run(story, story.plan(message("go", story.profile("guards"), GO, first=True)))
    until(
        lambda: Delivery.objects.filter(person=guard, state=DeliveryState.DELIVERED).exists(), "the alarm has arrived"
    )
    before = SimulatedMessage.objects.filter(reference="NC-6").get().at
    assert SimulatedMessage.objects.filter(at__lt=before).count() < 5000
