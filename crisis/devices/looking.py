"""What an open step needs to move on: is its wait over, did its device take the state, is its time over?

One function for each kind of step. Each says whether something moved; what that means for the run is the walk's.
"""

from __future__ import annotations

import datetime as dt

from crisis.devices import paths
from crisis.devices.checks import readable
from crisis.devices.document import IfStep, ParallelStep, SetStep, StopStep, WaitForStep, WaitStep
from crisis.devices.drivers.base import Fault
from crisis.devices.models import ActionRun, ActionState, EndReason, Outcome, RunState, StepRun, StepState
from crisis.devices.walk import Walk


def look(walk: Walk, row: StepRun) -> bool:
    """Look at an open step; say whether something moved."""
    if row.path not in walk.live or walk.run.ended_at is not None:
        return False  # ended while its siblings were looked at
    if row.state == StepState.ASKING:
        if _is_over(walk, row):
            walk.end(RunState.FAILED, EndReason.NOBODY_ANSWERED)
            return True
        return False
    step = paths.step_at(walk.document, row.path)
    match step:
        case SetStep():
            return _look_at_set(walk, row, step)
        case WaitForStep():
            return _look_at_wait_for(walk, row, step)
        case IfStep():
            return _look_at_if(walk, row, step)
        case WaitStep():
            return _look_at_wait(walk, row)
        case ParallelStep():
            return _look_at_parallel(walk, row)
        case StopStep():
            return _look_at_stop(walk, row)


def _is_over(walk: Walk, row: StepRun) -> bool:
    return row.due_at is not None and row.due_at <= walk.now


def _look_at_wait(walk: Walk, row: StepRun) -> bool:
    if not _is_over(walk, row):
        return False
    walk.close(row, StepState.DONE, Outcome.NONE)
    return True


def _look_at_stop(walk: Walk, row: StepRun) -> bool:
    walk.finish(row, StepState.DONE, Outcome.NONE)
    walk.end(RunState.DONE, EndReason.STOP_STEP)
    return True


def _look_at_parallel(walk: Walk, row: StepRun) -> bool:
    if any(paths.is_within(path, row.path) for path in walk.live):
        return False
    walk.close(row, StepState.DONE, Outcome.NONE)
    return True


def _look_at_wait_for(walk: Walk, row: StepRun, step: WaitForStep) -> bool:
    if not walk.run.moves:
        walk.close(row, StepState.DONE, Outcome.REHEARSED)
        return True
    known = _known(row)
    if known == row.wanted:
        walk.close(row, StepState.DONE, Outcome.REACHED)
        return True
    if _is_over(walk, row):
        return walk.trouble(row, step, Outcome.NOT_REACHED if known else Outcome.UNREADABLE, row.detail)
    return False


def _look_at_if(walk: Walk, row: StepRun, step: IfStep) -> bool:
    if row.outcome in (Outcome.THEN, Outcome.ELSE):
        return False  # its way is under way; its last step closes it
    known = _known(row) if walk.run.moves else _rehearsed(walk, row)
    if known is None and walk.run.moves:
        return walk.trouble(row, step, Outcome.UNREADABLE, row.detail) if _is_over(walk, row) else False
    way = Outcome.THEN if known == row.wanted else Outcome.ELSE
    firsts = paths.firsts(step, row.path, way.value)
    row.outcome, row.due_at, row.read_at = way, None, None
    row.save()
    for first in firsts:
        walk.enter(first)
    if not firsts:
        walk.close(row, StepState.DONE, way)
    return True


def _look_at_set(walk: Walk, row: StepRun, step: SetStep) -> bool:
    action = row.actions.order_by("-repetition")[0]
    if action.state == ActionState.REHEARSED:
        walk.close(row, StepState.DONE, Outcome.REHEARSED)
        return True
    if action.state == ActionState.PLANNED:
        return _drop_late(walk, row, action)
    if action.state == ActionState.FAILED:
        walk.journal_action(row, action)
        return walk.trouble(row, step, Outcome.NOT_DONE, action.fault)
    if action.state == ActionState.SENT:
        return _look_at_sent(walk, row, step, action)
    if action.state == ActionState.UNKNOWN:
        return _look_at_unknown(walk, row, step, action)
    return False  # being sent


def _drop_late(walk: Walk, row: StepRun, action: ActionRun) -> bool:
    """What nobody sent within its time is not sent any more: it would surprise somebody."""
    if not _is_over(walk, row):
        return False
    failed = {"state": ActionState.FAILED, "fault": Fault.TOO_LATE, "ended_at": walk.now}
    return bool(ActionRun.objects.filter(pk=action.pk, state=ActionState.PLANNED).update(**failed))


def _look_at_sent(walk: Walk, row: StepRun, step: SetStep, action: ActionRun) -> bool:
    """It went out: the device says that it did it, cannot say, or does not say in time."""
    if not _readable(row):
        walk.journal_action(row, action)
        walk.close(row, StepState.DONE, Outcome.SENT)
        return True
    if row.read_at is None and action.sent_at is not None:
        row.since, row.read_at = action.sent_at, walk.now
        row.save()
    if _known(row) == row.wanted:
        return _confirm(walk, row, action)
    if _is_over(walk, row):
        action.state, action.ended_at = ActionState.UNKNOWN, walk.now
        action.save()
        walk.journal_action(row, action)
        return walk.trouble(row, step, Outcome.NOT_CONFIRMED, row.detail)
    return False


def _look_at_unknown(walk: Walk, row: StepRun, step: SetStep, action: ActionRun) -> bool:
    """Nobody knows whether it went out. It is never sent again by itself: the device is read, else a human is asked."""
    if row.outcome != Outcome.LOST:
        row.outcome, row.detail, row.since = Outcome.LOST, action.fault, walk.now
        row.due_at = walk.now + dt.timedelta(seconds=step.limit_s)
        row.read_at = walk.now if _readable(row) else None
        row.save()
        walk.journal_action(row, action)
        walk.changed = True
    if _known(row) == row.wanted:
        return _confirm(walk, row, action)
    if _is_over(walk, row) or not _readable(row):
        return walk.trouble(row, step, Outcome.LOST, row.detail)
    return False


def _confirm(walk: Walk, row: StepRun, action: ActionRun) -> bool:
    action.state, action.ended_at = ActionState.CONFIRMED, walk.now
    action.save()
    walk.journal_action(row, action)
    row.detail = ""
    walk.close(row, StepState.DONE, Outcome.CONFIRMED)
    return True


def _known(row: StepRun) -> str | None:
    """What the step's device is known to be since it matters."""
    return row.device.known_since(row.since) if row.device is not None else None


def _readable(row: StepRun) -> bool:
    return row.device is not None and readable(row.device)


def _rehearsed(walk: Walk, row: StepRun) -> str | None:
    """In an exercise that moves nothing: what the device would be by now."""
    moved = walk.run.actions.filter(device=row.device_id, state=ActionState.REHEARSED).order_by("-planned_at").first()
    if moved is not None:
        return moved.wanted
    return row.device.last_state or None if row.device is not None else None
