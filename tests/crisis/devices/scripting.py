"""Scripts as short as a test can say them, and an engine that runs in the test's own thread."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction

from crisis.devices import engine
from crisis.devices.hands import Here
from crisis.devices.models import Connection, Device, ScriptRun, StepRun
from crisis.devices.running import start_script
from crisis.devices.secrets import Secrets, seal
from soc import clock
from soc.people.models import Site
from tests import factories
from tests.peers.mqtt import NAME, PASSWORD

CEILING_S = 60.0
Json = dict[str, Any]


def set_(device: Device, state: str, **more: Any) -> Json:
    return {"do": "set", "device": str(device.pk), "state": state, **more}


def wait(seconds: int) -> Json:
    return {"do": "wait", "seconds": seconds}


def wait_for(device: Device, state: str, limit_s: int = 30, **more: Any) -> Json:
    return {"do": "wait_for", "device": str(device.pk), "state": state, "limit_s": limit_s, **more}


def if_(device: Device, state: str, then: list[Json], else_: list[Json], **more: Any) -> Json:
    return {"do": "if", "device": str(device.pk), "state": state, "then": then, "else": else_, **more}


def parallel(*branches: list[Json]) -> Json:
    return {"do": "parallel", "branches": list(branches)}


def document(*steps: Json) -> Json:
    return {"steps": list(steps)}


def start(site: Site, *steps: Json, **more: Any) -> ScriptRun:
    """A run of these steps; a person's call, unless said otherwise."""
    asked: Json = {"organisation_id": site.organisation_id, "asker": str(uuid.uuid4()), "verified": True, **more}
    with transaction.atomic():
        return start_script(document(*steps), **asked)


def tick() -> int:
    """One second of a responder, in this thread."""
    return engine.tick(Here(), Here())


def until(holds: Callable[[], bool], what: str, ceiling_s: float = CEILING_S) -> None:
    """Let the engine run until something holds."""
    deadline = time.monotonic() + ceiling_s
    while not holds():
        assert time.monotonic() < deadline, f"after {ceiling_s:.0f} s still not: {what}"
        tick()
        time.sleep(0.02)


def over(run: ScriptRun) -> ScriptRun:
    """The run, once it has ended or asks."""
    until(lambda: fresh(run).state in ("done", "failed", "stopped", "asking"), "the run ended or asks")
    return fresh(run)


def fresh(run: ScriptRun) -> ScriptRun:
    return ScriptRun.objects.get(pk=run.pk)


def step(run: ScriptRun, path: str) -> StepRun:
    return StepRun.objects.get(run=run, path=path)


def actions(run: ScriptRun) -> list[tuple[str, str]]:
    """What was to be moved, in the order of its planning, and how it stands."""
    return [(action.wanted, action.state) for action in run.actions.order_by("planned_at", "repetition")]


def connection(site: Site, port: int, *, password: str = PASSWORD) -> Connection:
    return factories.ConnectionFactory(site=site, port=port, credentials=seal(Secrets(NAME, password)))


def mqtt_device(
    broker: Connection, key: str, *, kind: str = "siren", states: tuple[str, ...] = ("on", "off"), **settings: Any
) -> Device:
    """A device on ``<key>/set`` and ``<key>/state``, whose payloads are its states in capitals."""
    assert broker.site is not None
    return factories.DeviceFactory(
        site=broker.site,
        connection=broker,
        name=key,
        kind=kind,
        driver="mqtt",
        address="",
        states=[{"key": state, "words": {}, "secures": False} for state in states],
        settings={
            "command_topic": f"{key}/set",
            "state_topic": f"{key}/state",
            "payloads": {state: state.upper() for state in states},
            **settings,
        },
    )


def clock_moves(by: dt.timedelta) -> None:
    """Business time goes on for all processes at once."""
    clock.move(by)
