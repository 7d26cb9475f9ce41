"""What a script would do now: it is walked, devices are read, nothing is moved and nothing is written down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crisis.devices.document import (
    AnyStep,
    DeviceStep,
    Document,
    IfStep,
    ParallelStep,
    SetStep,
    StopStep,
    WaitForStep,
    WaitStep,
)
from crisis.devices.drivers.base import Deadline, DeviceFault, Fault
from crisis.devices.models import Device
from crisis.devices.reading import READ_S, ask

_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One step as it would go.

    Attributes:
        path: where it stands in the script.
        sentence: what would be done, in the reader's language.
        device: that it concerns.
        state_now: how that is now; empty: it does not say.
        fault: why it does not.
        changes: whether something would move.
    """

    path: str
    sentence: str
    device: UUID | None = None
    state_now: str = ""
    fault: Fault | None = None
    changes: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    """How a device is now, or why it does not say."""

    device: Device
    state: str
    fault: Fault | None


def dry_run(document: Document, devices: Iterable[Device]) -> list[Line]:
    """Walk a script that has no problems; its devices with their connections."""
    wanted = list(devices)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        known = {one.device.pk: one for one in pool.map(_now, wanted)}
    return list(_walk(document.steps, "", known, {}))


def _now(device: Device) -> _Known:
    """Read a device, in a thread that leaves the database alone."""
    try:
        return _Known(device, ask(device, Deadline(READ_S)).state, None)
    except DeviceFault as fault:
        return _Known(device, "", fault.fault)


def _walk(
    steps: tuple[AnyStep, ...], prefix: str, known: Mapping[UUID, _Known], told: dict[UUID, str]
) -> Iterator[Line]:
    """The lines of these steps; `told` is what each device would have been told by then."""
    for at, step in enumerate(steps):
        path = f"{prefix}{at}"
        if isinstance(step, DeviceStep):
            now = replace(known[step.device], state=told.get(step.device, known[step.device].state))
            yield _of_device(path, step, now, is_told=step.device in told)
            if isinstance(step, SetStep):
                told[step.device] = step.state
            if isinstance(step, IfStep) and now.state:
                holds = now.state == step.state
                way, steps_there = ("then", step.then) if holds else ("else", step.else_)
                yield from _walk(steps_there, f"{path}.{way}.", known, told)
        elif isinstance(step, WaitStep):
            seconds = ngettext("Wait %(seconds)s second.", "Wait %(seconds)s seconds.", step.seconds)
            yield Line(path, seconds % {"seconds": step.seconds})
        elif isinstance(step, ParallelStep):
            yield Line(path, _("At the same time:"))
            for number, branch in enumerate(step.branches):
                yield from _walk(branch, f"{path}.{number}.", known, told)
        elif isinstance(step, StopStep):
            yield Line(path, _("Stop here."))
            return


def _of_device(path: str, step: DeviceStep, known: _Known, *, is_told: bool) -> Line:
    device = known.device
    words = {"device": device.name, "state": device.word(step.state), "now": device.word(known.state)}
    if isinstance(step, SetStep):
        if known.state == step.state:
            text = _("%(device)s is %(state)s already; it would be told again.")
        elif known.state:
            text = _("%(device)s would go from %(now)s to %(state)s.")
        else:
            text = _("%(device)s would be told: %(state)s. How it is now it does not say.")
        return Line(path, text % words, device.pk, known.state, known.fault, changes=known.state != step.state)
    words["seconds"] = str(step.limit_s)
    if not known.state:
        text = _("%(device)s does not say how it is: this would ask what to do after %(seconds)s s.")
    elif isinstance(step, WaitForStep) and is_told:
        text = _("Wait until %(device)s says that it is %(state)s, at most %(seconds)s s.")
    elif isinstance(step, WaitForStep):
        text = (
            _("%(device)s is %(state)s already: nothing to wait for.")
            if known.state == step.state
            else _("Wait until %(device)s is %(state)s, at most %(seconds)s s; now it is %(now)s.")
        )
    else:
        text = (
            _("%(device)s is %(state)s, so:")
            if known.state == step.state
            else _("%(device)s is %(now)s and not %(state)s, so:")
        )
    return Line(path, text % words, device.pk, known.state, known.fault)
