"""The ways to speak to devices there are. A new one is one file beside this one and one line here."""

from __future__ import annotations

from typing import Any

from crisis.devices.drivers.base import AnyDriver, Speaks
from crisis.devices.drivers.http import Http
from crisis.devices.drivers.mqtt import Mqtt

_ALL: tuple[AnyDriver, ...] = (Mqtt(), Http())

DRIVERS: dict[str, AnyDriver] = {driver.key: driver for driver in _ALL}

SPEAKING: dict[str, Speaks[Any]] = {driver.key: driver for driver in _ALL if isinstance(driver, Speaks)}
"""Whose devices say by themselves when something changed."""

POLLED: tuple[str, ...] = tuple(key for key in DRIVERS if key not in SPEAKING)
"""Whose devices do not: they are asked each minute."""
