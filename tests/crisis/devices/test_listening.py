"""What devices say is known at once: one process listens to a broker, another takes over, silence is noted."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from typing import Any

import pytest

from crisis.devices import hearing
from crisis.devices.drivers.base import Fault, Presence, Reading
from crisis.devices.hands import Here
from crisis.devices.listening import Listeners
from crisis.devices.models import Connection, Device
from crisis.devices.reading import read_due
from soc import clock
from soc.broadcast.models import FeedEvent
from soc.people.models import Site
from tests import factories
from tests.crisis.devices import scripting
from tests.crisis.devices.scripting import mqtt_device
from tests.peers.http_device import HttpDevice
from tests.peers.mqtt import MqttThing
from tests.peers.process import Peer
from tests.system import until


@pytest.fixture
def listeners() -> Iterator[list[Listeners]]:
    """Two processes' worth of them, closed at the end."""
    made = [Listeners("first"), Listeners("second")]
    yield made
    for one in made:
        one.close()


def looking(listeners: list[Listeners], holds: Any, what: str) -> None:
    def look() -> bool:
        for one in listeners:
            one.look()
        return bool(holds())

    until(look, what)


def state_of(device: Device) -> str:
    return Device.objects.get(pk=device.pk).last_state


@pytest.mark.django_db(transaction=True)
def test_what_a_device_says_is_known_and_told(broker: Peer, listeners: list[Listeners]) -> None:
    site = factories.SiteFactory()
    way = scripting.connection(site, broker.port)
    key = f"heard-{time.monotonic_ns()}"
    device = mqtt_device(way, key)
    with MqttThing(broker.port, key) as thing:
        looking(listeners, lambda: state_of(device) == "off", "its retained state is known")
        assert Device.objects.get(pk=device.pk).last_seen_at is None  # its broker said so, not the device
        thing.say("ON")
        until(lambda: state_of(device) == "on", "it is known")
        device.refresh_from_db()
        assert device.last_seen_at is not None
        told = FeedEvent.objects.filter(kind="device.changed").latest("number")
        assert (told.payload["state"], told.site_id, told.right) == ("on", site.pk, "see_crisis")
        thing.say("LOUDER")
        until(lambda: state_of(device) == "", "what it says is none of its states")
    way.refresh_from_db()
    assert way.up_since is not None


@pytest.mark.django_db(transaction=True)
def test_one_process_listens_and_another_takes_over(broker: Peer, listeners: list[Listeners]) -> None:
    site = factories.SiteFactory()
    way = scripting.connection(site, broker.port)
    key = f"taken-{time.monotonic_ns()}"
    device = mqtt_device(way, key)
    first, second = listeners
    with MqttThing(broker.port, key) as thing:
        assert (first.look(), second.look()) == (1, 0)
        until(lambda: state_of(device) == "off", "the first hears")
        first.close()
        assert second.look() == 1
        until(lambda: Connection.objects.get(pk=way.pk).listened_by == "second", "the second has taken over")
        thing.say("ON")
        until(lambda: state_of(device) == "on", "and hears")


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_went_away_is_said_to_be_and_heard_again(tmp_path: Any, listeners: list[Listeners]) -> None:
    from tests.peers import mqtt

    site = factories.SiteFactory()
    with mqtt.broker(tmp_path) as own:
        way = scripting.connection(site, own.port)
        key = f"away-{time.monotonic_ns()}"
        device = mqtt_device(way, key)
        looking(listeners, lambda: Connection.objects.get(pk=way.pk).up_since, "it is heard")
        own.kill()
        until(lambda: Connection.objects.get(pk=way.pk).fault != "", "it is said to be away")
        own.start()
        with MqttThing(own.port, key, "ON"):
            until(lambda: state_of(device) == "on", "it is heard again")
        assert Connection.objects.get(pk=way.pk).fault == ""
        assert FeedEvent.objects.filter(kind="device_connection.changed").count() >= 3


@pytest.mark.django_db(transaction=True)
def test_a_device_that_is_added_is_heard_soon(broker: Peer, listeners: list[Listeners]) -> None:
    site = factories.SiteFactory()
    way = scripting.connection(site, broker.port)
    mqtt_device(way, f"one-{time.monotonic_ns()}")
    looking(listeners, lambda: Connection.objects.get(pk=way.pk).up_since, "the first is heard")
    key = f"two-{time.monotonic_ns()}"
    with MqttThing(broker.port, key, "ON"):
        device = mqtt_device(way, key)
        looking(listeners, lambda: state_of(device) == "on", "the second is heard too")


@pytest.mark.django_db
def test_a_device_that_is_not_heard_is_silent_since_then(site: Site, light: Device) -> None:
    hearing.heard(light.pk, Reading("on"))
    assert hearing.note_silence() == 0
    clock.move(dt.timedelta(minutes=16))
    assert hearing.note_silence() == 1
    light.refresh_from_db()
    assert light.silent_since == light.last_seen_at
    assert light.last_state == "on"
    assert hearing.note_silence() == 0
    hearing.heard(light.pk, Reading("on"))
    light.refresh_from_db()
    assert light.silent_since is None


@pytest.mark.django_db
def test_who_speaks_only_when_something_changes_is_never_silent(site: Site, light: Device) -> None:
    Device.objects.filter(pk=light.pk).update(silent_after_min=None)
    hearing.heard(light.pk, Reading("on"))
    clock.move(dt.timedelta(days=3))
    assert hearing.note_silence() == 0


@pytest.mark.django_db
def test_who_is_said_to_be_offline_is_silent_at_once(site: Site, light: Device) -> None:
    hearing.heard(light.pk, Reading("on"))
    hearing.heard(light.pk, Presence(there=False))
    light.refresh_from_db()
    assert light.silent_since is not None
    hearing.heard(light.pk, Presence(there=True))
    light.refresh_from_db()
    assert light.silent_since is None


@pytest.mark.django_db
def test_browsers_are_told_of_changes_only(site: Site, light: Device) -> None:
    for said in (Reading("on"), Reading("on"), Fault.UNKNOWN_STATE, Fault.UNKNOWN_STATE, Reading("off")):
        clock.move(dt.timedelta(seconds=1))
        hearing.heard(light.pk, said)
    told = FeedEvent.objects.filter(kind="device.changed").order_by("number")
    assert [one.payload["state"] for one in told] == ["on", "", "off"]


@pytest.mark.django_db
def test_devices_that_do_not_speak_are_asked_each_minute(site: Site, relay: HttpDevice) -> None:
    device = factories.DeviceFactory(site=site, address=relay.address)
    for _ in range(3):
        read_due(Here())
    assert relay.asked == 1
    relay.on = True
    clock.move(dt.timedelta(seconds=61))
    read_due(Here())
    assert (relay.asked, state_of(device)) == (2, "on")
