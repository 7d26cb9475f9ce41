"""A device as its driver takes it: settings read, secrets opened, for as long as it is spoken to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from crisis.devices.drivers.base import AnyDriver, Broker, DeviceFault, Fault, Target
from crisis.devices.drivers.registry import DRIVERS
from crisis.devices.models import Connection, Device
from crisis.devices.policy import Policy
from crisis.devices.secrets import SecretsUnreadable, unseal


@dataclass(frozen=True, slots=True)
class Opened:
    """A driver and what it speaks to."""

    driver: AnyDriver
    target: Target[Any]

    @property
    def can_read(self) -> bool:
        """Whether the device says how it is."""
        return self.driver.can_read(self.target.settings)


def open_device(device: Device) -> Opened:
    """A kept device, with its `connection` if it has one.

    Raises:
        DeviceFault: it was removed, or what was kept of it cannot be read any more.
    """
    if device.removed_at is not None:
        raise DeviceFault(Fault.REMOVED)
    driver = DRIVERS.get(device.driver)
    if driver is None:
        raise DeviceFault(Fault.SETTINGS)
    try:
        settings = driver.settings_model.model_validate(device.settings)
        secrets = unseal(device.credentials)
    except ValidationError:
        raise DeviceFault(Fault.SETTINGS) from None
    except SecretsUnreadable:
        raise DeviceFault(Fault.SECRETS_UNREADABLE) from None
    broker = None
    if driver.needs_connection:
        if device.connection is None or device.connection.removed_at is not None:
            raise DeviceFault(Fault.SETTINGS)
        broker = open_connection(device.connection)
    return Opened(driver, Target(device.pk, settings, device.address, Policy.from_config(), secrets, broker))


def open_connection(connection: Connection) -> Broker:
    """A kept broker.

    Raises:
        DeviceFault: its password cannot be read any more.
    """
    try:
        secrets = unseal(connection.credentials)
    except SecretsUnreadable:
        raise DeviceFault(Fault.SECRETS_UNREADABLE) from None
    return Broker(connection.host, connection.port, connection.tls, connection.authority, Policy.from_config(), secrets)
