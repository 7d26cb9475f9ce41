"""Devices that speak MQTT: told on one topic (QoS 2, never retained, never twice), heard on another."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any, ClassVar
from uuid import UUID

import aiomqtt
from aiomqtt.exceptions import MqttConnectError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from pydantic import Field, StringConstraints

from crisis.devices.drivers.base import (
    Broker,
    Deadline,
    DeviceFault,
    DeviceSettings,
    Fault,
    Heard,
    Presence,
    Problems,
    Reading,
    Result,
    Said,
    Target,
    why_not_connected,
)
from crisis.devices.drivers.pointers import LARGEST, Pointer, value_at
from soc.endpoints import EndpointFault

_EXACTLY_ONCE = 2
_AT_LEAST_ONCE = 1
_KEEPALIVE_S = 15
_CONNECT_S = 5.0
_QUIET = logging.getLogger("crisis.devices.mqtt")
_QUIET.setLevel(logging.CRITICAL)  # paho's own lines; what went wrong is told by what is raised
_WRONG_PASSWORD = (4, 5, 134, 135)  # CONNACK: bad user name or password, not authorised; of MQTT 3 and 5

Topic = Annotated[str, StringConstraints(pattern=r"^[^#+\x00-\x1f$][^#+\x00-\x1f]*$", max_length=200)]
Payload = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class MqttSettings(DeviceSettings):
    """How one device is spoken to."""

    command_topic: Topic = Field(
        title=gettext_noop("Command topic"), description=gettext_noop("Where it listens for what to do.")
    )
    payloads: dict[str, Payload] = Field(
        title=gettext_noop("Commands"), description=gettext_noop("For each state what is sent to it."), max_length=12
    )
    state_topic: Topic | None = Field(
        None,
        title=gettext_noop("State topic"),
        description=gettext_noop("Where it says how it is. Without it nobody knows whether it did what it was told."),
    )
    state_payloads: dict[str, Payload] = Field(
        default_factory=dict,
        title=gettext_noop("States as it says them"),
        description=gettext_noop("For each state what it says; empty: the same as the commands."),
        max_length=12,
    )
    state_pointer: Pointer = Field(
        "",
        title=gettext_noop("Place in the answer"),
        description=gettext_noop("JSON pointer to the state, such as /state; empty: the whole answer is the state."),
    )
    available_topic: Topic | None = Field(
        None,
        title=gettext_noop("Availability topic"),
        description=gettext_noop("Where it, or its broker for it, says whether it is there."),
    )
    available_payload: Payload = Field(
        "online", title=gettext_noop("Availability"), description=gettext_noop("What is said there when it is there.")
    )


class _Named(ssl.SSLContext):
    """Connects to a checked address, and yet holds the certificate against the name that was entered."""

    name = ""

    def wrap_socket(self, *args: Any, **options: Any) -> ssl.SSLSocket:
        """As usual, with the name."""
        return super().wrap_socket(*args, **(options | {"server_hostname": self.name}))


class Mqtt:
    """The driver."""

    key: ClassVar[str] = "mqtt"
    label: ClassVar[Promise | str] = _("MQTT")
    help: ClassVar[Promise | str] = _(
        "A device behind an MQTT broker: doors, lights and sirens of most building systems."
    )
    needs_connection: ClassVar[bool] = True
    settings_model = MqttSettings

    def problems(self, settings: MqttSettings, states: Sequence[str]) -> Problems:
        """Each state has a command, and no two states are said alike."""
        found: Problems = {}
        if set(settings.payloads) != set(states):
            found["settings.payloads"] = _("Say for each of its states what is sent, and for nothing else.")
        if settings.state_payloads and set(settings.state_payloads) != set(states):
            found["settings.state_payloads"] = _("Say for each of its states how it says it, or leave this empty.")
        said = settings.state_payloads or settings.payloads
        if settings.state_topic and len(set(said.values())) < len(said):
            found["settings.state_payloads"] = _("Two states are said alike: nobody could tell them apart.")
        if settings.state_topic == settings.command_topic:
            found["settings.state_topic"] = _("It must say how it is elsewhere than where it is told what to do.")
        return found

    def can_read(self, settings: MqttSettings) -> bool:
        """With a state topic it is heard."""
        return settings.state_topic is not None

    def set_state(self, target: Target[MqttSettings], state: str, deadline: Deadline) -> Result:
        """One publish; without the broker's last word on it nobody knows, and it is not repeated."""
        try:
            payload = target.settings.payloads[state]
        except KeyError:
            return Result.not_sent(Fault.SETTINGS)
        return asyncio.run(_publish(_broker(target), target.settings.command_topic, payload, deadline))

    def read_state(self, target: Target[MqttSettings], deadline: Deadline) -> Reading:
        """What its topic says: retained by the broker, or said until the deadline."""
        if target.settings.state_topic is None:
            raise DeviceFault(Fault.NO_STATE)
        return asyncio.run(_read(_broker(target), target.settings, deadline))

    async def listen(
        self, broker: Broker, targets: Mapping[UUID, Target[MqttSettings]], heard: Heard, up: Callable[[], None]
    ) -> None:
        """Hear all devices of one broker over one connection."""
        async with _connected(broker, Deadline(_CONNECT_S)) as client:
            interested: dict[str, list[tuple[UUID, Target[MqttSettings]]]] = {}
            for key, target in targets.items():
                for topic in _topics(target.settings):
                    interested.setdefault(topic, []).append((key, target))
            for topic in sorted(interested):
                await client.subscribe(topic, qos=_AT_LEAST_ONCE, timeout=_CONNECT_S)
            up()
            async for message in client.messages:
                for key, target in interested.get(str(message.topic), []):
                    if (said := _said(target.settings, message)) is not None:
                        # What is heard is written to the database: not in this loop, which must answer the broker's pings.
                        await asyncio.to_thread(heard, key, said)


