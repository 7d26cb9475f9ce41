"""No device is ever moved twice: with the sender killed in mid-send, with several racing, with the broker away."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from crisis.devices import advancing, sending
from crisis.devices.drivers.base import Result
from crisis.devices.models import ActionRun, Outcome, ScriptRun
from crisis.devices.running import Decision, decide, start_script
from soc.people.rights import Role
from soc.refusals import Refusal
from tests import factories
from tests.crisis.devices import scripting
from tests.crisis.devices.scripting import (
    actions,
    document,
    fresh,
    mqtt_device,
    over,
    parallel,
    set_,
    start,
    step,
    until,
    wait,
)
from tests.peers.http_device import HttpDevice
from tests.peers.mqtt import MqttThing
from tests.peers.mqtt_gate import Loses, MqttGate
from tests.peers.process import Peer
from tests.system import Program, System
from tests.system import until as until_then

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def system() -> Iterator[System]:
    with System() as running:
        yield running


def engine(system: System) -> Program:
    program = system.start("engine", ["-m", "tests.crisis.devices.engine_process"])
    until_then(lambda: "ready" in program.output, "the engine is up")
    return program


def test_a_start_outside_a_transaction_is_an_error() -> None:
    site = factories.SiteFactory()
    with pytest.raises(RuntimeError, match="transaction"):
        start_script(document(wait(1)), organisation_id=site.organisation_id, asker="x", verified=True)


def test_a_sender_killed_while_the_device_answers_has_moved_it_once(system: System, relay: HttpDevice) -> None:
    """The device did it; the one who asked died before it knew. The next one reads it, and sends nothing."""
    site = factories.SiteFactory()
    light = factories.DeviceFactory(site=site, address=relay.address)
    relay.holding.set()
    run = start(site, set_(light, "on", limit_s=3))
    program = engine(system)
    assert relay.received.wait(20)
    program.kill()
    relay.holding.clear()
    assert actions(run) == [("on", "sending")]

    engine(system)
    until_then(lambda: fresh(run).state == "done", "the device was read")
    assert (relay.told, actions(run)) == ([True], [("on", "confirmed")])


def test_a_sender_killed_before_the_device_did_it_leaves_a_question(system: System, relay: HttpDevice) -> None:
    """Nobody knows whether it arrived, and the device says that it is as before: a human decides, exactly once."""
    site = factories.SiteFactory()
    agent = factories.MemberFactory(organisation=site.organisation, roles=[Role.AGENT])
    light = factories.DeviceFactory(site=site, address=relay.address)
    relay.obeys = False
    relay.holding.set()
    run = start(site, set_(light, "on", limit_s=2))
    program = engine(system)
    assert relay.received.wait(20)
    program.kill()
    relay.holding.clear()

    engine(system)
    until_then(lambda: fresh(run).state == "asking", "it asks")
    assert (relay.told, step(run, "0").outcome) == ([True], Outcome.LOST)

    relay.obeys = True
    decide(agent, run.pk, "0", Decision.AGAIN, asked=1)
    until_then(lambda: fresh(run).state == "done", "it was done again, by hand")
    assert relay.told == [True, True]


@pytest.mark.parametrize(
    ("loses", "told", "state"), [(Loses.PUBLISHES, [], "asking"), (Loses.LAST_WORDS, ["ON"], "done")]
)
def test_a_sender_killed_in_the_middle_of_mqtts_handshake_repeats_nothing(
    system: System, broker: Peer, loses: Loses, told: list[str], state: str
) -> None:
    site = factories.SiteFactory()
    key = f"siren-{loses.name.lower()}"
    with MqttGate(broker.port) as gate, MqttThing(broker.port, key) as thing:
        siren = mqtt_device(scripting.connection(site, gate.port), key)
        gate.loses = loses
        run = start(site, set_(siren, "on", limit_s=3))
        program = engine(system)
        assert gate.lost.wait(20)
        program.kill()
        gate.loses = Loses.NOTHING

        engine(system)
        until_then(lambda: fresh(run).state == state, "the siren was read")
        assert (thing.told, gate.publishes) == (told, 1)


def test_a_broker_that_never_says_its_last_word_is_not_asked_twice(broker: Peer) -> None:
    site = factories.SiteFactory()
    with MqttGate(broker.port) as gate, MqttThing(broker.port, "mute") as thing:
        siren = mqtt_device(scripting.connection(site, gate.port), "mute")
        gate.loses = Loses.LAST_WORDS
        run = over(start(site, set_(siren, "on", limit_s=2)))
        assert (run.state, actions(run)) == ("done", [("on", "confirmed")])
        assert (thing.told, gate.publishes) == (["ON"], 1)


def test_several_engines_racing_move_each_device_once(system: System, relay: HttpDevice) -> None:
    site = factories.SiteFactory()
    lights = factories.DeviceFactory.create_batch(12, site=site, address=relay.address)
    programs = [engine(system) for _ in range(2)]
    runs = [start(site, parallel(*[[set_(light, "on")] for light in lights])) for _ in range(2)]
    until_then(lambda: all(fresh(run).state == "done" for run in runs), "both runs are done", 60)

    assert len(relay.told) == 24
    assert all(program.process.poll() is None for program in programs)
    assert set(ActionRun.objects.values_list("state", flat=True)) == {"confirmed"}


def test_engines_killed_again_and_again_move_no_device_twice(system: System, relay: HttpDevice) -> None:
    """At whatever instant it dies: what was sent was sent once; what was not is done by the next, or asks."""
    site = factories.SiteFactory()
    lights = factories.DeviceFactory.create_batch(8, site=site, address=relay.address)
    for number, light in enumerate(lights):
        for request in light.settings["requests"].values():
            request["path"] = f"/set?light={number}"
        light.save()
    run = start(site, *[set_(light, "on", limit_s=5) for light in lights])
    for seen in (1, 4):
        program = engine(system)
        while len(relay.paths) < seen and fresh(run).state == "running":
            relay.received.wait(0.01)
        program.kill()
    engine(system)
    until_then(lambda: fresh(run).state in ("done", "asking"), "the rest was done", 60)

    assert len(set(relay.paths)) == len(relay.paths) >= 4
    assert set(ActionRun.objects.values_list("repetition", flat=True)) == {0}
    assert fresh(run).state == "asking" or len(relay.paths) >= 7  # one may have been claimed and never sent


def test_the_database_refuses_a_second_action_of_a_step_and_a_second_send_to_a_device(relay: HttpDevice) -> None:
    site = factories.SiteFactory()
    light = factories.DeviceFactory(site=site, address=relay.address)
    run = start(site, set_(light, "on"))
    advancing.advance(run.pk)
    action = ActionRun.objects.get()
    again = {"organisation": site.organisation, "run": run, "step": action.step, "device": light, "wanted": "on"}
    with pytest.raises(IntegrityError, match="devices_action_once"), transaction.atomic():
        ActionRun.objects.create(**again)
    assert sending.claim() is not None
    other = start(site, set_(light, "off"))
    advancing.advance(other.pk)
    with pytest.raises(IntegrityError, match="devices_sending_is_claimed"), transaction.atomic():
        ActionRun.objects.filter(run=other).update(state="sending")
    held = ActionRun.objects.get(run=run)
    with pytest.raises(IntegrityError, match="devices_one_send_at_a_time"), transaction.atomic():
        ActionRun.objects.filter(run=other).update(state="sending", claim=held.claim, claimed_until=held.claimed_until)


def test_who_comes_back_after_its_claim_was_over_records_nothing(relay: HttpDevice) -> None:
    site = factories.SiteFactory()
    light = factories.DeviceFactory(site=site, address=relay.address)
    run = start(site, set_(light, "on"))
    advancing.advance(run.pk)
    claimed = sending.claim()
    assert claimed is not None
    with connection.cursor() as cursor:
        cursor.execute("UPDATE crisis_devices_actionrun SET claimed_until = clock_timestamp() - interval '1 second'")
    assert sending.give_up_lost() == 1
    assert sending.record(claimed, Result.sent()) is False
    assert actions(run) == [("on", "unknown")]
    assert relay.told == []


def test_two_who_answer_a_question_at_once_are_not_both_taken_at_their_word() -> None:
    site = factories.SiteFactory()
    agents = factories.MemberFactory.create_batch(2, organisation=site.organisation, roles=[Role.AGENT])
    dead = factories.DeviceFactory(site=site, address="http://127.0.0.1:9")
    run = over(start(site, set_(dead, "on")))
    answers: list[str] = []

    def answer(number: int) -> None:
        try:
            decide(agents[number], run.pk, "0", Decision.AGAIN, asked=1)
            answers.append("taken")
        except Refusal as refused:
            answers.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["not_asked", "taken"]
    assert ActionRun.objects.filter(run=run).count() == 2


def test_starts_at_the_same_moment_for_one_asker_make_one_run() -> None:
    site = factories.SiteFactory()
    made: list[object] = []

    def begin() -> None:
        try:
            made.append(start(site, wait(5), asker="the same").pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1
    assert ScriptRun.objects.count() == 1


def test_the_database_refuses_a_run_of_another_organisations_device(relay: HttpDevice) -> None:
    site, other = factories.SiteFactory(), factories.SiteFactory()
    theirs = factories.DeviceFactory(site=other, address=relay.address)
    run = start(site, wait(5))
    advancing.advance(run.pk)
    found = step(run, "0")
    with pytest.raises(DatabaseError), transaction.atomic():
        ActionRun.objects.create(
            organisation=site.organisation, run=run, step=found, device=theirs, wanted="on", state="planned"
        )


def test_a_broker_away_for_a_while_holds_up_only_what_needs_it(
    tmp_path: object, broker: Peer, relay: HttpDevice
) -> None:
    site = factories.SiteFactory()
    agent = factories.MemberFactory(organisation=site.organisation, roles=[Role.AGENT])
    light = factories.DeviceFactory(site=site, address=relay.address)
    with MqttThing(broker.port, "away") as thing:
        siren = mqtt_device(scripting.connection(site, broker.port), "away")
        broker.kill()
        run = over(start(site, parallel([set_(siren, "on")], [set_(light, "on")])))
        until(lambda: relay.told == [True], "the light does not need it")
        assert (fresh(run).state, step(run, "0.0.0").detail) == ("asking", "refused")

        broker.start()
        until(lambda: thing.told == [] and _subscribed(broker, thing), "the siren is back")
        decide(agent, run.pk, "0.0.0", Decision.AGAIN, asked=1)
        until(lambda: fresh(run).state == "done", "it is done")
        assert thing.told == ["ON"]


def _subscribed(broker: Peer, thing: MqttThing) -> bool:
    """Whether the thing is on the broker again: it says how it is whenever it comes."""
    import asyncio

    import aiomqtt

    from tests.peers.mqtt import NAME, PASSWORD

    async def hears() -> bool:
        try:
            async with aiomqtt.Client("127.0.0.1", broker.port, username=NAME, password=PASSWORD) as client:
                await client.subscribe(f"{thing.key}/state", qos=1)
                async with asyncio.timeout(0.5):
                    async for _message in client.messages:
                        return True
        except (TimeoutError, aiomqtt.MqttError):
            return False
        return False

    return asyncio.run(hears())
