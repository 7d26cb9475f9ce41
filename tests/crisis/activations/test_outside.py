"""The monitor outside is told every minute that nothing is late, and by its silence that something is; against a real server."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pydantic import SecretStr, ValidationError

from alerts.deliveries.models import Delivery, OutsideMonitor
from crisis.activations import outside
from crisis.activations.kinds import ActivationState
from crisis.activations.models import Activation, StepRun, Telling
from crisis.activations.outside import Why
from crisis.activations.tasks import ROUNDS
from crisis.devices.models import ScriptRun
from crisis.plans.content import TaskStep
from soc import clock
from soc.config import Config, config
from tests.crisis.devices.scripting import start, wait
from tests.crisis.story import Story, message, words
from tests.peers.monitor import Monitor

pytestmark = pytest.mark.django_db
LATE = dt.timedelta(seconds=61)


@pytest.fixture
def monitor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Monitor]:
    with Monitor() as running:
        monkeypatch.setattr(config(), "deadman_url", SecretStr(running.address))
        yield running


def minute() -> int:
    """A minute passes, and the round comes."""
    clock.move(dt.timedelta(minutes=1))
    return ROUNDS[outside.ROUND]()


def why() -> str:
    return OutsideMonitor.objects.get().failure


def readyz() -> dict[str, Any]:
    body: dict[str, Any] = Client().get("/readyz").json()
    return {**body["outside_monitor"], "degraded": "outside_monitor" in body["degraded"]}


def test_it_is_told_once_a_minute_and_readyz_says_when(monitor: Monitor) -> None:
    assert readyz() == {"ok": False, "watched": 1, "last_success": "", "failure": "", "degraded": True}
    assert [minute(), outside.ping_due(), outside.ping_due()] == [1, 0, 0]
    assert monitor.asked == ["/ping/secret"]
    assert minute() == 1
    assert len(monitor.asked) == 2
    last = OutsideMonitor.objects.get().succeeded_at
    assert last is not None
    assert readyz() == {"ok": True, "watched": 1, "last_success": last.isoformat(), "failure": "", "degraded": False}
    clock.move(dt.timedelta(minutes=4))
    assert readyz()["degraded"], "nobody has told it for four minutes"


def test_without_an_address_nobody_is_asked_and_nothing_is_degraded() -> None:
    assert minute() == 0
    assert not OutsideMonitor.objects.exists()
    assert readyz() == {"ok": True, "watched": 0, "degraded": False}


def test_a_message_that_is_overdue_keeps_it_silent_until_it_has_left(monitor: Monitor) -> None:
    story = Story()
    story.person("Guard", "guards")
    story.start(story.plan(message("go", story.profile("guards"), words("Go.", "Allez."))))
    Delivery.objects.update(state="pending", due_at=clock.now())
    Delivery.objects.get().message.__class__.objects.update(done_at=None)
    assert outside.ping_due() == 1, "it is due for less than a minute"
    clock.move(dt.timedelta(seconds=1))
    minute()
    assert (len(monitor.asked), why()) == (1, Why.OUTBOX)
    assert readyz()["failure"] == "outbox"
    story.work()
    assert minute() == 1


def test_what_a_dead_sender_left_is_taken_up_first_and_then_it_is_told(monitor: Monitor) -> None:
    story = Story()
    story.person("Guard", "guards")
    story.start(story.plan(message("go", story.profile("guards"), words("Go.", "Allez."))))
    Delivery.objects.update(state="claimed", claimed_until=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert outside.ping_due() == 1
    assert Delivery.objects.get().state == "pending", "this round's own reconciliation took it up"


@pytest.mark.parametrize("what", ["step", "telling", "decision", "script"])
def test_whatever_of_a_plan_is_late_keeps_it_silent(monitor: Monitor, what: str) -> None:
    story = Story()
    story.person("Guard", "guards")
    later = message("go", story.profile("guards"), words("Go.", "Allez."), delay_s=3600)
    activation = story.start(story.plan(later, TaskStep(key="t", name="Gate", role="Agent")))
    assert outside.ping_due() == 1
    before = clock.now() - LATE
    if what == "step":
        StepRun.objects.filter(key="go").update(due_at=before)
    if what == "decision":
        Activation.objects.update(state=ActivationState.ASKING, decide_by=before)
    if what == "telling":
        story.after(hours=1)
        Telling.objects.update(done_at=None, due_at=before)
    if what == "script":
        run = start(story.site, wait(5))
        ScriptRun.objects.filter(pk=run.pk).update(next_at=before)
    assert minute() == 0
    assert (len(monitor.asked), why()) == (1, Why.STEPS)
    Activation.objects.filter(pk=activation.pk).update(state=ActivationState.ENDED)


def test_a_step_that_waits_for_somebody_s_word_is_not_late(monitor: Monitor) -> None:
    story = Story()
    story.person("Guard", "guards")
    step = message("go", story.profile("guards"), words("Go.", "Allez."), by_hand=True)
    story.start(story.plan(step))
    clock.move(dt.timedelta(hours=1))
    assert outside.ping_due() == 1


@pytest.mark.parametrize(("status", "location"), [(500, ""), (404, ""), (302, "/elsewhere"), (307, "/elsewhere")])
def test_only_a_plain_yes_counts_and_no_other_address_is_followed(monitor: Monitor, status: int, location: str) -> None:
    monitor.status, monitor.location = status, location
    assert minute() == 0
    assert (monitor.asked, why()) == (["/ping/secret"], Why.ANSWER)
    assert OutsideMonitor.objects.get().succeeded_at is None


def test_one_that_speaks_for_ever_is_left(monitor: Monitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "PATIENCE_S", 0.5)
    monitor.drips.set()
    assert minute() == 0
    assert why() == Why.TIMEOUT


def test_one_that_is_not_there_is_tried_again_the_next_minute(
    monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setattr(config(), "deadman_url", SecretStr("http://127.0.0.1:9/ping"))
        assert minute() == 0
        assert why() == Why.UNREACHABLE
    assert minute() == 1


def test_in_the_clear_only_the_operator_s_own_networks_are_asked(
    monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config(), "provider_networks", "10.0.0.0/8")
    assert minute() == 0
    monkeypatch.setattr(config(), "deadman_url", SecretStr("http://1.1.1.1/ping"))
    assert minute() == 0
    assert (monitor.asked, why()) == ([], Why.NOT_ALLOWED)


@pytest.mark.parametrize(
    "entered", ["nowhere", "ftp://monitor/x", "https://name:word@monitor.example/x", "https:// x", "x\nhttps://a"]
)
def test_what_is_no_address_does_not_start(entered: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Config(deadman_url=SecretStr(entered))
    assert "no address" in str(refused.value)
    assert entered not in str(refused.value.errors(include_input=False)[0]["msg"])


def test_an_address_is_a_secret_of_the_operator_s() -> None:
    assert "ping/secret" not in repr(Config(deadman_url=SecretStr("https://monitor.example/ping/secret")))
