"""Sends device actions, each once at most: claim the row, commit, send, record. What was lost in between is never repeated.

The claim is fenced: it carries a token and ends on the database's clock. Who comes back after that records nothing, and its own
deadline, which began before the claim was committed, keeps it from sending late.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Now

from crisis.devices.advancing import advance
from crisis.devices.drivers.base import Deadline, DeviceFault, Fault, Result, Sending
from crisis.devices.hands import Hands
from crisis.devices.models import ActionRun, ActionState, Device, ScriptRun
from crisis.devices.opening import open_device
from soc import clock

log = structlog.get_logger(__name__)

SEND_S = 10.0
"""How long a driver may take to send one action."""

GRACE_S = 3.0
"""How long after that its sender is taken to have died."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An action that is this process's to send, until the deadline."""

    action: UUID
    run: UUID
    device: UUID
    wanted: str
    token: UUID
    deadline: Deadline


def send_due(hands: Hands) -> int:
    """Claim what is planned, as much as there are hands for, and have it sent; how many were claimed."""
    claimed = 0
    while hands.free() > 0 and (one := claim()) is not None:
        claimed += 1
        hands.do(partial(_send_and_go_on, one, hands))
    return claimed


def claim() -> Claimed | None:
    """Take the action that was planned first, of a device to which nothing is being sent; ``None``: there is none."""
    try:
        with transaction.atomic():
            return _claim()
    except IntegrityError:  # another process began to send to the same device at the same moment
        return None


def _claim() -> Claimed | None:
    on_its_way = ActionRun.objects.filter(device=OuterRef("device"), state=ActionState.SENDING)
    rows = ActionRun.objects.select_for_update(skip_locked=True, of=("self",)).select_related("device", "run", "step")
    planned = rows.filter(~Exists(on_its_way), state=ActionState.PLANNED, run__ended_at=None)
    now = clock.now()
    # What is too late already is the engine's to drop.
    action = planned.filter(step__due_at__gt=now).order_by("planned_at", "id").first()
    if action is None or action.step.due_at is None:
        return None
    if (fault := _refused(action)) is not None:
        action.state, action.fault, action.ended_at = ActionState.FAILED, fault, now
        action.save()
        ScriptRun.objects.filter(pk=action.run_id).update(next_at=now)
        return _claim()
    seconds = min(SEND_S, (action.step.due_at - now).total_seconds())
    deadline, token = Deadline(seconds), uuid.uuid4()
    ActionRun.objects.filter(pk=action.pk).update(
        state=ActionState.SENDING,
        claim=token,
        claimed_until=Now() + Value(dt.timedelta(seconds=seconds + GRACE_S)),
    )
    Device.objects.filter(pk=action.device_id).update(last_asked=action.wanted, last_asked_at=now)
    return Claimed(action.pk, action.run_id, action.device_id, action.wanted, token, deadline)


def _refused(action: ActionRun) -> Fault | None:
    """What was allowed when the run started and is not now, or never was: the last gate before a device."""
    if action.device.removed_at is not None:
        return Fault.REMOVED
    if not action.device.knows(action.wanted):
        return Fault.SETTINGS
    if not action.run.verified and action.device.secures_by(action.wanted):
        return Fault.NOT_VERIFIED
    if not action.run.moves:
        return Fault.EXERCISE
    return None


def _send_and_go_on(claimed: Claimed, hands: Hands) -> None:
    record(claimed, _send(claimed))
    advance(claimed.run)
    send_due(hands)


def _send(claimed: Claimed) -> Result:
    try:
        device = Device.objects.select_related("connection").get(pk=claimed.device)
        opened = open_device(device)
    except DeviceFault as fault:
        return Result.not_sent(fault.fault)
    try:
        return opened.driver.set_state(opened.target, claimed.wanted, claimed.deadline)
    except Exception:
        log.exception("device.driver_failed", device=str(claimed.device))
        return Result.unknown(Fault.BROKEN)  # a driver should not raise: what it did before is not known


_STATES = {
    Sending.SENT: ActionState.SENT,
    Sending.NOT_SENT: ActionState.FAILED,
    Sending.UNKNOWN: ActionState.UNKNOWN,
}


def record(claimed: Claimed, result: Result) -> bool:
    """Write down what became of a claimed action; ``False``: the claim was over, and what is known already stands."""
    with transaction.atomic():
        _lock_run(claimed.run)
        now = clock.now()
        mine = ActionRun.objects.filter(pk=claimed.action, state=ActionState.SENDING, claim=claimed.token)
        done = mine.update(
            state=_STATES[result.sending],
            fault=result.fault or "",
            sent_at=None if result.sending is Sending.NOT_SENT else now,
            ended_at=now if result.sending is Sending.NOT_SENT else None,
        )
        if not done:
            log.warning("device.claim_was_over", action=str(claimed.action), result=result.sending.value)
            return False
        _wake(claimed.run, now)
    return True


def give_up_lost() -> int:
    """Actions whose sender died in mid-send: nobody knows whether they went out; how many."""
    lost = ActionRun.objects.filter(state=ActionState.SENDING, claimed_until__lt=Now())
    given_up = 0
    for pk, run_id in lost.values_list("pk", "run_id")[:200]:
        with transaction.atomic():
            _lock_run(run_id)
            found = ActionRun.objects.filter(pk=pk, state=ActionState.SENDING, claimed_until__lt=Now())
            if found.update(state=ActionState.UNKNOWN, fault=Fault.CRASHED):
                log.warning("device.sender_died", action=str(pk))
                _wake(run_id, clock.now())
                given_up += 1
    return given_up


def _lock_run(run_id: UUID) -> None:
    """Before its actions, as everywhere: two who lock both never wait for each other."""
    ScriptRun.objects.select_for_update().get(pk=run_id)


def _wake(run_id: UUID, now: dt.datetime) -> None:
    ScriptRun.objects.filter(pk=run_id, ended_at=None).update(next_at=now)
