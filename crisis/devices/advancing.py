"""Moves a run on: its open steps are rows, and each look at them is one transaction, so that it survives any instant.

1. The run's row is locked (who is not first goes on to another run).
2. Each open step is looked at: is its wait over, did its device take the state, is its time over? Nothing is sent or read here:
   an action is planned as a row (`sending` sends it), a device to be read gets a time (`reading` reads it).
3. What is done is closed, and the step after it entered, until nothing moves any more.
4. When the run should be looked at next is written down: waits are times in the database.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, transaction

from crisis.devices import events, listeners, paths
from crisis.devices.checks import readable
from crisis.devices.document import (
    DeviceStep,
    IfStep,
    Otherwise,
    ParallelStep,
    SetStep,
    StopStep,
    WaitForStep,
    WaitStep,
    parse,
)
from crisis.devices.drivers.base import Fault
from crisis.devices.models import (
    UNDER_WAY,
    ActionRun,
    ActionState,
    Device,
    EndReason,
    Outcome,
    RunState,
    Script,
    ScriptRun,
    StepRun,
    StepState,
)
from soc import clock
from soc.journal.actions import Action
from soc.journal.services import Json, record

log = structlog.get_logger(__name__)

ASKING_LASTS = dt.timedelta(minutes=30)
"""How long a run waits for somebody's answer before it ends."""

_QUEUE_LOOK = dt.timedelta(seconds=1)
_AFTER_AN_ERROR = dt.timedelta(seconds=10)
MOST_AT_ONCE = 200


def advance_due() -> int:
    """Move on what is due, each run in its own transaction; how many. Any number of processes may do it at once."""
    due = ScriptRun.objects.filter(ended_at=None, next_at__lte=clock.now()).order_by("next_at")
    moved = 0
    for pk in due.values_list("pk", flat=True)[:MOST_AT_ONCE]:
        moved += advance(pk)
    return moved


def advance(run_id: UUID) -> bool:
    """Move one run on; whether it was there and nobody else was doing it. One that cannot be moved holds up no other."""
    try:
        with transaction.atomic():
            rows = ScriptRun.objects.select_for_update(skip_locked=True, of=("self",))
            run = rows.filter(pk=run_id, ended_at=None).first()
            if run is None:
                return False
            Walk(run).go()
            return True
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("script.cannot_advance", run=str(run_id))
        ScriptRun.objects.filter(pk=run_id).update(next_at=clock.now() + _AFTER_AN_ERROR)
        return False


