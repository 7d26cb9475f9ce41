"""Starts scripts, answers what they ask, stops them. All of it writes rows only: the responders' rounds do the rest."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NoReturn
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from crisis.devices import checks, events
from crisis.devices.checks import refuses_before_verification
from crisis.devices.document import Document, SetStep, parse, written
from crisis.devices.models import (
    NOT_OVER,
    Device,
    EndReason,
    Mode,
    Outcome,
    RunState,
    Script,
    ScriptRun,
    StepState,
)
from crisis.devices.walk import Walk
from soc import clock
from soc.journal.actions import Action
from soc.journal.services import Json, record
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped
from soc.refusals import Refusal, Status

MOST_WAITING = 20


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be run."""

    script: Script | None
    document: Document
    name: str
    site_id: UUID | None


def start_script(
    script: UUID | Document | Mapping[str, Any],
    *,
    organisation_id: UUID,
    asker: str,
    exercise: bool = False,
    really: bool = False,
    verified: bool = False,
    actor: Member | None = None,
    name: str = "",
) -> ScriptRun:
    """Start a script, in the caller's transaction: rows are written, nothing is sent before it is committed.

    Args:
        script: a script's id, or a document of its own.
        organisation_id: whose.
        asker: opaque; who asks a second time with the same one gets the same run, whatever became of it.
        exercise: part of a drill: nothing is moved, what would have been done is recorded.
        really: a drill that moves real devices all the same.
        verified: a person called, or an agent has recorded how the camera's alert was verified.
        actor: who does it; ``None``: the system.
        name: of a run without a script.

    Raises:
        Refusal: there is no such script, it has faults, it locks somebody in or out and nothing is verified, or it runs already.
        RuntimeError: outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A script is started in the transaction of what asks for it; open one first.")
    if (known := ScriptRun.objects.filter(organisation=organisation_id, asker=asker).first()) is not None:
        return known
    asked = _asked(script, organisation_id, name)
    locks = refuses_before_verification(asked.document, organisation_id=organisation_id)
    if (not exercise or really) and not verified and locks:
        raise Refusal(
            "not_verified",
            _(
                "This locks somebody in or out. After a camera's alert it starts only once it is recorded how the alert "
                "was verified."
            ),
            status=Status.CONFLICT,
        )
    run = ScriptRun(
        id=uuid.uuid4(),
        organisation_id=organisation_id,
        site_id=asked.site_id,
        script=asked.script,
        name=asked.name,
        script_version=asked.script.version if asked.script else None,
        document=written(asked.document),
        asker=asker,
        exercise=exercise,
        really=really,
        verified=verified,
        actor=actor,
        asked_at=clock.now(),
        next_at=clock.now(),
    )
    if asked.script is not None:
        run.state = _by_mode(asked.script, run)
    ScriptRun.objects.bulk_create([run], ignore_conflicts=True)
    kept = ScriptRun.objects.get(organisation=organisation_id, asker=asker)
    if kept.pk != run.pk:  # asked for twice at the same moment
        return kept
    details: dict[str, Json] = {"exercise": exercise, "really": really, "verified": verified}
    record(organisation_id, Action.SCRIPT_STARTED, actor=actor, subject=kept, site_id=kept.site_id, details=details)
    events.run_changed(kept)
    return kept


def _asked(script: UUID | Document | Mapping[str, Any], organisation_id: UUID, name: str) -> _Asked:
    """The script and its document, without faults. A kept script is locked, so that two starts follow each other."""
    kept = None
    entered: object = script
    if isinstance(script, UUID):
        rows = Script.objects.select_for_update(no_key=True)
        kept = rows.filter(pk=script, organisation=organisation_id, removed_at=None).first()
        if kept is None:
            raise Refusal("no_such_script", _("There is no such script."), status=Status.NOT_FOUND)
        entered = kept.document
    site_id = kept.site_id if kept else None
    refuse_problems(checks.check(entered, organisation_id, site=site_id))
    document = entered if isinstance(entered, Document) else parse(entered)
    if kept is None:
        sites = set(checks.devices_of(document, organisation_id).values_list("site_id", flat=True))
        site_id = sites.pop() if len(sites) == 1 else None
    return _Asked(kept, document, name or (kept.name if kept else ""), site_id)


def refuse_problems(problems: list[checks.Problem]) -> None:
    """Refuse a script that has faults, naming each.

    Raises:
        Refusal: it has.
    """
    if problems:
        fields: dict[str, Any] = {
            (one.path if one.path.startswith("steps") else f"steps.{one.path}"): one.sentence() for one in problems
        }
        raise Refusal("script_problems", problems[0].sentence().replace("%", "%%"), fields=fields)


def refuse_out_of_reach() -> NoReturn:
    """Refuse a script with devices that are not the asker's.

    Raises:
        Refusal: always.
    """
    raise Refusal("no_such_device", _("There is no such device."), status=Status.NOT_FOUND)


def _by_mode(script: Script, run: ScriptRun) -> RunState:
    """What the script says of a second start. A drill that moves nothing never stands in a real run's way."""
    others = [
        one
        for one in ScriptRun.objects.filter(script=script, state__in=NOT_OVER).order_by("id")
        if one.moves == run.moves
    ]
    if not others:
        return RunState.RUNNING
    if script.mode == Mode.SINGLE:
        zone = ZoneInfo(script.organisation.timezone)
        raise Refusal(
            "runs_already",
            _("“%(script)s” is under way since %(time)s. Wait for its end, or stop it first."),
            status=Status.CONFLICT,
            params={"script": script.name, "time": f"{others[0].asked_at.astimezone(zone):%H:%M}"},
        )
    if script.mode == Mode.RESTART:
        for other in others:
            _end(other.pk, EndReason.RESTARTED)
        return RunState.RUNNING
    if len(others) > MOST_WAITING:
        raise Refusal(
            "too_many_wait",
            _("%(count)s runs of “%(script)s” wait already. Stop some of them first."),
            status=Status.TOO_MANY,
            params={"script": script.name, "count": len(others) - 1},
        )
    return RunState.QUEUED


