"""A look at a run whose row is locked: its steps are entered and left, its actions planned, its end written down.

What makes an open step move on is in `looking`, which runs are looked at and when in `advancing`. Nothing is sent or read here.
"""

from __future__ import annotations

import datetime as dt

from crisis.devices import events, listeners, paths
from crisis.devices.document import DeviceStep, Otherwise, ParallelStep, SetStep, WaitStep, parse
from crisis.devices.models import (
    ActionRun,
    ActionState,
    Device,
    EndReason,
    Outcome,
    RunState,
    ScriptRun,
    StepRun,
    StepState,
)
from soc import clock
from soc.journal.actions import Action
from soc.journal.services import Json, record

ASKING_LASTS = dt.timedelta(minutes=30)
"""How long a run waits for somebody's answer before it ends."""


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

    def end(self, state: RunState, reason: EndReason = EndReason.NONE) -> None:
        """End the run: what is planned is dropped, what is being sent is recorded by its sender all the same."""
        self.run.state, self.run.reason, self.run.ended_at = state, reason, self.now
        for step in self.in_order():
            self.finish(step, StepState.STOPPED, Outcome(step.outcome))
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

    def in_order(self) -> list[StepRun]:
        """The steps that are open or ask, as they stand in the script."""
        return [self.live[path] for path in sorted(self.live)]

    # Entering and leaving steps

    def enter(self, path: str) -> None:
        """A step begins: its row, its time, and what it moves planned."""
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
                self.enter(first)

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
        self.finish(row, state, outcome)
        if (following := paths.after(self.document, row.path)) is not None:
            self.enter(following)
            return
        parent, _way, _number = paths.split(row.path)
        if parent is not None and not any(paths.is_within(path, parent) for path in self.live):
            around = self.live[parent]
            self.close(around, StepState.DONE, Outcome(around.outcome))

    def finish(self, row: StepRun, state: StepState, outcome: Outcome) -> None:
        """A step is over, and nothing begins for that."""
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

    def trouble(self, row: StepRun, step: DeviceStep, outcome: Outcome, fault: str) -> bool:
        """A step did not do what it should: ask, go on or stop, as its author wrote."""
        self.run.faults += 1
        row.detail = fault
        if step.otherwise is Otherwise.GO_ON:
            self.close(row, StepState.FAILED, outcome)
        elif step.otherwise is Otherwise.STOP:
            self.finish(row, StepState.FAILED, outcome)
            self.end(RunState.FAILED, EndReason.STEP_FAILED)
        else:
            row.state, row.outcome, row.asked = StepState.ASKING, outcome, row.asked + 1
            row.since, row.due_at, row.read_at = self.now, self.now + ASKING_LASTS, None
            row.save()
            self.changed = self.asked = True
        return True

    def journal_action(self, row: StepRun, action: ActionRun) -> None:
        """Journal what came of an action."""
        details: dict[str, Json] = {
            "wanted": action.wanted,
            "outcome": str(action.state),
            "fault": str(action.fault),
            "script_run": str(self.run.pk),
        }
        site_id = row.device.site_id if row.device is not None else self.run.site_id
        record(row.organisation_id, Action.DEVICE_MOVED, subject=row.device, site_id=site_id, details=details)
