"""Asks devices how they are, for steps that wait for it and for devices that do not say it by themselves."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction

from crisis.devices.advancing import advance
from crisis.devices.drivers.base import Deadline, DeviceFault, Fault, Presence, Reading
from crisis.devices.drivers.registry import POLLED
from crisis.devices.hands import Hands
from crisis.devices.hearing import heard
from crisis.devices.models import Device, StepRun, StepState
from crisis.devices.opening import open_device
from soc import clock

READ_S = 3.0
"""How long a device is waited for at most."""

_NOBODY_ELSE_FOR = dt.timedelta(seconds=READ_S + 2)
_AGAIN = dt.timedelta(seconds=0.5)
POLLED_EVERY = dt.timedelta(minutes=1)
_NOT_THERE = (Fault.UNREACHABLE, Fault.REFUSED, Fault.TIMEOUT)


@dataclass(frozen=True, slots=True)
class ToRead:
    """A device to be asked, and the step that waits for it."""

    device: UUID
    step: UUID | None = None
    run: UUID | None = None


def read_due(hands: Hands) -> int:
    """Have devices read for which it is time, as many as there are hands for; how many."""
    due = [*_for_steps(hands.free())]
    due += _to_poll(hands.free() - len(due))
    for one in due:
        hands.do(partial(_read_and_go_on, one))
    return len(due)


@transaction.atomic
def _for_steps(most: int) -> list[ToRead]:
    if most <= 0:
        return []
    now = clock.now()
    rows = StepRun.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
    waiting = rows.filter(state=StepState.OPEN, read_at__lte=now, run__ended_at=None, device__isnull=False)
    found = list(waiting.order_by("read_at")[: min(most, 100)])
    StepRun.objects.filter(pk__in=[step.pk for step in found]).update(read_at=now + _NOBODY_ELSE_FOR)
    return [ToRead(step.device_id, step.pk, step.run_id) for step in found if step.device_id is not None]


@transaction.atomic
def _to_poll(most: int) -> list[ToRead]:
    if most <= 0:
        return []
    now = clock.now()
    rows = Device.objects.select_for_update(skip_locked=True, no_key=True)
    found = list(rows.filter(removed_at=None, driver__in=POLLED, poll_at__lte=now)[: min(most, 100)])
    Device.objects.filter(pk__in=[device.pk for device in found]).update(poll_at=now + POLLED_EVERY)
    return [ToRead(device.pk) for device in found]


def _read_and_go_on(asked: ToRead) -> None:
    fault = read(asked.device)
    if asked.step is None or asked.run is None:
        return
    waiting = StepRun.objects.filter(pk=asked.step, state=StepState.OPEN, read_at__isnull=False)
    waiting.update(read_at=clock.now() + _AGAIN, detail=fault or "")
    advance(asked.run)


def read(device_id: UUID, seconds: float = READ_S) -> Fault | None:
    """Ask a device how it is and write that down; what was wrong, if it does not say."""
    try:
        device = Device.objects.select_related("connection").get(pk=device_id)
        said = ask(device, Deadline(seconds))
    except DeviceFault as fault:
        if fault.fault is Fault.AWAY:
            heard(device_id, Presence(there=False))
        if fault.fault is Fault.UNKNOWN_STATE:
            heard(device_id, Fault.UNKNOWN_STATE)
        if fault.fault in _NOT_THERE and Device.objects.filter(pk=device_id, last_seen_at=None).exists():
            heard(device_id, Presence(there=False))  # it never spoke: no time runs out by which it would be missed
        return fault.fault
    heard(device_id, said)
    return None


def ask(device: Device, deadline: Deadline) -> Reading:
    """How a device is now; nothing is written down.

    Raises:
        DeviceFault: it does not say.
    """
    opened = open_device(device)
    if not opened.can_read:
        raise DeviceFault(Fault.NO_STATE)
    reading: Reading = opened.driver.read_state(opened.target, deadline)
    return reading