def _end(run_id: UUID, reason: EndReason) -> None:
    run = ScriptRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.ended_at is None:
        walk = Walk(run)
        walk.end(RunState.STOPPED, reason)
        walk.settle()


class Decision(StrEnum):
    """What a human answers a run that asks."""

    AGAIN = "again"
    SKIP = "skip"
    STOP = "stop"


@transaction.atomic
def decide(actor: Member, run_id: UUID, path: str, decision: Decision, *, asked: int) -> ScriptRun:
    """Answer what a run asks: do it again, go on without it, or stop.

    Args:
        actor: who decides.
        run_id: which run.
        path: which of its steps.
        decision: what is to happen.
        asked: the how-many-th question of this step `actor` saw, so that one answer is never taken for two.

    Raises:
        Refusal: there is no such run, or it does not ask that (any more).
    """
    run = locked_run(actor, run_id)
    walk = Walk(run)
    step = walk.live.get(path)
    if run.ended_at is not None or step is None or step.state != StepState.ASKING or step.asked != asked:
        raise Refusal(
            "not_asked",
            _("This is not asked any more: a colleague has answered, or the run has ended. Look at it again."),
            status=Status.CONFLICT,
        )
    details: dict[str, Json] = {"decision": decision.value, "step": path, "outcome": step.outcome}
    record(run.organisation_id, Action.SCRIPT_DECIDED, actor=actor, subject=run, site_id=run.site_id, details=details)
    if decision is Decision.STOP:
        walk.end(RunState.STOPPED, EndReason.BY_HAND)
    elif decision is Decision.SKIP:
        walk.close(step, StepState.SKIPPED, Outcome(step.outcome))
    else:
        walk.again(step)
    walk.settle()
    return run


@transaction.atomic
def stop(actor: Member, run_id: UUID) -> ScriptRun:
    """Stop a run: nothing more of it is sent. What is being sent at this moment is not called back.

    Raises:
        Refusal: there is no such run.
    """
    run = locked_run(actor, run_id)
    if run.ended_at is not None:
        return run
    record(run.organisation_id, Action.SCRIPT_STOPPED, actor=actor, subject=run, site_id=run.site_id)
    walk = Walk(run)
    walk.end(RunState.STOPPED, EndReason.BY_HAND)
    walk.settle()
    return run


