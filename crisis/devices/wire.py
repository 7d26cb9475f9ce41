"""Connected objects as the API writes them, words in the reader's language."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from pydantic import Field

from alerts.wire import Named, View
from crisis.devices.checks import Problem, check, readable, refuses_before_verification
from crisis.devices.document import longest_s, parse
from crisis.devices.drivers.base import AnyDriver, Fault
from crisis.devices.dry_run import Line
from crisis.devices.entered import schema
from crisis.devices.models import (
    ActionRun,
    ActionState,
    Connection,
    Device,
    DeviceKind,
    EndReason,
    Mode,
    Outcome,
    RunState,
    Script,
    ScriptRun,
    StepRun,
    StepState,
)
from soc.people.models import Site


class DriverView(View):
    """A way to speak to devices."""

    key: str
    label: str
    help: str
    needs_connection: bool = Field(description="It is reached by a broker; else it has an address of its own.")
    settings: dict[str, Any] = Field(description="JSON schema of its settings, titles in the reader's language.")


class ConnectionView(View):
    """A broker."""

    id: UUID
    site: Named | None = Field(description="Null: for all sites.")
    name: str
    host: str
    port: int
    tls: bool
    authority: str
    has_credentials: bool
    up_since: dt.datetime | None = Field(description="Null: it is not heard.")
    fault: str
    fault_sentence: str
    version: int


class StateView(View):
    """A state that a device can be told to take."""

    key: str
    word: str
    words: dict[str, str]
    secures: bool = Field(description="It locks somebody in or out.")


class DeviceView(View):
    """A connected object and how it was last known to be."""

    id: UUID
    site: Named
    connection: Named | None
    name: str
    kind: DeviceKind
    driver: str
    address: str
    settings: dict[str, Any]
    states: list[StateView]
    secures: bool
    readable: bool = Field(description="It says how it is.")
    has_secrets: bool
    silent_after_min: int | None
    state: str = Field(description="Empty: not known.")
    state_word: str
    state_at: dt.datetime | None
    last_seen_at: dt.datetime | None
    silent_since: dt.datetime | None
    last_asked: str
    last_asked_at: dt.datetime | None
    version: int


class ReadingView(View):
    """What a device said when it was tested."""

    state: str
    word: str
    live: bool = Field(description="It said so itself just now; else its broker remembers it.")


class ProblemView(View):
    """Something that is wrong with a script."""

    path: str
    code: str
    sentence: str


class ScriptView(View):
    """A script."""

    id: UUID
    site: Named | None = Field(description="Null: devices of any site.")
    name: str
    mode: Mode
    document: dict[str, Any]
    problems: list[ProblemView] = Field(description="What has become wrong since it was saved.")
    locks: bool = Field(description="After a camera's alert it does not start before the verification.")
    longest_s: int
    version: int


class CheckView(View):
    """What can be said of a document with which nothing is wrong."""

    locks: bool
    longest_s: int


class DryLine(View):
    """A step as it would go now."""

    path: str
    sentence: str
    device: UUID | None
    state_now: str
    fault_sentence: str
    changes: bool


class DryRunView(View):
    """What a script would do now."""

    lines: list[DryLine]


class ActionView(View):
    """A try at moving a device; there is more than one only where a human said so."""

    repetition: int
    state: ActionState
    fault_sentence: str
    planned_at: dt.datetime
    sent_at: dt.datetime | None
    ended_at: dt.datetime | None


class StepView(View):
    """A step that a run has come to."""

    path: str
    kind: str
    device: Named | None
    wanted: str
    wanted_word: str
    state: StepState
    outcome: Outcome
    sentence: str = Field(description="What became of it, and why.")
    entered_at: dt.datetime
    due_at: dt.datetime | None
    ended_at: dt.datetime | None
    asked: int = Field(description="How many times it has asked; who decides sends it back.")
    actions: list[ActionView]


class RunView(View):
    """A script under way, or over."""

    id: UUID
    site: Named | None
    script: UUID | None
    name: str
    exercise: bool
    moves: bool = Field(description="It moves real devices.")
    verified: bool
    actor: Named | None
    state: RunState
    reason: str
    reason_sentence: str
    faults: int
    asked_at: dt.datetime
    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    document: dict[str, Any]
    steps: list[StepView]


def _sentence(fault: str) -> str:
    return str(Fault(fault).label) if fault in Fault.values else ""


def _site(site: Site | None) -> Named | None:
    return Named(id=site.pk, name=site.name) if site is not None else None


def driver_view(driver: AnyDriver) -> DriverView:
    """A driver with the schema of its settings."""
    return DriverView(
        key=driver.key,
        label=str(driver.label),
        help=str(driver.help),
        needs_connection=driver.needs_connection,
        settings=schema(driver),
    )


def connection_view(connection: Connection) -> ConnectionView:
    """A broker, without what it asks for."""
    return ConnectionView(
        id=connection.pk,
        site=_site(connection.site),
        name=connection.name,
        host=connection.host,
        port=connection.port,
        tls=connection.tls,
        authority=connection.authority,
        has_credentials=connection.credentials is not None,
        up_since=connection.up_since,
        fault=connection.fault,
        fault_sentence=_sentence(connection.fault),
        version=connection.version,
    )


def device_view(device: Device) -> DeviceView:
    """A device, without its secrets."""
    connection = device.connection
    states = [
        StateView(key=one.key, word=one.word(), words=one.words, secures=device.secures_by(one.key))
        for one in device.known_states()
    ]
    return DeviceView(
        id=device.pk,
        site=Named(id=device.site.pk, name=device.site.name),
        connection=Named(id=connection.pk, name=connection.name) if connection is not None else None,
        name=device.name,
        kind=DeviceKind(device.kind),
        driver=device.driver,
        address=device.address,
        settings=device.settings,
        states=states,
        secures=device.secures,
        readable=readable(device),
        has_secrets=device.credentials is not None,
        silent_after_min=device.silent_after_min,
        state=device.last_state,
        state_word=device.word(device.last_state) if device.last_state else "",
        state_at=device.last_state_at,
        last_seen_at=device.last_seen_at,
        silent_since=device.silent_since,
        last_asked=device.last_asked,
        last_asked_at=device.last_asked_at,
        version=device.version,
    )


def problem_view(problem: Problem) -> ProblemView:
    """A problem in the reader's language."""
    return ProblemView(path=problem.path, code=problem.code, sentence=problem.sentence())


