"""Writes down what a device said: how it is, when it spoke, since when it is silent; wakes the runs that wait for it."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Value

from crisis.devices import events
from crisis.devices.drivers.base import Fault, Presence, Reading, Said
from crisis.devices.models import Device, ScriptRun, StepState
from soc import clock

_AGAIN = dt.timedelta(seconds=0.2)
"""A device that says the same thing more often than this is not written down each time."""


def heard(device_id: UUID, said: Said) -> None:
    """Write down what a device said; browsers are told when it is something new."""
    with transaction.atomic():
        device = Device.objects.select_for_update(no_key=True).filter(pk=device_id, removed_at=None).first()
        if device is None:
            return
        now = clock.now()
        before = (device.last_state, device.silent_since)
        if not _write(device, said, now):
            return
        device.save(update_fields=["last_state", "last_state_at", "last_seen_at", "silent_since"])
        if before != (device.last_state, device.silent_since):
            events.device_changed(device)
    wake(device_id)


def _write(device: Device, said: Said, now: dt.datetime) -> bool:
    """Put it into the row; whether that is worth keeping."""
    live = not isinstance(said, Fault) and said.live
    if isinstance(said, Presence) and not said.there:
        if device.silent_since is not None:
            return False
        device.silent_since = now
        return True
    if isinstance(said, Reading):
        fresh = device.last_state_at is not None and now - device.last_state_at < _AGAIN
        if said.state == device.last_state and fresh and device.silent_since is None:
            return False
        device.last_state, device.last_state_at = said.state, now
    if isinstance(said, Fault):  # it says something, and that is none of its states: the last one is not true any more
        if not device.last_state:
            return False
        device.last_state, device.last_state_at, live = "", now, True
    if live:
        device.last_seen_at, device.silent_since = now, None
    return True


def wake(device_id: UUID) -> None:
    """Runs that wait for this device are looked at now. Without this they are looked at a little later."""
    ScriptRun.objects.filter(
        ended_at=None, steps__device=device_id, steps__state=StepState.OPEN, steps__read_at__isnull=False
    ).update(next_at=clock.now())


def note_silence() -> int:
    """Mark devices that were not heard for as long as they are expected to be; how many."""
    over = ExpressionWrapper(
        F("last_seen_at")
        + ExpressionWrapper(F("silent_after_min") * Value(dt.timedelta(minutes=1)), output_field=DurationField()),
        output_field=DateTimeField(),
    )
    found = Device.objects.filter(removed_at=None, silent_since=None, silent_after_min__isnull=False)
    noted = 0
    for pk in found.annotate(over=over).filter(over__lt=clock.now()).values_list("pk", flat=True)[:200]:
        noted += _silent(pk)
    return noted


@transaction.atomic
def _silent(pk: UUID) -> int:
    rows = Device.objects.select_for_update(no_key=True, skip_locked=True)
    device = rows.filter(pk=pk, removed_at=None, silent_since=None).first()
    if device is None or device.last_seen_at is None or device.silent_after_min is None:
        return 0
    if device.last_seen_at + dt.timedelta(minutes=device.silent_after_min) >= clock.now():
        return 0
    device.silent_since = device.last_seen_at
    device.save(update_fields=["silent_since"])
    events.device_changed(device)
    return 1
