"""What connected objects broadcast: ids and states; what else is shown is asked of the API, which knows who may see what."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from uuid import UUID

from crisis.devices.models import Connection, Device, Script, ScriptRun
from soc.broadcast.events import Event, Payload
from soc.broadcast.services import publish
from soc.people.rights import Right


class DeviceChanged(Payload):
    """A device was added, changed or removed, or is in another state than before, or was not heard for long."""

    kind: Literal["device.changed"] = "device.changed"
    device: UUID
    version: int
    state: str
    state_at: dt.datetime | None
    silent_since: dt.datetime | None
    removed: bool = False


class ConnectionChanged(Payload):
    """A broker was added, changed or removed, is heard again, or no longer."""

    kind: Literal["device_connection.changed"] = "device_connection.changed"
    connection: UUID
    version: int
    up: bool


class ScriptChanged(Payload):
    """A script was added, changed or removed."""

    kind: Literal["script.changed"] = "script.changed"
    script: UUID
    version: int
    removed: bool = False


class ScriptRunChanged(Payload):
    """A run went on, asks, or ended."""

    kind: Literal["script_run.changed"] = "script_run.changed"
    run: UUID
    state: str


def device_changed(device: Device) -> None:
    """Tell who sees the site's devices. Last in the transaction."""
    payload = DeviceChanged(
        device=device.pk,
        version=device.version,
        state=device.last_state,
        state_at=device.last_state_at,
        silent_since=device.silent_since,
        removed=device.removed_at is not None,
    )
    publish(Event(device.organisation_id, payload, Right.SEE_CRISIS, device.site_id))


def connection_changed(connection: Connection) -> None:
    """Tell who sees devices. Last in the transaction."""
    payload = ConnectionChanged(
        connection=connection.pk, version=connection.version, up=connection.up_since is not None
    )
    publish(Event(connection.organisation_id, payload, Right.SEE_CRISIS, connection.site_id))


def script_changed(script: Script) -> None:
    """Tell who sees scripts. Last in the transaction."""
    payload = ScriptChanged(script=script.pk, version=script.version, removed=script.removed_at is not None)
    publish(Event(script.organisation_id, payload, Right.SEE_CRISIS, script.site_id))


def run_changed(run: ScriptRun) -> None:
    """Tell who sees scripts. Last in the transaction."""
    payload = ScriptRunChanged(run=run.pk, state=run.state)
    publish(Event(run.organisation_id, payload, Right.SEE_CRISIS, run.site_id))
