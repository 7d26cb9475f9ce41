"""Real responders are killed in the middle of sending, again and again: nobody is left out, and nobody gets two without need."""

from __future__ import annotations

import random
import time
from collections import Counter

import pytest
from django.db import connection

from alerts.channels.base import Channel
from alerts.channels.simulated.models import SimulatedMessage
from alerts.deliveries import services
from alerts.deliveries.models import Attempt, Delivery, DeliveryState, Message, Outcome
from alerts.deliveries.sender import THREADS
from alerts.deliveries.services import Asked, Owed
from soc.people.directory.models import Person
from soc.people.models import Organisation
from tests.alerts.deliveries.people import run_out
from tests.alerts.deliveries.test_sending import ANSWERS, TEXTS
from tests.factories import OrganisationFactory, PersonFactory
from tests.system import System, until

pytestmark = pytest.mark.django_db(transaction=True)
KILLS = 3


def crowd(count: int) -> list[Person]:
    organisation: Organisation = OrganisationFactory()
    return [PersonFactory.build(organisation=organisation) for _ in range(count)]


def owe(people: list[Person]) -> Message:
    Person.objects.bulk_create(people)
    message = services.message(Asked(people[0].organisation_id, None, "plan:1", TEXTS, ANSWERS))
    services.owe(
        message,
        [Owed(str(one.pk), one.pk, Channel.SMS, f"+336{number:08d}", "en") for number, one in enumerate(people)],
    )
    return message


def arrived(message: Message) -> int:
    return Delivery.objects.filter(message=message, state=DeliveryState.DELIVERED).count()


def wait_for_more(message: Message) -> None:
    before = arrived(message)
    until(lambda: arrived(message) > before, "it sends", 60)


def test_killed_again_and_again_it_leaves_nobody_out_and_sends_twice_only_what_was_in_mid_send() -> None:
    message = owe(crowd(800))
    chance = random.Random(20261130)
    killed_amid = 0
    with System() as system:
        for _ in range(KILLS):
            responder = system.responder(VIGIE_SIMULATE="1")
            wait_for_more(message)
            time.sleep(chance.uniform(0, 0.25))
            responder.kill()
            killed_amid += arrived(message) < 800
            run_out()
        system.responder(VIGIE_SIMULATE="1")
        until(lambda: arrived(message) == 800, "everybody has it", 60)
    assert killed_amid, "the kills came in the middle of it"
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.DELIVERED}

    got = Counter(SimulatedMessage.objects.values_list("to", flat=True))
    lost = Attempt.objects.filter(outcome=Outcome.LOST)
    assert len(got) == 800
    assert lost.count() <= KILLS * THREADS
    # Whoever got two is one whose sender was killed between sending it and saying so.
    print(f"{killed_amid} kills amid it, {lost.count()} in mid-send, {sum(got.values()) - 800} sent twice")
    twice = {to for to, count in got.items() if count > 1}
    assert twice <= set(lost.values_list("delivery__address", flat=True))
    assert set(SimulatedMessage.objects.values_list("reference", flat=True)) == {message.reference}


def test_a_database_that_is_gone_for_a_moment_is_waited_for() -> None:
    message = owe(crowd(500))
    with System() as system:
        responder = system.responder(VIGIE_SIMULATE="1")
        for _ in range(3):
            wait_for_more(message)
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        run_out()
        until(lambda: arrived(message) == 500, "everybody has it", 60)
        assert responder.process.poll() is None, "it went on, and was not started again"
    assert SimulatedMessage.objects.values("to").distinct().count() == 500
