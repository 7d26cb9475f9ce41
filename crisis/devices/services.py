"""What can be done with devices: one transaction each, journalled, told to who looks. Secrets go in and never come out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crisis.devices import connection_services, events, selectors
from crisis.devices.connection_services import opened
from crisis.devices.document import devices_in, parse
from crisis.devices.entered import check_driver, checked_states
from crisis.devices.models import Device, DeviceKind, Script
from crisis.devices.secrets import Secrets, seal
from soc import clock, endpoints
from soc.endpoints import EndpointFault
from soc.journal.actions import Action
from soc.journal.services import Json, record
from soc.people.models import Member, Site
from soc.people.rights import Right
from soc.refusals import Refusal, Status


class DeviceEntry(TypedDict, total=False):
    """What is entered about a device; a field that is missing stays as it is."""

    site: UUID
    connection: UUID | None
    name: str
    kind: str
    driver: str
    address: str
    settings: dict[str, Any]
    states: list[dict[str, Any]]
    silent_after_min: int | None
    user_name: str
    password: str
    token: str


_SECRETS = ("user_name", "password", "token")


def add_device(actor: Member, entered: DeviceEntry) -> Device:
    """Add a device at a site that `actor` prepares.

    Raises:
        Refusal: something entered cannot be used; `fields` says what.
    """
    with transaction.atomic():
        device = draft_of(actor, entered)
        _refuse_second_name(device)
        device.save(force_insert=True)
        _record(actor, device, Action.DEVICE_ADDED, {"after": _facts(device)})
        events.device_changed(device)
    return device


def draft_of(actor: Member, entered: DeviceEntry, saved: Device | None = None) -> Device:
    """A device as it is entered, not saved: to be added, or to be tested before that.

    Args:
        actor: who enters it.
        entered: what.
        saved: the device that is being changed, whose secrets are used for the same machine only.

    Raises:
        Refusal: something entered cannot be used.
    """
    device = Device(organisation_id=actor.organisation_id, kind=DeviceKind.OTHER, states=[])
    given = any(entered.get(name) for name in _SECRETS)
    kept = Secrets()
    if saved is not None:
        device.pk = saved.pk
        device.site, device.name = saved.site, saved.name
    _apply(actor, device, entered)
    if saved is not None and not given and _same_machine(saved, device):
        kept = opened(saved.credentials)
    device.credentials = seal(_merged(kept, entered))
    return device


def change_device(actor: Member, device_id: UUID, entered: DeviceEntry, *, version: int) -> Device:
    """Change a device.

    Raises:
        Refusal: as `add_device`; CONFLICT when a colleague changed it since `version`.
    """
    with transaction.atomic():
        device = locked_device(actor, device_id, version)
        kept = Device(driver=device.driver, address=device.address, connection_id=device.connection_id)
        before, sealed = _facts(device), device.credentials
        _apply(actor, device, entered)
        if any(name in entered for name in _SECRETS):
            device.credentials = seal(_merged(opened(sealed), entered))
        # Who may change an address must not learn the password by sending it to a machine of theirs.
        if sealed is not None and not _same_machine(kept, device) and not {"password", "token"} & set(entered):
            sentence = _("The address leads to another machine: enter the user name and password again.")
            raise Refusal("credentials_needed", sentence, fields={"password": sentence})
        _refuse_second_name(device)
        after = _facts(device)
        changed = sorted(name for name in after if after[name] != before[name])
        secret_changed = device.credentials is not sealed
        if not changed and not secret_changed:
            return device
        if {"driver", "address", "connection", "settings", "states"} & set(changed):
            device.last_state, device.last_state_at = "", None  # it may be another thing altogether
            device.poll_at = clock.now()
        device.version += 1
        device.save()
        details: dict[str, Json] = {
            "before": {name: before[name] for name in changed},
            "after": {name: after[name] for name in changed},
        }
        if secret_changed:
            details["credentials"] = True
        _record(actor, device, Action.DEVICE_CHANGED, details)
        events.device_changed(device)
    return device


def remove_device(actor: Member, device_id: UUID) -> None:
    """Take a device away; its row stays for its actions' sake, without secrets.

    Raises:
        Refusal: scripts name it.
    """
    with transaction.atomic():
        device = locked_device(actor, device_id)
        using = [script.name for script in _scripts_with(device)]
        if using:
            raise Refusal(
                "in_use",
                _("These scripts name this device: %(scripts)s. Take it out of them first."),
                status=Status.CONFLICT,
                params={"scripts": ", ".join(using)},
            )
        before = _facts(device)
        device.removed_at, device.credentials = clock.now(), None
        device.version += 1
        device.save()
        _record(actor, device, Action.DEVICE_REMOVED, {"before": before})
        events.device_changed(device)


def locked_device(actor: Member, device_id: UUID, version: int | None = None) -> Device:
    """The device, locked, so that two changes of it follow each other.

    Raises:
        Refusal: it is not within reach, or a colleague changed it since `version`.
    """
    rows = selectors.devices(actor, Right.PREPARE).select_for_update(of=("self",), no_key=True)
    device = rows.filter(pk=device_id).first()
    if device is None:
        raise Refusal("not_found", _("There is no such device."), status=Status.NOT_FOUND)
    if version is not None and version != device.version:
        raise Refusal(
            "changed_meanwhile",
            _("A colleague has changed this device meanwhile. Reload it and enter your change again."),
            status=Status.CONFLICT,
        )
    return device


def _scripts_with(device: Device) -> list[Script]:
    rows = Script.objects.filter(organisation=device.organisation_id, removed_at=None)
    return [script for script in rows if device.pk in devices_in(parse(script.document))]


def _apply(actor: Member, device: Device, entered: DeviceEntry) -> None:
    for name in ("name", "kind", "driver", "address", "settings", "silent_after_min"):
        if name in entered:
            setattr(device, name, entered[name])
    if "states" in entered:
        device.states = checked_states(entered["states"])
    if "site" in entered:
        site = connection_services.site_of(actor, entered["site"])
        if site is None:
            raise TypeError("a device is at a site")
        device.site = site
    if "connection" in entered:
        device.connection = None
        if entered["connection"] is not None:
            found = selectors.connections(actor, Right.PREPARE).filter(pk=entered["connection"]).first()
            if found is None:
                sentence = _("There is no such connection.")
                raise Refusal("no_such_connection", sentence, fields={"connection": sentence})
            device.connection = found
    check_driver(device)


def _same_machine(first: Device, second: Device) -> bool:
    """Whether secrets entered for one may be sent to the other: same way, same host, same port."""
    if first.driver != second.driver or first.connection_id != second.connection_id:
        return False
    if not first.address and not second.address:
        return True
    try:
        one, other = (endpoints.parse(each.address, {"http": 80, "https": 443}) for each in (first, second))
    except EndpointFault:
        return False
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


def _merged(kept: Secrets, entered: DeviceEntry) -> Secrets:
    return Secrets(
        entered.get("user_name", kept.user_name),
        entered.get("password", kept.password),
        entered.get("token", kept.token),
    )


def _refuse_second_name(device: Device) -> None:
    # Two devices of one name added at once follow each other here, instead of the second one failing in the database.
    Site.objects.select_for_update(no_key=True).get(pk=device.site_id)
    others = Device.objects.filter(site=device.site_id, name=device.name, removed_at=None).exclude(pk=device.pk)
    if others.exists():
        sentence = _("There is a device of this name at this site already.")
        raise Refusal("name_taken", sentence, status=Status.CONFLICT, fields={"name": sentence})


def _facts(device: Device) -> dict[str, Json]:
    """What the journal keeps of a device: everything but its secrets. Settings as one text: their names are the driver's."""
    return {
        "site": str(device.site_id),
        "connection": str(device.connection_id) if device.connection_id else None,
        "name": device.name,
        "kind": str(device.kind),
        "driver": device.driver,
        "address": device.address,
        "device_settings": _text(device.settings),
        "states": [_text_of_state(state) for state in device.states],
        "silent_after_min": device.silent_after_min,
    }


def _text(settings: Mapping[str, Any]) -> str:
    return "; ".join(f"{name}={value}" for name, value in sorted(settings.items()) if value not in ("", {}, None))


def _text_of_state(state: Mapping[str, Any]) -> str:
    return f"{state['key']}{' !' if state.get('secures') else ''}"


def _record(actor: Member, device: Device, action: Action, details: Mapping[str, Json]) -> None:
    record(device.organisation_id, action, actor=actor, subject=device, site_id=device.site_id, details=details)
