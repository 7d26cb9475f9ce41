"""A plan moves real things (a relay on HTTP): after a verification, once, as it was at the start, and in no drill unasked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crisis.activations import directing, engine
from crisis.activations.kinds import Cause, StepState, VerifiedHow
from crisis.devices.models import Device, Script
from crisis.plans.content import DevicesStep
from crisis.plans.models import Plan
from soc.people.rights import Role
from tests import factories
from tests.crisis.devices.scripting import tick
from tests.crisis.story import CHOICES, Story, message, words
from tests.peers.http_device import HttpDevice

pytestmark = pytest.mark.django_db


@pytest.fixture
def relay() -> Iterator[HttpDevice]:
    with HttpDevice() as device:
        yield device


@pytest.fixture
def story() -> Story:
    return Story()


def door_of(story: Story, relay: HttpDevice, *, secures: bool) -> Device:
    states: list[dict[str, object]] = [
        {"key": key, "words": {}, "secures": secures and key == "on"} for key in ("on", "off")
    ]
    return factories.DeviceFactory(site=story.site, address=relay.address, states=states)


def script_of(story: Story, device: Device, state: str = "on") -> Script:
    steps = [{"do": "set", "device": str(device.pk), "state": state}]
    return factories.ScriptFactory(site=story.site, document={"steps": steps})


def plan_of(story: Story, script: Script, **more: bool) -> Plan:
    story.person("Guard A", "guards")
    return story.plan(
        DevicesStep(key="lock", name="Lock", script=script.pk, **more),
        message("go", story.profile("guards"), words("Go.", "Allez."), choices=CHOICES),
    )


def finish(story: Story) -> None:
    """Both engines, until nothing is due."""
    for _ in range(20):
        if not engine.advance() + tick():
            return
    raise AssertionError("Something is due again and again.")


def test_what_locks_waits_for_the_verification_after_a_camera_s_alert_and_moves_once(
    story: Story, relay: HttpDevice
) -> None:
    plan = plan_of(story, script_of(story, door_of(story, relay, secures=True)))
    activation = story.start(plan, Cause.ALERT, alert=story.alert())
    finish(story)
    assert story.step(activation, "lock").state == StepState.UNVERIFIED
    assert relay.told == []
    directing.verify(activation.pk, story.agent, VerifiedHow.LIVE)
    finish(story)
    assert relay.told == [True]
    assert story.step(activation, "lock").state == StepState.DONE


def test_what_locks_nobody_moves_at_once(story: Story, relay: HttpDevice) -> None:
    plan = plan_of(story, script_of(story, door_of(story, relay, secures=False)))
    activation = story.start(plan, Cause.ALERT, alert=story.alert())
    finish(story)
    assert relay.told == [True]
    assert story.step(activation, "lock").state == StepState.DONE


def test_a_drill_touches_nothing_unless_the_step_says_so(story: Story, relay: HttpDevice) -> None:
    script = script_of(story, door_of(story, relay, secures=True))
    drill = story.start(plan_of(story, script), Cause.DRILL, drill=True)
    finish(story)
    assert relay.told == []
    assert story.step(drill, "lock").state == StepState.DONE
    told = story.start(plan_of(story, script, in_drills=True), Cause.DRILL, drill=True)
    finish(story)
    assert relay.told == [True]
    assert story.step(told, "lock").state == StepState.DONE


def test_a_script_that_is_edited_meanwhile_changes_nothing_that_is_under_way(story: Story, relay: HttpDevice) -> None:
    script = script_of(story, door_of(story, relay, secures=True))
    activation = story.start(plan_of(story, script), Cause.ALERT, alert=story.alert())
    script.document["steps"][0]["state"] = "off"
    script.save()
    directing.verify(activation.pk, story.agent, VerifiedHow.ON_SITE)
    finish(story)
    assert relay.told == [True]


def test_a_script_that_is_gone_fails_its_step_and_stops_nothing_else(story: Story, relay: HttpDevice) -> None:
    script = script_of(story, door_of(story, relay, secures=False))
    plan = plan_of(story, script)
    script.delete()
    activation = story.start(plan)
    finish(story)
    assert story.step(activation, "lock").state == StepState.FAILED
    assert story.step(activation, "go").state == StepState.DONE


def test_a_device_that_does_not_answer_is_asked_about_and_never_told_again_unseen(
    story: Story, relay: HttpDevice
) -> None:
    relay.status = 500
    factories.MemberFactory(organisation=story.organisation, roles=[Role.SUPERVISOR])
    plan = plan_of(story, script_of(story, door_of(story, relay, secures=False)))
    activation = story.start(plan)
    finish(story)
    story.after(minutes=5)
    finish(story)
    assert len(relay.told) <= 1
    assert story.step(activation, "lock").state in (StepState.RUNNING, StepState.FAILED)
