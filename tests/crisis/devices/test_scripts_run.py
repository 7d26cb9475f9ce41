"""Scripts under way: what is moved, what is waited for, which way is taken, what is asked and what an answer does."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

import pytest
from django.db import transaction

from crisis.devices import listeners, running
from crisis.devices.models import ActionRun, Device, Outcome, ScriptRun, StepRun
from crisis.devices.running import Decision, decide, start_script
from soc import clock
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people.models import Member, Site
from soc.refusals import Refusal
from tests import factories
from tests.crisis.devices.scripting import (
    actions,
    document,
    fresh,
    if_,
    over,
    parallel,
    set_,
    start,
    step,
    tick,
    until,
    wait,
    wait_for,
)
from tests.peers.http_device import HttpDevice

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard() -> Iterator[list[tuple[str, str]]]:
    """What upper rooms are told of runs."""
    told: list[tuple[str, str]] = []

    def listener(run: ScriptRun) -> None:
        told.append((run.asker, run.state))

    listeners.register_run_listener(listener)
    yield told
    listeners._listeners.remove(listener)


def test_a_device_is_moved_once_and_says_so(site: Site, light: Device, relay: HttpDevice) -> None:
    run = over(start(site, set_(light, "on")))

    assert relay.told == [True]
    assert (run.state, run.faults) == ("done", 0)
    assert actions(run) == [("on", "confirmed")]
    assert step(run, "0").outcome == Outcome.CONFIRMED
    light.refresh_from_db()
    assert (light.last_state, light.last_asked) == ("on", "on")
    moved = Entry.objects.get(action=Action.DEVICE_MOVED)
    assert (moved.subject_id, moved.details["outcome"]) == (str(light.pk), "confirmed")


def test_nothing_is_sent_before_the_start_is_committed(site: Site, light: Device, relay: HttpDevice) -> None:
    with transaction.atomic():
        start(site, set_(light, "on"))
        transaction.set_rollback(True)
    tick()
    assert relay.told == []
    assert not ScriptRun.objects.exists()


def test_who_asks_twice_gets_the_same_run(site: Site, light: Device, relay: HttpDevice) -> None:
    first = over(start(site, set_(light, "on"), asker="activation 1, step 3"))
    again = start(site, set_(light, "off"), asker="activation 1, step 3")
    tick()

    assert again.pk == first.pk
    assert relay.told == [True]


def test_waits_are_times_in_the_database(site: Site, light: Device, relay: HttpDevice) -> None:
    run = start(site, wait(120), set_(light, "on"))
    tick()
    assert fresh(run).next_at is not None
    clock.move(dt.timedelta(seconds=119))
    tick()
    assert relay.told == []
    clock.move(dt.timedelta(seconds=2))
    assert over(run).state == "done"
    assert relay.told == [True]


def test_it_waits_for_a_state_and_goes_on(site: Site, light: Device, relay: HttpDevice) -> None:
    run = start(site, wait_for(light, "on"), wait(1))
    until(lambda: relay.asked >= 2, "it looks again and again")
    assert fresh(run).state == "running"
    relay.on = True
    until(lambda: StepRun.objects.filter(run=run, path="1").exists(), "it went on")
    assert step(run, "0").outcome == Outcome.REACHED


def test_what_was_known_before_does_not_count(site: Site, light: Device, relay: HttpDevice) -> None:
    """A state that was true a minute ago is none that was reached."""
    Device.objects.filter(pk=light.pk).update(last_state="on", last_state_at=clock.now())
    run = start(site, wait_for(light, "on", 5, otherwise="go_on"))
    until(lambda: relay.asked >= 1, "it is read")
    assert fresh(run).state == "running"
    clock.move(dt.timedelta(seconds=6))
    assert over(run).faults == 1
    assert step(run, "0").outcome == Outcome.NOT_REACHED


@pytest.mark.parametrize(("is_on", "way", "told"), [(True, "then", False), (False, "else", True)])
def test_a_condition_goes_one_way(
    site: Site, light: Device, relay: HttpDevice, *, is_on: bool, way: str, told: bool
) -> None:
    relay.on = is_on
    run = over(start(site, if_(light, "on", [set_(light, "off")], [set_(light, "on")]), wait(1)))
    assert step(run, "0").outcome == way
    assert relay.told == [told]
    assert {one.path for one in run.steps.all()} == {"0", f"0.{way}.0", "1"}


def test_an_empty_way_is_walked_through(site: Site, light: Device) -> None:
    clock_run = start(site, if_(light, "on", [set_(light, "off")], []), wait(1))
    until(lambda: StepRun.objects.filter(run=clock_run, path="1").exists(), "it went on")
    assert step(clock_run, "0").outcome == "else"


def test_branches_go_on_side_by_side_and_are_waited_for(site: Site, light: Device, relay: HttpDevice) -> None:
    run = start(site, parallel([wait(60), set_(light, "off")], [set_(light, "on")]), wait(30))
    until(lambda: relay.told == [True], "the second branch did not wait for the first")
    assert not StepRun.objects.filter(run=run, path="1").exists()
    clock.move(dt.timedelta(seconds=61))
    until(lambda: StepRun.objects.filter(run=run, path="1").exists(), "both ended")
    assert relay.told == [True, False]
    clock.move(dt.timedelta(seconds=31))
    assert over(run).state == "done"


def test_one_branch_that_asks_holds_up_no_other(site: Site, light: Device, relay: HttpDevice) -> None:
    dead = factories.DeviceFactory(site=site, address="http://127.0.0.1:9", name="Dead")
    run = start(site, parallel([set_(dead, "on")], [wait(5), set_(light, "on")]))
    until(lambda: fresh(run).state == "asking", "the first branch asks")
    clock.move(dt.timedelta(seconds=6))
    until(lambda: relay.told == [True], "the second goes on")
    until(lambda: step(run, "0.1.1").state == "done", "to its end")
    assert fresh(run).state == "asking"


def test_a_step_of_stopping_ends_all_of_it(site: Site, light: Device, relay: HttpDevice) -> None:
    run = over(start(site, parallel([wait(60), set_(light, "on")], [{"do": "stop"}])))
    clock.move(dt.timedelta(seconds=61))
    tick()
    assert (run.state, run.reason) == ("done", "stop_step")
    assert relay.told == []


def test_a_device_that_cannot_be_reached_was_not_moved(site: Site, heard: list[tuple[str, str]]) -> None:
    dead = factories.DeviceFactory(site=site, address="http://127.0.0.1:9")
    run = over(start(site, set_(dead, "on"), asker="me"))
    assert actions(run) == [("on", "failed")]
    assert (run.state, step(run, "0").outcome) == ("asking", Outcome.NOT_DONE)
    assert heard == [("me", "asking")]
    assert Entry.objects.filter(action=Action.SCRIPT_ASKED).count() == 1


def test_a_device_that_does_not_obey_is_told_once_and_a_human_is_asked(
    site: Site, light: Device, relay: HttpDevice
) -> None:
    relay.obeys = False
    run = start(site, set_(light, "on", limit_s=10))
    until(lambda: relay.asked >= 2, "it is read after it was told")
    clock.move(dt.timedelta(seconds=11))
    assert over(run).state == "asking"
    assert step(run, "0").outcome == Outcome.NOT_CONFIRMED
    assert relay.told == [True]


def test_an_error_of_the_device_is_not_tried_again(site: Site, light: Device, relay: HttpDevice) -> None:
    """It may have done it before it failed: nobody knows, so the device is read."""
    relay.status = 500
    relay.on = True
    run = over(start(site, set_(light, "on")))
    assert relay.told == [True]
    assert (run.state, actions(run)) == ("done", [("on", "confirmed")])


def test_a_redirect_is_not_followed(site: Site, light: Device, relay: HttpDevice) -> None:
    relay.status = 307
    run = over(start(site, set_(light, "on")))
    assert relay.told == [True]
    assert (run.state, step(run, "0").detail) == ("asking", "redirect")


@pytest.mark.parametrize(("otherwise", "state", "reason"), [("go_on", "done", ""), ("stop", "failed", "step_failed")])
def test_the_author_says_what_happens_otherwise(site: Site, otherwise: str, state: str, reason: str) -> None:
    dead = factories.DeviceFactory(site=site, address="http://127.0.0.1:9")
    run = over(start(site, set_(dead, "on", otherwise=otherwise)))
    assert (run.state, run.reason, run.faults) == (state, reason, 1)


def test_a_human_has_it_done_again_exactly_once(site: Site, agent: Member, light: Device, relay: HttpDevice) -> None:
    relay.status = 503
    relay.obeys = False
    run = start(site, set_(light, "on", limit_s=5))
    until(lambda: relay.asked >= 1, "it is read")
    clock.move(dt.timedelta(seconds=6))
    assert over(run).state == "asking"
    relay.status, relay.obeys = 200, True

    decide(agent, run.pk, "0", Decision.AGAIN, asked=1)
    with pytest.raises(Refusal) as refused:
        decide(agent, run.pk, "0", Decision.AGAIN, asked=1)
    assert refused.value.code == "not_asked"
    run = over(run)

    assert (run.state, run.faults) == ("done", 0)
    assert relay.told == [True, True]
    assert actions(run) == [("on", "unknown"), ("on", "confirmed")]
    assert Entry.objects.get(action=Action.SCRIPT_DECIDED).actor_id == agent.pk


def test_a_human_leaves_it_out(site: Site, agent: Member, light: Device, relay: HttpDevice) -> None:
    dead = factories.DeviceFactory(site=site, address="http://127.0.0.1:9")
    run = over(start(site, set_(dead, "on"), set_(light, "on")))
    decide(agent, run.pk, "0", Decision.SKIP, asked=1)
    run = over(run)
    assert (run.state, run.faults, relay.told) == ("done", 1, [True])
    assert step(run, "0").state == "skipped"


def test_a_human_stops_it(
    site: Site, agent: Member, light: Device, relay: HttpDevice, heard: list[tuple[str, str]]
) -> None:
    run = start(site, wait(60), set_(light, "on"), asker="me")
    tick()
    running.stop(agent, run.pk)
    clock.move(dt.timedelta(seconds=61))
    tick()
    assert (fresh(run).state, fresh(run).reason) == ("stopped", "by_hand")
    assert relay.told == []
    assert heard == [("me", "stopped")]


def test_what_is_planned_and_not_sent_when_it_is_stopped_is_never_sent(
    site: Site, agent: Member, light: Device, relay: HttpDevice
) -> None:
    from crisis.devices import advancing

    run = start(site, set_(light, "on"))
    advancing.advance(run.pk)
    assert actions(run) == [("on", "planned")]
    running.stop(agent, run.pk)
    tick()
    assert (actions(run), relay.told) == ([("on", "dropped")], [])


def test_a_question_that_nobody_answers_ends_the_run(site: Site) -> None:
    dead = factories.DeviceFactory(site=site, address="http://127.0.0.1:9")
    run = over(start(site, set_(dead, "on")))
    clock.move(dt.timedelta(minutes=31))
    tick()
    assert (fresh(run).state, fresh(run).reason) == ("failed", "nobody_answered")


def test_an_action_that_nobody_sent_in_time_is_not_sent_late(site: Site, light: Device, relay: HttpDevice) -> None:
    """Responders were away for a minute: what comes so late would surprise somebody."""
    from crisis.devices import advancing

    run = start(site, set_(light, "on", limit_s=10))
    advancing.advance(run.pk)
    clock.move(dt.timedelta(seconds=60))
    assert over(run).state == "asking"
    assert (relay.told, step(run, "0").detail) == ([], "too_late")


def test_a_device_that_cannot_say_how_it_is_was_told(site: Site, light: Device, relay: HttpDevice) -> None:
    light.settings = {**light.settings, "state_path": None}
    light.save()
    run = over(start(site, set_(light, "on")))
    assert (run.state, step(run, "0").outcome, actions(run)) == ("done", Outcome.SENT, [("on", "sent")])


def test_a_device_removed_meanwhile_is_not_moved(site: Site, light: Device, relay: HttpDevice) -> None:
    run = start(site, wait(10), set_(light, "on"))
    tick()
    Device.objects.filter(pk=light.pk).update(removed_at=clock.now())
    clock.move(dt.timedelta(seconds=11))
    assert over(run).state == "asking"
    assert (relay.told, step(run, "1").detail) == ([], "removed")


# Drills


def test_a_drill_moves_nothing_and_records_what_it_would_have_done(
    site: Site, light: Device, relay: HttpDevice
) -> None:
    steps = [set_(light, "on"), wait_for(light, "on"), if_(light, "on", [set_(light, "off")], [])]
    run = over(start(site, *steps, exercise=True, verified=False))
    assert run.state == "done"
    assert actions(run) == [("on", "rehearsed"), ("off", "rehearsed")]
    assert (relay.told, relay.asked) == ([], 0)


def test_a_drill_that_says_so_moves_real_devices(site: Site, light: Device, relay: HttpDevice) -> None:
    over(start(site, set_(light, "on"), exercise=True, really=True))
    assert relay.told == [True]


def test_a_drill_under_way_does_not_stand_in_the_way_of_the_real_thing(site: Site) -> None:
    script = factories.ScriptFactory(site=site, mode="single", document=document(wait(60)))
    organisation = site.organisation_id
    drill = start_script(script.pk, organisation_id=organisation, asker="drill", exercise=True, verified=True)
    tick()
    real = start_script(script.pk, organisation_id=organisation, asker="real", verified=True)
    tick()
    assert (fresh(drill).state, fresh(real).state) == ("running", "running")


# Modes


def test_a_second_start_of_a_single_script_is_refused_with_a_sentence(site: Site) -> None:
    script = factories.ScriptFactory(site=site, name="Secure it", mode="single", document=document(wait(60)))
    first = start_script(script.pk, organisation_id=site.organisation_id, asker="1", verified=True)
    with pytest.raises(Refusal, match="runs_already") as refused:
        start_script(script.pk, organisation_id=site.organisation_id, asker="2", verified=True)
    assert "Secure it" in refused.value.sentence()
    tick()
    clock.move(dt.timedelta(seconds=61))
    assert over(first).state == "done"
    assert start_script(script.pk, organisation_id=site.organisation_id, asker="3", verified=True).state == "running"


def test_a_restart_stops_the_first_one_first(site: Site, heard: list[tuple[str, str]]) -> None:
    script = factories.ScriptFactory(site=site, mode="restart", document=document(wait(60)))
    first = start_script(script.pk, organisation_id=site.organisation_id, asker="1", verified=True)
    tick()
    start_script(script.pk, organisation_id=site.organisation_id, asker="2", verified=True)
    assert (fresh(first).state, fresh(first).reason) == ("stopped", "restarted")
    assert heard == [("1", "stopped")]


def test_queued_runs_follow_each_other(site: Site, light: Device, relay: HttpDevice) -> None:
    script = factories.ScriptFactory(site=site, mode="queued", document=document(wait(60), set_(light, "on")))
    runs = [
        start_script(script.pk, organisation_id=site.organisation_id, asker=str(n), verified=True) for n in range(3)
    ]
    for done in range(1, 4):
        tick()
        tick()
        states = [fresh(run).state for run in runs]
        assert states == ["done"] * (done - 1) + ["running"] + ["queued"] * (3 - done)
        clock.move(dt.timedelta(seconds=61))
        assert over(runs[done - 1]).state == "done"
        assert len(relay.told) == done


# Before the verification


@pytest.mark.parametrize("kind", ["door", "gate"])
def test_nothing_locks_before_the_verification(site: Site, relay: HttpDevice, kind: str) -> None:
    door = factories.DeviceFactory(
        site=site, kind=kind, address=relay.address, states=[{"key": "locked"}, {"key": "unlocked"}], settings=lock()
    )
    with pytest.raises(Refusal, match="not_verified"):
        start(site, if_(door, "unlocked", [set_(door, "locked")], []), verified=False)
    assert not ScriptRun.objects.exists()
    over(start(site, set_(door, "unlocked"), verified=False))  # opening is no locking
    assert relay.told == [False]
    over(start(site, set_(door, "locked"), verified=True))
    assert relay.told == [False, True]


def test_a_state_that_is_marked_is_not_taken_before_the_verification(site: Site, light: Device) -> None:
    light.states = [{"key": "on", "words": {}, "secures": True}, {"key": "off", "words": {}, "secures": False}]
    light.save()
    with pytest.raises(Refusal, match="not_verified"):
        start(site, set_(light, "on"), verified=False)


def test_a_device_that_comes_to_lock_while_it_runs_is_not_moved(site: Site, light: Device, relay: HttpDevice) -> None:
    """The last gate before a device asks again."""
    run = start(site, wait(10), set_(light, "on"), verified=False)
    tick()
    light.states = [{"key": "on", "words": {}, "secures": True}, {"key": "off", "words": {}, "secures": False}]
    light.save()
    clock.move(dt.timedelta(seconds=11))
    assert over(run).state == "asking"
    assert (relay.told, step(run, "1").detail) == ([], "not_verified")


def lock() -> dict[str, object]:
    body = {"locked": '{"on": true}', "unlocked": '{"on": false}'}
    return {
        "requests": {state: {"method": "PUT", "path": "/set", "body": text} for state, text in body.items()},
        "state_path": "/state",
        "state_pointer": "/relay/on",
        "state_values": {"locked": "true", "unlocked": "false"},
    }


# By hand


def test_an_agent_sets_a_device_by_hand_with_a_reason(
    site: Site, agent: Member, light: Device, relay: HttpDevice
) -> None:
    press = uuid.uuid4()
    run = running.set_by_hand(agent, light.pk, "on", request=press, reason="Somebody fell, said Jo.")
    assert running.set_by_hand(agent, light.pk, "on", request=press, reason="Somebody fell, said Jo.").pk == run.pk
    over(run)
    assert relay.told == [True]
    reason = Entry.objects.get(action=Action.SCRIPT_BY_HAND)
    assert reason.actor_id == agent.pk
    assert "Jo" not in str(reason.details)
    with pytest.raises(Refusal, match="reason_needed"):
        running.set_by_hand(agent, light.pk, "on", request=uuid.uuid4(), reason="  ")


def test_actions_of_one_device_do_not_overtake_each_other(site: Site, light: Device) -> None:
    from crisis.devices import advancing, sending

    for state in ("on", "off"):
        advancing.advance(start(site, set_(light, state)).pk)
    first = sending.claim()
    assert first is not None
    assert first.wanted == "on"
    assert sending.claim() is None
    assert ActionRun.objects.filter(state="planned").count() == 1


def test_a_run_that_cannot_be_read_holds_up_no_other(site: Site, light: Device, relay: HttpDevice) -> None:
    broken = start(site, wait(1))
    ScriptRun.objects.filter(pk=broken.pk).update(document={"steps": "nonsense"})
    run = over(start(site, set_(light, "on")))
    assert (run.state, relay.told) == ("done", [True])