def script_view(script: Script) -> ScriptView:
    """A script, and what is wrong with it by now."""
    document = parse(script.document)
    return ScriptView(
        id=script.pk,
        site=_site(script.site),
        name=script.name,
        mode=Mode(script.mode),
        document=script.document,
        problems=[problem_view(one) for one in check(document, script.organisation_id, site=script.site_id)],
        locks=refuses_before_verification(document, organisation_id=script.organisation_id),
        longest_s=longest_s(document.steps),
        version=script.version,
    )


def line_view(line: Line) -> DryLine:
    """A line of a dry run."""
    return DryLine(
        path=line.path,
        sentence=line.sentence,
        device=line.device,
        state_now=line.state_now,
        fault_sentence=str(line.fault.label) if line.fault is not None else "",
        changes=line.changes,
    )


def run_view(run: ScriptRun) -> RunView:
    """A run with the steps it has come to."""
    actor = run.actor
    return RunView(
        id=run.pk,
        site=_site(run.site),
        script=run.script_id,
        name=run.name,
        exercise=run.exercise,
        moves=run.moves,
        verified=run.verified,
        actor=Named(id=actor.pk, name=actor.display_name) if actor is not None else None,
        state=RunState(run.state),
        reason=run.reason,
        reason_sentence=str(EndReason(run.reason).label),
        faults=run.faults,
        asked_at=run.asked_at,
        started_at=run.started_at,
        ended_at=run.ended_at,
        document=run.document,
        steps=[_step_view(step) for step in run.steps.all()],
    )


def _step_view(step: StepRun) -> StepView:
    device = step.device
    said = [str(Outcome(step.outcome).label), _sentence(step.detail)]
    return StepView(
        path=step.path,
        kind=step.kind,
        device=Named(id=device.pk, name=device.name) if device is not None else None,
        wanted=step.wanted,
        wanted_word=device.word(step.wanted) if device is not None else "",
        state=StepState(step.state),
        outcome=Outcome(step.outcome),
        sentence=" · ".join(one for one in said if one),
        entered_at=step.entered_at,
        due_at=step.due_at,
        ended_at=step.ended_at,
        asked=step.asked,
        actions=[_action_view(action) for action in step.actions.all()],
    )


def _action_view(action: ActionRun) -> ActionView:
    return ActionView(
        repetition=action.repetition,
        state=ActionState(action.state),
        fault_sentence=_sentence(action.fault),
        planned_at=action.planned_at,
        sent_at=action.sent_at,
        ended_at=action.ended_at,
    )
