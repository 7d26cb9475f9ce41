"""What a driver is: it tells one device to take a state, reads how it is, and says plainly what it does not know.

A driver keeps nothing, repeats nothing and touches no database. Every call has a deadline, and what it sends is chosen from a
closed map of the device's settings: no text of a plan or of a person reaches a device.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, ClassVar, Generic, Protocol, TypeVar, runtime_checkable
from uuid import UUID

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from crisis.devices.policy import Policy
from crisis.devices.secrets import Secrets
from soc.endpoints import EndpointFault, Wrong


class Fault(models.TextChoices):
    """Why a device was not moved, or does not say how it is. The sentences say what to do."""

    UNREACHABLE = (
        "unreachable",
        _("It does not answer at this address. Check that it is on and that the address is right."),
    )
    REFUSED = "refused", _("It refused the connection. Check the port.")
    NOT_ALLOWED_NETWORK = (
        "not_allowed_network",
        _("This address lies outside the networks in which devices are allowed. Ask the operator to add its network."),
    )
    NOT_ALLOWED_ADDRESS = "not_allowed_address", _("This is no address that devices are reached at.")
    CREDENTIALS_IN_ADDRESS = (
        "credentials_in_address",
        _("Do not write the user name and password into the address: enter them in their own fields."),
    )
    WRONG_PASSWORD = "wrong_password", _("It refused the user name or password. Enter them again.")
    UNTRUSTED = "untrusted", _("Its certificate is not trusted here. Enter who signed it, or install a trusted one.")
    REJECTED = "rejected", _("It answered that it does not do this.")
    REDIRECT = "redirect", _("It sends on to another address, which is not followed. Enter that address itself.")
    TIMEOUT = "timeout", _("It did not answer in time.")
    BROKEN = "broken", _("The connection broke off.")
    DEVICE_ERROR = "device_error", _("It answered with an error of its own.")
    NO_STATE = "no_state", _("It has not said how it is.")
    AWAY = "away", _("It is said to be offline.")
    UNKNOWN_STATE = (
        "unknown_state",
        _("It says something that is none of its states. Compare its settings with its manual."),
    )
    SECRETS_UNREADABLE = (
        "secrets_unreadable",
        _("Its password cannot be read any more: the operator's key has changed. Enter it again."),
    )
    SETTINGS = "settings", _("Its settings are not complete. Open it and save it again.")
    REMOVED = "removed", _("It was removed.")
    NOT_VERIFIED = "not_verified", _("Nobody had recorded how the alert was verified.")
    EXERCISE = "exercise", _("This was an exercise that moves nothing.")
    TOO_LATE = "too_late", _("It could not be sent in time, and was left out.")
    CRASHED = "crashed", _("The sender stopped while it was sending.")


_OF_ENDPOINTS = {
    Wrong.ADDRESS: Fault.NOT_ALLOWED_ADDRESS,
    Wrong.CREDENTIALS: Fault.CREDENTIALS_IN_ADDRESS,
    Wrong.NETWORK: Fault.NOT_ALLOWED_NETWORK,
    Wrong.UNREACHABLE: Fault.UNREACHABLE,
    Wrong.REFUSED: Fault.REFUSED,
}


class DeviceFault(Exception):
    """A device, or the way to it, does not do what is asked. It never holds a secret."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault

    @classmethod
    def of(cls, wrong: EndpointFault) -> DeviceFault:
        """What is wrong with an address, as a device's fault."""
        return cls(_OF_ENDPOINTS[wrong.wrong])


def why_not_connected(error: BaseException) -> Fault:
    """Why there is no connection, from the error at the bottom of what a library raised."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return Fault.UNTRUSTED
        if isinstance(cause, ConnectionRefusedError):
            return Fault.REFUSED
        cause = cause.__cause__ or cause.__context__
    return Fault.UNREACHABLE


class Sending(Enum):
    """Whether something went out."""

    SENT = "sent"
    NOT_SENT = "not_sent"  # certainly: the device was not moved by us
    UNKNOWN = "unknown"  # it may have moved: never send again without asking


@dataclass(frozen=True, slots=True)
class Result:
    """What became of telling a device to take a state."""

    sending: Sending
    fault: Fault | None = None

    @classmethod
    def sent(cls) -> Result:
        """It went out, and the device or its broker took it."""
        return cls(Sending.SENT)

    @classmethod
    def not_sent(cls, fault: Fault) -> Result:
        """It certainly did not go out, or was refused."""
        return cls(Sending.NOT_SENT, fault)

    @classmethod
    def unknown(cls, fault: Fault) -> Result:
        """It may have gone out."""
        return cls(Sending.UNKNOWN, fault)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a device is. `live`: it said so itself just now; else the broker remembers that it once did."""

    state: str
    live: bool = True


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether a device is there, of which its state says nothing. `live` as in `Reading`."""

    there: bool
    live: bool = True


class Deadline:
    """A moment on this process's own clock, which goes on while it is frozen: what thaws too late sends nothing any more."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._at - time.monotonic())

    def passed(self) -> bool:
        """Whether it is over."""
        return self.left <= 0.0


class DeviceSettings(BaseModel):
    """Base of the drivers' settings. Titles and descriptions are marked for translation and translated when read."""

    model_config = ConfigDict(frozen=True, extra="forbid")


S = TypeVar("S", bound=DeviceSettings)


@dataclass(frozen=True, slots=True)
class Broker:
    """An MQTT broker, opened."""

    host: str
    port: int
    tls: bool
    authority: str
    policy: Policy
    secrets: Secrets = field(default_factory=Secrets)


@dataclass(frozen=True, slots=True)
class Target(Generic[S]):
    """A device, opened for as long as it is spoken to.

    Attributes:
        id: the device's.
        settings: as its driver's model describes them.
        address: URL, of drivers without a connection.
        policy: where it may be.
        secrets: its own.
        broker: of drivers with a connection.
    """

    id: UUID
    settings: S
    address: str
    policy: Policy
    secrets: Secrets = field(default_factory=Secrets)
    broker: Broker | None = None


Said = Reading | Presence | Fault
"""What a device says: how it is, that it is there, or something that cannot be understood."""

Heard = Callable[[UUID, Said], None]
"""Is told what a device said. Called from a thread; it may take its time."""

Problems = dict[str, Promise | str]
"""Field of the settings (dotted) to sentence."""


class Driver(Protocol[S]):
    """Speaks to devices in one way. It has no state and is used by many threads."""

    key: ClassVar[str]
    label: ClassVar[Promise | str]
    help: ClassVar[Promise | str]
    needs_connection: ClassVar[bool]
    settings_model: type[S]

    def problems(self, settings: S, states: Sequence[str]) -> Problems:
        """What is missing or contradictory in settings for a device of these states."""

    def can_read(self, settings: S) -> bool:
        """Whether such a device says how it is."""

    def set_state(self, target: Target[S], state: str, deadline: Deadline) -> Result:
        """Tell the device to take `state`, once. It never raises, and never sends after the deadline."""

    def read_state(self, target: Target[S], deadline: Deadline) -> Reading:
        """How the device is.

        Raises:
            DeviceFault: it does not say.
        """


@runtime_checkable
class Speaks(Protocol[S]):
    """A driver whose devices say by themselves when something changed; others are asked each minute."""

    async def listen(
        self, broker: Broker, targets: Mapping[UUID, Target[S]], heard: Heard, up: Callable[[], None]
    ) -> None:
        """Listen to all devices of a broker until cancelled; `up` is called once it hears.

        Raises:
            DeviceFault: the way broke off.
        """


AnyDriver = Driver[Any]