class Walk:
    """One look at a run whose row is locked."""

    def __init__(self, run: ScriptRun) -> None:
        self.run = run
        self.now = clock.now()
        self.document = parse(run.document)
        rows = run.steps.filter(state__in=(StepState.OPEN, StepState.ASKING)).select_related("device")
        self.live = {step.path: step for step in rows}
        self.changed = False
        self.asked = False

    def go(self) -> None:
        """Move it on as far as it goes now, and write that down."""
        if self.run.state == RunState.QUEUED and not self._is_its_turn():
            self.run.next_at = self.now + _QUEUE_LOOK
            self.run.save(update_fields=["next_at"])
            return
        if not self.live and not self.run.steps.exists():
            self.run.state = RunState.RUNNING
            self.run.started_at = self.now
            self._enter("0")
        while self.run.ended_at is None and self._look_at_all():
            pass
        self.settle()

    def end(self, state: RunState, reason: EndReason = EndReason.NONE) -> None:
        """End the run: what is planned is dropped, what is being sent is recorded by its sender all the same."""
        self.run.state, self.run.reason, self.run.ended_at = state, reason, self.now
        for step in self._in_order():
            self._finish(step, StepState.STOPPED, Outcome(step.outcome))
        self.run.actions.filter(state=ActionState.PLANNED).update(state=ActionState.DROPPED, ended_at=self.now)
        self.changed = True

    def settle(self) -> None:
        """Write the run down; tell, where something is to be told."""
        run = self.run
        if run.ended_at is None and not self.live:
            self.end(RunState.DONE)
        if run.ended_at is None:
            asks = any(step.state == StepState.ASKING for step in self.live.values())
            run.state = RunState.ASKING if asks else RunState.RUNNING
            times = [step.due_at for step in self.live.values() if step.due_at is not None]
            run.next_at = self.now if self.changed else min(times) if times else None
        else:
            run.next_at = None
        run.save()
        if not self.changed:
            return
        if run.ended_at is not None:
            self._journal_end()
            if run.script_id is not None:  # whoever waits for its turn
                waiting = ScriptRun.objects.filter(script=run.script_id, state=RunState.QUEUED)
                waiting.update(next_at=self.now)
            listeners.tell(run)
        elif self.asked:
            record(run.organisation_id, Action.SCRIPT_ASKED, subject=run, site_id=run.site_id)
            listeners.tell(run)
        events.run_changed(run)

    def _journal_end(self) -> None:
        run = self.run
        details: dict[str, Json] = {
            "outcome": str(run.state),
            "ended_because": str(run.reason),
            "faulty_steps": run.faults,
            "exercise": run.exercise,
        }
        record(run.organisation_id, Action.SCRIPT_ENDED, subject=run, site_id=run.site_id, details=details)

    def _is_its_turn(self) -> bool:
        """Whether nothing of its script is under way, and nobody waits longer. Its script is locked, or it is not yet."""
        run = self.run
        if run.script_id is None:
            return True
        script = Script.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=run.script_id).first()
        if script is None:
            return False
        others = ScriptRun.objects.filter(script=script, ended_at=None).exclude(pk=run.pk)
        same = [one for one in others if one.moves == run.moves]
        first = all(
            (one.asked_at, str(one.pk)) > (run.asked_at, str(run.pk)) for one in same if one.state == RunState.QUEUED
        )
        return first and not any(one.state in UNDER_WAY for one in same)

    def _in_order(self) -> list[StepRun]:
        return [self.live[path] for path in sorted(self.live)]

    # Entering and leaving steps

    def _enter(self, path: str) -> None:
        step = paths.step_at(self.document, path)
        row = StepRun(
            organisation_id=self.run.organisation_id,
            run=self.run,
            path=path,
            kind=step.do,
            entered_at=self.now,
            since=self.now,
        )
        if isinstance(step, DeviceStep):
            row.device = Device.objects.get(pk=step.device, organisation_id=self.run.organisation_id)
            row.wanted = step.state
            row.due_at = self.now + dt.timedelta(seconds=step.limit_s)
            if self.run.moves and not isinstance(step, SetStep):
                row.read_at = self.now
        if isinstance(step, WaitStep):
            row.due_at = self.now + dt.timedelta(seconds=step.seconds)
        row.save(force_insert=True)
        self.live[path] = row
        self.changed = True
        if isinstance(step, SetStep):
            self.plan(row)
        if isinstance(step, ParallelStep):
            for first in paths.firsts(step, path):
                self._enter(first)

    def plan(self, row: StepRun) -> None:
        """Plan a step's action: as a row, which is sent once at most. A repetition is a human's decision."""
        if row.device is None:
            raise TypeError("an action has a device")
        state = ActionState.PLANNED if self.run.moves else ActionState.REHEARSED
        ActionRun.objects.create(
            organisation_id=row.organisation_id,
            run=self.run,
            step=row,
            repetition=row.asked,
            device=row.device,
            wanted=row.wanted,
            state=state,
            planned_at=self.now,
            ended_at=None if self.run.moves else self.now,
        )

    def close(self, row: StepRun, state: StepState, outcome: Outcome) -> None:
        """A step is over: the next one begins, or what stood around it is over too."""
        self._finish(row, state, outcome)
        if (following := paths.after(self.document, row.path)) is not None:
            self._enter(following)
            return
        parent, _way, _number = paths.split(row.path)
        if parent is not None and not any(paths.is_within(path, parent) for path in self.live):
            around = self.live[parent]
            self.close(around, StepState.DONE, Outcome(around.outcome))

    def _finish(self, row: StepRun, state: StepState, outcome: Outcome) -> None:
        row.state, row.outcome, row.ended_at, row.read_at = state, outcome, self.now, None
        row.save()
        del self.live[row.path]
        self.changed = True

    def again(self, row: StepRun) -> None:
        """A human said: do it again. An action is planned anew, a device looked at anew, within the same time as before."""
        step = paths.step_at(self.document, row.path)
        if not isinstance(step, DeviceStep):
            raise TypeError("only what concerns a device asks")
        self.run.faults -= 1
        row.state, row.outcome, row.detail, row.since = StepState.OPEN, Outcome.NONE, "", self.now
        row.due_at = self.now + dt.timedelta(seconds=step.limit_s)
        row.read_at = None if isinstance(step, SetStep) else self.now
        row.save()
        if isinstance(step, SetStep):
            self.plan(row)
        self.changed = True

    def _trouble(self, row: StepRun, step: DeviceStep, outcome: Outcome, fault: str) -> bool:
        """A step did not do what it should: ask, go on or stop, as its author wrote."""
        self.run.faults += 1
        row.detail = fault
        if step.otherwise is Otherwise.GO_ON:
            self.close(row, StepState.FAILED, outcome)
        elif step.otherwise is Otherwise.STOP:
            self._finish(row, StepState.FAILED, outcome)
            self.end(RunState.FAILED, EndReason.STEP_FAILED)
        else:
            row.state, row.outcome, row.asked = StepState.ASKING, outcome, row.asked + 1
            row.since, row.due_at, row.read_at = self.now, self.now + ASKING_LASTS, None
            row.save()
            self.changed = self.asked = True
        return True

    # Looking at an open step: whether something moved

    def _look_at_all(self) -> bool:
        moved = [self._look(row) for row in self._in_order()]
        return any(moved)

    def _look(self, row: StepRun) -> bool:
        if row.path not in self.live or self.run.ended_at is not None:
            return False  # ended while its siblings were looked at
        if row.state == StepState.ASKING:
            if self._is_over(row):
                self.end(RunState.FAILED, EndReason.NOBODY_ANSWERED)
                return True
            return False
        step = paths.step_at(self.document, row.path)
        match step:
            case SetStep():
                return self._look_at_set(row, step)
            case WaitForStep():
                return self._look_at_wait_for(row, step)
            case IfStep():
                return self._look_at_if(row, step)
            case WaitStep():
                return self._look_at_wait(row)
            case ParallelStep():
                return self._look_at_parallel(row)
            case StopStep():
                return self._look_at_stop(row)

    def _is_over(self, row: StepRun) -> bool:
        return row.due_at is not None and row.due_at <= self.now

    def _look_at_wait(self, row: StepRun) -> bool:
        if not self._is_over(row):
            return False
        self.close(row, StepState.DONE, Outcome.NONE)
        return True

    def _look_at_stop(self, row: StepRun) -> bool:
        self._finish(row, StepState.DONE, Outcome.NONE)
        self.end(RunState.DONE, EndReason.STOP_STEP)
        return True

    def _look_at_parallel(self, row: StepRun) -> bool:
        if any(paths.is_within(path, row.path) for path in self.live):
            return False
        self.close(row, StepState.DONE, Outcome.NONE)
        return True

    def _look_at_wait_for(self, row: StepRun, step: WaitForStep) -> bool:
        if not self.run.moves:
            self.close(row, StepState.DONE, Outcome.REHEARSED)
            return True
        known = self._known(row)
        if known == row.wanted:
            self.close(row, StepState.DONE, Outcome.REACHED)
            return True
        if self._is_over(row):
            return self._trouble(row, step, Outcome.NOT_REACHED if known else Outcome.UNREADABLE, row.detail)
        return False

    def _look_at_if(self, row: StepRun, step: IfStep) -> bool:
        if row.outcome in (Outcome.THEN, Outcome.ELSE):
            return False  # its way is under way; its last step closes it
        known = self._known(row) if self.run.moves else self._rehearsed(row)
        if known is None and self.run.moves:
            return self._trouble(row, step, Outcome.UNREADABLE, row.detail) if self._is_over(row) else False
        way = Outcome.THEN if known == row.wanted else Outcome.ELSE
        firsts = paths.firsts(step, row.path, way.value)
        row.outcome, row.due_at, row.read_at = way, None, None
        row.save()
        for first in firsts:
            self._enter(first)
        if not firsts:
            self.close(row, StepState.DONE, way)
        return True

    def _look_at_set(self, row: StepRun, step: SetStep) -> bool:
        action = row.actions.order_by("-repetition")[0]
        if action.state == ActionState.REHEARSED:
            self.close(row, StepState.DONE, Outcome.REHEARSED)
            return True
        if action.state == ActionState.PLANNED:
            return self._drop_late(row, action)
        if action.state == ActionState.FAILED:
            self._journal(row, action)
            return self._trouble(row, step, Outcome.NOT_DONE, action.fault)
        if action.state == ActionState.SENT:
            return self._look_at_sent(row, step, action)
        if action.state == ActionState.UNKNOWN:
            return self._look_at_unknown(row, step, action)
        return False  # being sent

    def _drop_late(self, row: StepRun, action: ActionRun) -> bool:
        """What nobody sent within its time is not sent any more: it would surprise somebody."""
        if not self._is_over(row):
            return False
        failed = {"state": ActionState.FAILED, "fault": Fault.TOO_LATE, "ended_at": self.now}
        return bool(ActionRun.objects.filter(pk=action.pk, state=ActionState.PLANNED).update(**failed))

    def _look_at_sent(self, row: StepRun, step: SetStep, action: ActionRun) -> bool:
        """It went out: the device says that it did it, cannot say, or does not say in time."""
        if not self._readable(row):
            self._journal(row, action)
            self.close(row, StepState.DONE, Outcome.SENT)
            return True
        if row.read_at is None and action.sent_at is not None:
            row.since, row.read_at = action.sent_at, self.now
            row.save()
        if self._known(row) == row.wanted:
            return self._confirm(row, action)
        if self._is_over(row):
            action.state, action.ended_at = ActionState.UNKNOWN, self.now
            action.save()
            self._journal(row, action)
            return self._trouble(row, step, Outcome.NOT_CONFIRMED, row.detail)
        return False

    def _look_at_unknown(self, row: StepRun, step: SetStep, action: ActionRun) -> bool:
        """Nobody knows whether it went out. It is never sent again by itself: the device is read, else a human is asked."""
        if row.outcome != Outcome.LOST:
            row.outcome, row.detail, row.since = Outcome.LOST, action.fault, self.now
            row.due_at = self.now + dt.timedelta(seconds=step.limit_s)
            row.read_at = self.now if self._readable(row) else None
            row.save()
            self._journal(row, action)
            self.changed = True
        if self._known(row) == row.wanted:
            return self._confirm(row, action)
        if self._is_over(row) or not self._readable(row):
            return self._trouble(row, step, Outcome.LOST, row.detail)
        return False

    def _confirm(self, row: StepRun, action: ActionRun) -> bool:
        action.state, action.ended_at = ActionState.CONFIRMED, self.now
        action.save()
        self._journal(row, action)
        row.detail = ""
        self.close(row, StepState.DONE, Outcome.CONFIRMED)
        return True

    def _known(self, row: StepRun) -> str | None:
        """What the step's device is known to be since it matters."""
        return row.device.known_since(row.since) if row.device is not None else None

    def _readable(self, row: StepRun) -> bool:
        return row.device is not None and readable(row.device)

    def _rehearsed(self, row: StepRun) -> str | None:
        """In an exercise that moves nothing: what the device would be by now."""
        moved = (
            self.run.actions.filter(device=row.device_id, state=ActionState.REHEARSED).order_by("-planned_at").first()
        )
        if moved is not None:
            return moved.wanted
        return row.device.last_state or None if row.device is not None else None

    def _journal(self, row: StepRun, action: ActionRun) -> None:
        details: dict[str, Json] = {
            "wanted": action.wanted,
            "outcome": str(action.state),
            "fault": str(action.fault),
            "script_run": str(self.run.pk),
        }
        site_id = row.device.site_id if row.device is not None else self.run.site_id
        record(row.organisation_id, Action.DEVICE_MOVED, subject=row.device, site_id=site_id, details=details)
