"""What is wrong with a script, in sentences: before it is saved, before a plan that names it is approved, before it starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from crisis.devices.document import (
    DEEPEST,
    LONGEST_S,
    LONGEST_WAIT_S,
    MOST_BRANCHES,
    MOST_STEPS,
    DeviceStep,
    Document,
    IfStep,
    NoDocument,
    SetStep,
    WaitForStep,
    devices_in,
    longest_s,
    parse,
    walk,
)
from crisis.devices.drivers.registry import DRIVERS
from crisis.devices.models import Device
from crisis.devices.paths import level
from crisis.devices.states import is_relative
from soc.people.models import Organisation, Site


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with a script.

    Attributes:
        path: where, as in `crisis.devices.paths`, or the name of a field below it; empty: all of it.
        code: stable, for programs.
        message: a lazily translated sentence with named places.
        params: what fills them.
    """

    path: str
    code: str
    message: Promise | str
    params: Mapping[str, object] = field(default_factory=dict)

    def sentence(self) -> str:
        """The message in the active language."""
        text = str(self.message)
        return text % self.params if self.params else text


_ENDLESS = _("An endless wait is refused: a wait lasts between 1 second and %(minutes)s minutes.")
_SENTENCES: dict[str, Promise | str] = {
    "missing": _("This is needed."),
    "extra_forbidden": _("A step has no such part."),
    "union_tag_invalid": _("There is no such step. Choose one of: set, wait, wait_for, if, parallel, stop."),
    "union_tag_not_found": _("Say what this step does."),
    "uuid_parsing": _("Choose a device from the list."),
    "too_deep": _("The steps are nested too deep. At most %(deepest)s levels."),
    "too_short": _("There is nothing to do here."),
    "too_long": _("There are too many: at most %(most)s."),
}
_OTHER = _("This value is not valid.")


def check(document: object, organisation: Organisation | UUID, *, site: Site | UUID | None = None) -> list[Problem]:
    """What is wrong with a script of an organisation; an empty list: nothing.

    Args:
        document: as it was entered or kept; it may be anything.
        organisation: whose devices it may name.
        site: where its devices must be; ``None``: at any site.
    """
    try:
        parsed = document if isinstance(document, Document) else parse(document)
    except NoDocument as fault:
        return [_of_parsing(place, kind, context) for place, kind, context in fault.faults]
    organisation_id = organisation.pk if isinstance(organisation, Organisation) else organisation
    site_id = site.pk if isinstance(site, Site) else site
    return [*_of_size(parsed), *_of_devices(parsed, organisation_id, site_id)]


def devices_of(document: Document, organisation_id: UUID) -> QuerySet[Device]:
    """The devices that a document names, those of the organisation only."""
    return Device.objects.filter(organisation_id=organisation_id, pk__in=devices_in(document), removed_at=None)


def refuses_before_verification(document: object, *, organisation_id: UUID | None = None) -> bool:
    """Whether a script locks somebody in or out: after a camera's alert it may not start before the verification.

    What cannot be read, or names a device that is not there (in the organisation, where one is named), is refused too: it fails
    closed.
    """
    try:
        parsed = document if isinstance(document, Document) else parse(document)
    except NoDocument:
        return True
    rows = Device.objects.filter(pk__in=devices_in(parsed))
    rows = rows.filter(organisation=organisation_id) if organisation_id is not None else rows
    found = {device.pk: device for device in rows}
    for _path, step in walk(parsed.steps):
        if isinstance(step, SetStep) and ((device := found.get(step.device)) is None or device.secures_by(step.state)):
            return True
    return False


def _of_parsing(place: str, kind: str, context: Mapping[str, Any]) -> Problem:
    last = place.rpartition(".")[2]
    if last in ("seconds", "limit_s"):
        if kind == "missing":
            return Problem(place, "no_limit", _("This needs a time limit: nothing waits for ever."))
        return Problem(place, "endless", _ENDLESS, {"minutes": LONGEST_WAIT_S // 60})
    most = MOST_BRANCHES if last == "branches" else MOST_STEPS
    message = _SENTENCES.get(kind, _OTHER)
    params = {"deepest": DEEPEST, "most": context.get("max_length", most)} if "%(" in str(message) else {}
    return Problem(place, kind, message, params)


def _of_size(document: Document) -> Iterator[Problem]:
    count = sum(1 for _ in walk(document.steps))
    if count > MOST_STEPS:
        yield Problem("steps", "too_long", _SENTENCES["too_long"], {"most": MOST_STEPS})
    for path, _step in walk(document.steps):
        if level(path) == DEEPEST + 1:  # what is deeper stands within one of these
            yield Problem(path, "too_deep", _SENTENCES["too_deep"], {"deepest": DEEPEST})
    if (seconds := longest_s(document.steps)) > LONGEST_S:
        yield Problem(
            "steps",
            "too_slow",
            _(
                "All waits and time limits together may last %(most)s minutes; these come to %(minutes)s. "
                "Shorten one, or make two scripts of it."
            ),
            {"most": LONGEST_S // 60, "minutes": -(-seconds // 60)},
        )


def _of_devices(document: Document, organisation_id: UUID, site_id: UUID | None) -> Iterator[Problem]:
    found = {device.pk: device for device in devices_of(document, organisation_id)}
    for path, step in walk(document.steps):
        if not isinstance(step, DeviceStep):
            continue
        if is_relative(step.state):
            yield Problem(
                f"{path}.state",
                "relative",
                _("“%(state)s” says what to change, not how it should be. Choose a state, such as on or off."),
                {"state": step.state},
            )
            continue
        device = found.get(step.device)
        if device is None:
            yield Problem(f"{path}.device", "unknown_device", _("There is no such device. Choose one from the list."))
        elif site_id is not None and device.site_id != site_id:  # its name is nothing for who prepares this site
            yield Problem(f"{path}.device", "elsewhere", _("This device is at another site than the script."))
        else:
            yield from _of_device(path, step, device)


def _of_device(path: str, step: DeviceStep, device: Device) -> Iterator[Problem]:
    named = {"device": device.name, "state": step.state}
    if not device.knows(step.state):
        yield Problem(
            f"{path}.state",
            "unknown_state",
            _("%(device)s has no state “%(state)s”. Choose one of its states."),
            named,
        )
    if isinstance(step, (WaitForStep, IfStep)) and not readable(device):
        yield Problem(
            f"{path}.device",
            "unreadable",
            _("%(device)s cannot say how it is, so nothing can depend on it. Enter where it says its state."),
            named,
        )


def readable(device: Device) -> bool:
    """Whether a device says how it is."""
    driver = DRIVERS.get(device.driver)
    if driver is None:
        return False
    try:
        return driver.can_read(driver.settings_model.model_validate(device.settings))
    except ValidationError:  # kept by an earlier version, which asked for less
        return False
