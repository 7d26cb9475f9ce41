"""How devices stand as something that protects: whether each can be relied on now, since when not, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from crisis.devices.checks import readable
from crisis.devices.drivers.base import Fault
from crisis.devices.models import Device, Outcome, StepRun, StepState

_FAILED: Final = (Outcome.NOT_DONE, Outcome.NOT_CONFIRMED, Outcome.LOST)
_MOVED: Final = (Outcome.CONFIRMED, Outcome.SENT)
_NOT_ITS_OWN: Final = (Fault.NOT_VERIFIED, Fault.EXERCISE, Fault.TOO_LATE, Fault.REMOVED)
"""Why a device was not told to move at all: it says nothing about the device."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a device can be relied on.

    Attributes:
        works: it can; ``None``: nothing says so, and nothing speaks against it.
        sentence: how that is known, in the active language.
        since: since when it cannot, where that is known.
    """

    works: bool | None
    sentence: str
    since: dt.datetime | None = None


def standings(ids: Collection[UUID]) -> dict[UUID, Standing]:
    """How each of these devices stands now, also those that were removed. Not scoped."""
    rows = list(Device.objects.filter(pk__in=ids).select_related("connection"))
    moves = _last_moves(ids)
    return {device.pk: _of(device, moves) for device in rows}


def _of(device: Device, moves: Mapping[UUID, StepRun]) -> Standing:
    if device.removed_at is not None:
        return Standing(False, _("This device was removed."), device.removed_at)
    if (cut := _cut_off(device)) is not None:
        return cut
    move = moves.get(device.pk)
    if move is not None and move.outcome in _FAILED and not _came_right(device, move):
        why = Fault(move.detail).label if move.detail else Outcome(move.outcome).label
        sentence = _("It did not do what it was told last: %(why)s") % {"why": why}
        return Standing(False, sentence, move.ended_at or move.since)
    if not device.last_state and device.last_state_at is not None:
        return Standing(False, str(Fault.UNKNOWN_STATE.label), device.last_state_at)
    if device.last_state:
        return Standing(True, _("answers: %(state)s") % {"state": device.word(device.last_state)})
    if readable(device):
        return Standing(None, _("was never heard"))
    if move is not None and move.outcome in _MOVED:
        return Standing(True, _("took its last order; it cannot say how it is"))
    return Standing(None, _("was never moved, and cannot say how it is"))


def _cut_off(device: Device) -> Standing | None:
    """That it is not heard, or cannot be reached; ``None``: it is neither."""
    if device.silent_since is not None:
        return Standing(False, _("It does not answer."), device.silent_since)
    broker = device.connection
    if broker is None:
        return None
    if broker.removed_at is not None:
        return Standing(False, _("Its broker was removed."), broker.removed_at)
    if broker.fault and broker.up_since is None:
        return Standing(False, _("Its broker is not connected: %(why)s") % {"why": Fault(broker.fault).label})
    return None


def _came_right(device: Device, move: StepRun) -> bool:
    """Whether it said afterwards that it is as it had been told to be."""
    since = move.ended_at or move.since
    return device.last_state == move.wanted and device.last_state_at is not None and device.last_state_at > since


def _last_moves(ids: Collection[UUID]) -> dict[UUID, StepRun]:
    """The last time that each was told to move, and what came of it; drills that move nothing are none."""
    rows = StepRun.objects.filter(Q(run__exercise=False) | Q(run__really=True), device__in=ids, kind="set")
    over = rows.filter(outcome__in=(*_FAILED, *_MOVED)).exclude(state=StepState.OPEN).exclude(detail__in=_NOT_ITS_OWN)
    last = over.order_by("device_id", "-entered_at", "-path").distinct("device_id")
    return {one.device_id: one for one in last if one.device_id is not None}
