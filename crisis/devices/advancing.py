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

from crisis.devices.looking import look
from crisis.devices.models import UNDER_WAY, RunState, Script, ScriptRun
from crisis.devices.walk import Walk
from soc import clock

log = structlog.get_logger(__name__)

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
            _go(Walk(run))
            return True
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("script.cannot_advance", run=str(run_id))
        ScriptRun.objects.filter(pk=run_id).update(next_at=clock.now() + _AFTER_AN_ERROR)
        return False


def _go(walk: Walk) -> None:
    """Move a run on as far as it goes now, and write that down."""
    run = walk.run
    if run.state == RunState.QUEUED and not _is_its_turn(run):
        run.next_at = walk.now + _QUEUE_LOOK
        run.save(update_fields=["next_at"])
        return
    if not walk.live and not run.steps.exists():
        run.state = RunState.RUNNING
        run.started_at = walk.now
        walk.enter("0")
    while run.ended_at is None and _look_at_all(walk):
        pass
    walk.settle()


def _look_at_all(walk: Walk) -> bool:
    moved = [look(walk, row) for row in walk.in_order()]
    return any(moved)


def _is_its_turn(run: ScriptRun) -> bool:
    """Whether nothing of its script is under way, and nobody waits longer. Its script is locked, or it is not yet."""
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