def locked_run(actor: Member, run_id: UUID) -> ScriptRun:
    """A run that `actor` directs, locked.

    Raises:
        Refusal: there is none.
    """
    rows = scoped(ScriptRun.objects.all(), actor, Right.DIRECT).select_for_update(of=("self",))
    run = rows.filter(pk=run_id).first()
    if run is None:
        raise Refusal("not_found", _("There is no such run."), status=Status.NOT_FOUND)
    return run


def stop_asked(organisation_id: UUID, asker: str) -> None:
    """Stop the run that was started for `asker`, if it is not over: for who started it, in their transaction."""
    run = ScriptRun.objects.filter(organisation=organisation_id, asker=asker, ended_at=None).first()
    if run is not None:
        _end(run.pk, EndReason.BY_HAND)


@transaction.atomic
def start_by_hand(
    actor: Member, script_id: UUID, *, request: UUID, reason: str, exercise: bool = False, really: bool = False
) -> ScriptRun:
    """Start a script by an agent's own decision, with a reason that is kept.

    Args:
        actor: who.
        script_id: which script.
        request: made by the page for this press of the button: pressed twice it starts once.
        reason: why, in own words.
        exercise: as `start_script`.
        really: as `start_script`.

    Raises:
        Refusal: as `start_script`, or a device of it is at a site that `actor` does not direct.
    """
    script = scoped(Script.objects.filter(removed_at=None), actor, Right.DIRECT).filter(pk=script_id).first()
    if script is None:
        raise Refusal("no_such_script", _("There is no such script."), status=Status.NOT_FOUND)
    asker = _asker(actor, request)
    pressed_before = ScriptRun.objects.filter(organisation=actor.organisation_id, asker=asker).exists()
    run = start_script(
        script.pk,
        organisation_id=actor.organisation_id,
        asker=asker,
        exercise=exercise,
        really=really,
        verified=True,  # a person's own decision, who is asked why
        actor=actor,
    )
    if not pressed_before:
        _note_reason(actor, run, reason)
    return run


@transaction.atomic
def set_by_hand(actor: Member, device_id: UUID, state: str, *, request: UUID, reason: str) -> ScriptRun:
    """Have one device take a state by an agent's own decision, with a reason that is kept.

    Raises:
        Refusal: there is no such device within reach, or it has no such state.
    """
    device = scoped(Device.objects.filter(removed_at=None), actor, Right.DIRECT).filter(pk=device_id).first()
    if device is None:
        raise Refusal("no_such_device", _("There is no such device."), status=Status.NOT_FOUND)
    if not device.knows(state):
        sentence = _("%(device)s has no state “%(state)s”. Choose one of its states.")
        params: dict[str, object] = {"device": device.name, "state": state}
        raise Refusal("unknown_state", sentence, fields={"state": sentence}, params=params)
    asker = _asker(actor, request)
    pressed_before = ScriptRun.objects.filter(organisation=actor.organisation_id, asker=asker).exists()
    run = start_script(
        Document(steps=(SetStep(do="set", device=device.pk, state=state),)),
        organisation_id=actor.organisation_id,
        asker=asker,
        verified=True,
        actor=actor,
        name=device.name,
    )
    if not pressed_before:
        _note_reason(actor, run, reason)
    return run


def _asker(actor: Member, request: UUID) -> str:
    return f"hand:{actor.pk}:{request}"


def _note_reason(actor: Member, run: ScriptRun, reason: str) -> None:
    """In the journal, where it can be erased: who is named in it is a person."""
    if not reason.strip():
        needed = _("Say why.")
        raise Refusal("reason_needed", needed, fields={"reason": needed})
    record(
        run.organisation_id,
        Action.SCRIPT_BY_HAND,
        actor=actor,
        subject=run,
        site_id=run.site_id,
        personal={"reason": reason.strip()},
    )
