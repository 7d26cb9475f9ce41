"""Listens to brokers: one process at a time for each, by a lease in the database; what devices say is written down at once.

Each responder looks every second (`look`): it takes brokers that nobody listens to, renews its own, and begins anew where a
device or the broker was changed. A process that dies stops renewing; another takes its brokers a few seconds later.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import socket
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, connections, transaction
from django.db.models import Q, Value
from django.db.models.functions import Now

from crisis.devices import events, hearing
from crisis.devices.drivers.base import Broker, DeviceFault, Fault, Said, Speaks, Target
from crisis.devices.drivers.registry import SPEAKING
from crisis.devices.models import Connection, Device
from crisis.devices.opening import open_connection, open_device
from soc import clock

log = structlog.get_logger(__name__)

LEASE_S = 6.0
_AGAIN_S = (1.0, 2.0, 5.0, 10.0)
"""How long after a broken connection it is tried again: longer and longer."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be heard of a broker."""

    connection: UUID
    driver: Speaks[Any]
    broker: Broker
    targets: Mapping[UUID, Target[Any]]
    fingerprint: str


class Ear:
    """Listens to one broker in a thread of its own until it is closed."""

    def __init__(self, plan: _Plan) -> None:
        self.plan = plan
        self._loop = asyncio.new_event_loop()
        self._closing = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name=f"devices-hear-{plan.connection}", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread.is_alive()

    def close(self, patience_s: float = 3.0) -> None:
        """Stop listening."""
        with contextlib.suppress(RuntimeError):  # its loop is closed: it has stopped by itself
            self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join(patience_s)

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._listen())
        except Exception:
            log.exception("devices.ear_failed", connection=str(self.plan.connection))  # the next look begins anew
        finally:
            connections.close_all()

    async def _listen(self) -> None:
        tries = 0
        while not self._closing.is_set():
            listening = asyncio.create_task(
                self.plan.driver.listen(self.plan.broker, self.plan.targets, self._heard, self._up)
            )
            closing = asyncio.create_task(self._closing.wait())
            try:
                await asyncio.wait([listening, closing], return_when=asyncio.FIRST_COMPLETED)
            finally:
                closing.cancel()
                listening.cancel()
                done = await asyncio.gather(listening, return_exceptions=True)
            if self._closing.is_set():
                return
            fault = done[0].fault if isinstance(done[0], DeviceFault) else Fault.BROKEN
            if not isinstance(done[0], DeviceFault):
                log.warning("devices.broke_off", connection=str(self.plan.connection), error=type(done[0]).__name__)
            if await asyncio.to_thread(_note_from_a_thread, self.plan.connection, fault):
                tries = 0
            tries += 1
            wait = _AGAIN_S[min(tries, len(_AGAIN_S)) - 1]
            try:
                await asyncio.wait_for(self._closing.wait(), wait)
            except TimeoutError:
                continue

    def _heard(self, device: UUID, said: Said) -> None:
        try:
            hearing.heard(device, said)
        finally:
            connections.close_all()

    def _up(self) -> None:
        # Called in the loop: the database is no place for it.
        self._loop.run_in_executor(None, _note_from_a_thread, self.plan.connection, None)


def _note(connection_id: UUID, fault: Fault | None) -> bool:
    """Write down whether the broker is heard; whether it was until now."""
    with transaction.atomic():
        connection = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
        was_up, before = connection.up_since, connection.fault
        connection.fault = fault or ""
        if fault is not None:
            connection.up_since = None
        elif was_up is None:
            connection.up_since = clock.now()
        if (was_up is None) == (connection.up_since is None) and before == connection.fault:
            return False
        connection.save(update_fields=["fault", "up_since"])
        events.connection_changed(connection)
        log.info("devices.connection", connection=str(connection_id), fault=connection.fault or None)
        return was_up is not None


def _note_from_a_thread(connection_id: UUID, fault: Fault | None) -> bool:
    try:
        return _note(connection_id, fault)
    finally:
        connections.close_all()


class Listeners:
    """What one process listens to."""

    def __init__(self, name: str = "") -> None:
        self.name = name or f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._ears: dict[UUID, Ear] = {}

    def look(self) -> int:
        """Take, renew, begin anew, stop; how many brokers this process began to listen to."""
        plans = {plan.connection: plan for plan in _plans()}
        mine = {pk for pk in plans if self._lease(pk)}
        for pk in [pk for pk in self._ears if pk not in mine]:
            self._ears.pop(pk).close()
            self._give_back(pk)
        begun = 0
        for pk in mine:
            ear = self._ears.get(pk)
            if ear is not None and ear.alive and ear.plan.fingerprint == plans[pk].fingerprint:
                continue
            if ear is not None:
                ear.close()
            self._ears[pk] = Ear(plans[pk])
            begun += 1
        return begun

    def close(self) -> None:
        """Stop listening, and let others take over at once."""
        for pk, ear in self._ears.items():
            ear.close()
            with contextlib.suppress(DatabaseError):  # it is away: the lease runs out by itself
                self._give_back(pk)
        self._ears.clear()

    def _lease(self, pk: UUID) -> bool:
        """Whether this process listens to a broker for the next seconds."""
        until = Now() + Value(dt.timedelta(seconds=LEASE_S))
        free = Q(listened_by=self.name) | Q(listened_until=None) | Q(listened_until__lt=Now())
        return bool(Connection.objects.filter(free, pk=pk).update(listened_by=self.name, listened_until=until))

    def _give_back(self, pk: UUID) -> None:
        Connection.objects.filter(pk=pk, listened_by=self.name).update(listened_by="", listened_until=None)


def _plans() -> list[_Plan]:
    """The brokers that have devices to be heard. One that cannot be opened says so in its row."""
    plans: list[_Plan] = []
    rows = Device.objects.filter(removed_at=None, connection__isnull=False, connection__removed_at=None)
    devices: dict[UUID, list[Device]] = {}
    for device in rows.select_related("connection").order_by("pk"):
        if device.connection is not None:
            devices.setdefault(device.connection.pk, []).append(device)
    for own in devices.values():
        connection = own[0].connection
        driver = SPEAKING.get(own[0].driver)
        if connection is None or driver is None:
            continue
        try:
            broker = open_connection(connection)
        except DeviceFault as fault:
            _note(connection.pk, fault.fault)
            continue
        targets: dict[UUID, Target[Any]] = {}
        for device in own:
            try:
                targets[device.pk] = open_device(device).target
            except DeviceFault as fault:
                log.warning("devices.cannot_hear", device=str(device.pk), fault=fault.fault.value)
        versions = ",".join(f"{device.pk}:{device.version}" for device in own)
        plans.append(_Plan(connection.pk, driver, broker, targets, f"{connection.version};{versions}"))
    return plans


_LISTENERS = Listeners()


def look() -> int:
    """What each responder does every second: listen, and note who has not been heard for long."""
    return _LISTENERS.look() + hearing.note_silence()


def close() -> None:
    """Stop listening, at the end of the process."""
    _LISTENERS.close()
