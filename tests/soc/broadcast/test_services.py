"""Publishing: numbers without holes, in the order in which they become visible, whatever the broker does."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import pytest
from django.conf import settings
from django.db import connection, transaction
from redis import Redis

from soc.broadcast import wire
from soc.broadcast.broker import Waker
from soc.broadcast.events import Event, Payload
from soc.broadcast.models import FeedEvent
from soc.broadcast.services import announce, publish
from soc.people.models import Organisation
from soc.people.rights import Right


class Told(Payload):
    kind: Literal["test.told"] = "test.told"
    text: str = "é"


def event(organisation: Organisation, text: str = "é") -> Event:
    return Event(organisation_id=organisation.pk, payload=Told(text=text), right=Right.SEE_ALERTS)


@pytest.mark.django_db
def test_it_refuses_outside_a_transaction() -> None:
    organisation = Organisation(name="Ours")
    with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError, match="open one first"):
        pool.submit(publish, event(organisation)).result()


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_holes_though_transactions_fail() -> None:
    organisation = Organisation.objects.create(name="Ours")
    for fails in (False, True, False):
        with transaction.atomic():
            publish(event(organisation))
            transaction.set_rollback(fails)
    assert list(FeedEvent.objects.values_list("number", flat=True)) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_numbers_become_visible_in_order_with_many_writers() -> None:
    organisation = Organisation.objects.create(name="Ours")
    stop = threading.Event()

    def write() -> None:
        try:
            for _ in range(25):
                with transaction.atomic():
                    publish(event(organisation))
        finally:
            connection.close()

    def read() -> list[list[int]]:
        seen: list[list[int]] = []
        try:
            while not stop.is_set():
                seen.append(list(FeedEvent.objects.values_list("number", flat=True)))
        finally:
            connection.close()
        return seen

    with ThreadPoolExecutor(5) as pool:
        reader = pool.submit(read)
        for writer in [pool.submit(write) for _ in range(4)]:
            writer.result()
        stop.set()
        glances = reader.result()
    assert FeedEvent.objects.count() == 100
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in glances)


@pytest.mark.django_db(transaction=True)
def test_a_commit_is_told_once_and_a_rollback_never() -> None:
    organisation = Organisation.objects.create(name="Ours")
    with Redis.from_url(settings.REDIS_URL) as redis, redis.pubsub(ignore_subscribe_messages=True) as channel:
        channel.subscribe(wire.channel(organisation.pk))
        channel.get_message(timeout=5)
        with transaction.atomic():
            publish(event(organisation, "rolled back"))
            transaction.set_rollback(True)
        with transaction.atomic():
            publish(event(organisation, "kept"))
        announce(event(organisation, "announced"))
        texts = [wire.Envelope.decode(channel.get_message(timeout=30)["data"]).text for _ in range(2)]
    assert ['"kept"' in text for text in texts] == [True, False]
    assert ['"announced"' in text for text in texts] == [False, True]
    assert '"number":1,' in texts[0]
    assert '"number":null,' in texts[1]


def test_a_broker_that_is_away_is_said_once_and_not_asked_again_at_once() -> None:
    waker = Waker("redis://127.0.0.1:1/0")
    assert [waker.publish("feed:x", b"") for _ in range(3)] == [False, False, False]
