"""Devices behind a real MQTT broker: told once, heard on their own topic, and what is said when the broker does not let us in."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator

import pytest

from crisis.devices.drivers.base import Deadline, DeviceFault, Fault, Sending
from crisis.devices.drivers.mqtt import Mqtt
from crisis.devices.models import Connection, Device
from crisis.devices.opening import open_device
from crisis.devices.reading import ask
from soc.people.models import Site
from tests.crisis.devices import scripting
from tests.crisis.devices.scripting import (
    actions,
    fresh,
    mqtt_device,
    over,
    parallel,
    set_,
    start,
    step,
    until,
    wait_for,
)
from tests.peers.mqtt import MqttThing
from tests.peers.process import Peer

pytestmark = pytest.mark.django_db


@pytest.fixture
def way(site: Site, broker: Peer) -> Connection:
    return scripting.connection(site, broker.port)


@pytest.fixture
def siren(way: Connection, broker: Peer, request: pytest.FixtureRequest) -> Iterator[tuple[Device, MqttThing]]:
    key = f"siren-{time.monotonic_ns()}"
    with MqttThing(broker.port, key) as thing:
        yield mqtt_device(way, key), thing


def test_a_siren_is_told_once_and_says_so(site: Site, siren: tuple[Device, MqttThing]) -> None:
    device, thing = siren
    run = over(start(site, set_(device, "on")))
    assert (run.state, actions(run), thing.told) == ("done", [("on", "confirmed")], ["ON"])


def test_a_command_is_not_retained(site: Site, broker: Peer, siren: tuple[Device, MqttThing]) -> None:
    """A siren that comes back after a power cut must not be told what it was told last week."""
    device, thing = siren
    over(start(site, set_(device, "on")))
    with MqttThing(broker.port, thing.key) as returned:
        returned.say("ON")
        assert ask(device, Deadline(5)).state == "on"
        assert returned.told == []


def test_doors_take_their_time_and_are_waited_for(site: Site, way: Connection, broker: Peer) -> None:
    states = ("locked", "unlocked")
    doors = [mqtt_device(way, f"door-{n}-{time.monotonic_ns()}", kind="door", states=states) for n in range(2)]
    with (
        MqttThing(broker.port, doors[0].name, "UNLOCKED", moment_s=0.6) as first,
        MqttThing(broker.port, doors[1].name, "UNLOCKED", moment_s=0.1) as second,
    ):
        locks = parallel(*[[set_(door, "locked", limit_s=20)] for door in doors])
        run = over(start(site, locks, *[wait_for(door, "locked") for door in doors]))
        assert (run.state, run.faults) == ("done", 0)
        assert (first.told, second.told) == (["LOCKED"], ["LOCKED"])


def test_a_device_that_never_answers_has_its_time_limit(site: Site, siren: tuple[Device, MqttThing]) -> None:
    device, thing = siren
    thing.obeys = False
    run = start(site, set_(device, "on", limit_s=10))
    until(lambda: bool(thing.told), "it was told")
    until(lambda: actions(run) == [("on", "sent")], "that is written down")
    scripting.clock_moves(dt.timedelta(seconds=11))
    assert over(run).state == "asking"
    assert (step(run, "0").outcome, thing.told) == ("not_confirmed", ["ON"])


def test_a_wrong_password_is_told_as_one(site: Site, broker: Peer) -> None:
    device = mqtt_device(scripting.connection(site, broker.port, password="wrong"), "locked-out")
    run = over(start(site, set_(device, "on")))
    assert (actions(run), step(run, "0").detail) == ([("on", "failed")], Fault.WRONG_PASSWORD)
    with pytest.raises(DeviceFault) as refused:
        ask(device, Deadline(5))
    assert refused.value.fault is Fault.WRONG_PASSWORD


def test_a_frozen_broker_costs_no_more_than_the_time_limit(site: Site, broker: Peer) -> None:
    device = mqtt_device(scripting.connection(site, broker.port), "frozen")
    broker.freeze()
    try:
        began = time.monotonic()
        result = Mqtt().set_state(open_device(device).target, "on", Deadline(1.0))
        assert time.monotonic() - began < 5 * 1.0
        assert result.sending is Sending.NOT_SENT  # it had not even let us in
    finally:
        broker.thaw()


def test_nothing_is_sent_after_the_deadline(site: Site, siren: tuple[Device, MqttThing]) -> None:
    device, thing = siren
    result = Mqtt().set_state(open_device(device).target, "on", Deadline(0.0))
    assert (result.sending, result.fault) == (Sending.NOT_SENT, Fault.TOO_LATE)
    assert thing.told == []


def test_a_broker_outside_the_networks_is_not_connected_to(site: Site, broker: Peer) -> None:
    way = scripting.connection(site, broker.port)
    way.host = "192.0.2.1"
    way.save()
    run = over(start(site, set_(mqtt_device(way, "outside"), "on")))
    assert step(run, "0").detail == Fault.NOT_ALLOWED_NETWORK


def test_who_is_said_to_be_offline_is_not_believed_to_be_as_it_was(site: Site, way: Connection, broker: Peer) -> None:
    key = f"lamp-{time.monotonic_ns()}"
    device = mqtt_device(way, key, available_topic=f"{key}/available")
    with MqttThing(broker.port, key, "ON") as thing:
        thing.say("online", "available", retain=True)
        assert ask(device, Deadline(5)).state == "on"
        thing.say("offline", "available", retain=True)
        with pytest.raises(DeviceFault) as away:
            ask(device, Deadline(5))
        assert away.value.fault is Fault.AWAY
        thing.say("", "available", retain=True)  # the broker forgets it


def test_a_state_that_is_none_of_its_own_is_told_as_such(site: Site, siren: tuple[Device, MqttThing]) -> None:
    device, thing = siren
    thing.say("LOUDER")
    with pytest.raises(DeviceFault) as unknown:
        ask(device, Deadline(5))
    assert unknown.value.fault is Fault.UNKNOWN_STATE


def test_a_state_within_json_is_found(site: Site, way: Connection, broker: Peer) -> None:
    key = f"plug-{time.monotonic_ns()}"
    device = mqtt_device(way, key, state_pointer="/state", state_payloads={"on": "ON", "off": "OFF"})
    with MqttThing(broker.port, key, '{"state": "ON", "linkquality": 80}'):
        assert ask(device, Deadline(5)).state == "on"


def test_two_runs_on_one_broker_do_not_wait_for_each_other(site: Site, siren: tuple[Device, MqttThing]) -> None:
    device, _thing = siren
    first, second = start(site, wait_for(device, "on", 600)), start(site, set_(device, "on"))
    over(second)
    assert over(first).state == fresh(second).state == "done"