def _broker(target: Target[MqttSettings]) -> Broker:
    if target.broker is None:
        raise AssertionError("a device of this driver has a connection")
    return target.broker


def _topics(settings: MqttSettings) -> list[str]:
    return [topic for topic in (settings.state_topic, settings.available_topic) if topic is not None]


def _said(settings: MqttSettings, message: aiomqtt.Message) -> Said | None:
    """What a message says about a device; ``None``: it is not about it."""
    topic, live = str(message.topic), not message.retain
    if topic == settings.available_topic:
        text = message.payload[:LARGEST].decode("utf-8", "replace").strip()
        return Presence(text == settings.available_payload.strip(), live)
    if topic != settings.state_topic:
        return None
    value = value_at(message.payload, settings.state_pointer)
    for state, text in (settings.state_payloads or settings.payloads).items():
        if value == text.strip():
            return Reading(state, live)
    return Fault.UNKNOWN_STATE


async def _publish(broker: Broker, topic: str, payload: str, deadline: Deadline) -> Result:
    sent = False
    if deadline.passed():
        return Result.not_sent(Fault.TOO_LATE)
    try:
        async with asyncio.timeout(deadline.left), _connected(broker, deadline) as client:
            if deadline.passed():
                return Result.not_sent(Fault.TOO_LATE)
            sent = True  # from here on it may be on its way
            await client.publish(topic, payload, qos=_EXACTLY_ONCE, retain=False, timeout=deadline.left)
            return Result.sent()
    except TimeoutError:
        return Result.unknown(Fault.TIMEOUT) if sent else Result.not_sent(Fault.UNREACHABLE)
    except aiomqtt.MqttError:
        return Result.unknown(Fault.BROKEN) if sent else Result.not_sent(Fault.UNREACHABLE)
    except DeviceFault as fault:
        return Result.unknown(fault.fault) if sent else Result.not_sent(fault.fault)


async def _read(broker: Broker, settings: MqttSettings, deadline: Deadline) -> Reading:
    """The state, once the device is not said to be away: the broker sends what it retains of both topics at once."""
    found: Reading | None = None
    waits_for = set(_topics(settings))
    try:
        async with asyncio.timeout(deadline.left), _connected(broker, deadline) as client:
            # Availability first: what is retained of it then comes first.
            for topic in sorted(waits_for, key=lambda one: one == settings.state_topic):
                await client.subscribe(topic, qos=_AT_LEAST_ONCE, timeout=deadline.left)
            async for message in client.messages:
                waits_for.discard(str(message.topic))
                found = _taken(_said(settings, message), found)
                if found is not None and (found.live or not waits_for):
                    return found
    except TimeoutError:
        _QUIET.debug("nothing more was said in time")
    except aiomqtt.MqttError:
        raise DeviceFault(Fault.BROKEN) from None
    if found is None:
        raise DeviceFault(Fault.NO_STATE)
    return found


def _taken(said: Said | None, found: Reading | None) -> Reading | None:
    """The state after one more message.

    Raises:
        DeviceFault: the device is said to be away, or says what cannot be understood.
    """
    if isinstance(said, Fault):
        raise DeviceFault(said)
    if isinstance(said, Presence) and not said.there:
        raise DeviceFault(Fault.AWAY)
    return said if isinstance(said, Reading) else found


@asynccontextmanager
async def _connected(broker: Broker, deadline: Deadline) -> AsyncIterator[aiomqtt.Client]:
    """A connection of its own, under a name of its own: nothing of an earlier one is taken up and sent again.

    Raises:
        DeviceFault: there is none.
    """
    try:
        addresses = await asyncio.to_thread(broker.policy.resolve, broker.host, broker.port)
    except EndpointFault as wrong:
        raise DeviceFault.of(wrong) from None
    client = aiomqtt.Client(
        addresses[0],
        broker.port,
        username=broker.secrets.user_name or None,
        password=broker.secrets.password or None,
        clean_session=True,
        keepalive=_KEEPALIVE_S,
        timeout=max(0.1, min(_CONNECT_S, deadline.left)),
        tls_context=_trust(broker) if broker.tls else None,
        max_queued_incoming_messages=1000,
        logger=_QUIET,
    )
    client._client.connect_timeout = max(0.1, min(_CONNECT_S, deadline.left))  # aiomqtt's own does not reach the socket
    try:
        await client.__aenter__()
    except aiomqtt.MqttError as error:
        raise DeviceFault(_why(error)) from None
    try:
        yield client
    finally:
        # Away already is as good: what was to be known is known by then.
        try:
            await client.__aexit__(None, None, None)
        except aiomqtt.MqttError as error:
            _QUIET.debug("closing: %s", error)
        if client._disconnected.done() and not client._disconnected.cancelled():
            client._disconnected.exception()  # asyncio would log that nobody looked at it


def _trust(broker: Broker) -> ssl.SSLContext:
    context = _Named(ssl.PROTOCOL_TLS_CLIENT)
    context.name = broker.host
    if broker.authority:
        context.load_verify_locations(cadata=broker.authority)
    else:
        context.load_default_certs()
    return context


def _why(error: aiomqtt.MqttError) -> Fault:
    """Why there is no connection."""
    if isinstance(error, MqttConnectError):
        code = getattr(error.rc, "value", error.rc)
        return Fault.WRONG_PASSWORD if code in _WRONG_PASSWORD else Fault.REJECTED
    return why_not_connected(error)
