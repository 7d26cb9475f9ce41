"""A CAP 1.2 message as values: the standard's own words, checked where the schema checks nothing."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

_KEY = re.compile(r"[^\s,<&\x00-\x1f\ud800-\udfff\ufffe\uffff]+")
"""Of what an identifier or a sender is made: references are split at spaces and commas; the rest no XML can carry."""
LONGEST_KEY: Final = 255


class Status(StrEnum):
    """How a message is to be taken."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    SYSTEM = "System"
    TEST = "Test"
    DRAFT = "Draft"


class MessageType(StrEnum):
    """What a message does: tell, tell anew, take back."""

    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"
    ACK = "Ack"
    ERROR = "Error"


class Scope(StrEnum):
    """Whom a message is for."""

    PUBLIC = "Public"
    RESTRICTED = "Restricted"
    PRIVATE = "Private"


class Category(StrEnum):
    """What kind of event."""

    GEO = "Geo"
    MET = "Met"
    SAFETY = "Safety"
    SECURITY = "Security"
    RESCUE = "Rescue"
    FIRE = "Fire"
    HEALTH = "Health"
    ENV = "Env"
    TRANSPORT = "Transport"
    INFRA = "Infra"
    CBRNE = "CBRNE"
    OTHER = "Other"


class ResponseType(StrEnum):
    """What people shall do."""

    SHELTER = "Shelter"
    EVACUATE = "Evacuate"
    PREPARE = "Prepare"
    EXECUTE = "Execute"
    AVOID = "Avoid"
    MONITOR = "Monitor"
    ASSESS = "Assess"
    ALL_CLEAR = "AllClear"
    NONE = "None"


class Urgency(StrEnum):
    """How soon people must act."""

    IMMEDIATE = "Immediate"
    EXPECTED = "Expected"
    FUTURE = "Future"
    PAST = "Past"
    UNKNOWN = "Unknown"


class Severity(StrEnum):
    """How bad it is."""

    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"
    UNKNOWN = "Unknown"


class Certainty(StrEnum):
    """How sure it is."""

    OBSERVED = "Observed"
    LIKELY = "Likely"
    POSSIBLE = "Possible"
    UNLIKELY = "Unlikely"
    UNKNOWN = "Unknown"


class CapFault(ValueError):
    """Something that the schema lets through and the standard does not. The message names the element, for programmers."""

    def __init__(self, element: str, reason: str) -> None:
        super().__init__(f"{element}: {reason}")
        self.element = element


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message that this one is about."""

    sender: str
    identifier: str
    sent: dt.datetime

    def __post_init__(self) -> None:
        _must_be_key("references", self.sender)
        _must_be_key("references", self.identifier)
        _must_be_aware("references", self.sent)


@dataclass(frozen=True, slots=True)
class Named:
    """A value of a list that is not the standard's: an event code, a geocode, a parameter."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Point:
    """A place: degrees north and east, WGS 84."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.latitude) and math.isfinite(self.longitude)):
            raise CapFault("polygon", "not a number")
        if abs(self.latitude) > 90 or abs(self.longitude) > 180:
            raise CapFault("polygon", "not on Earth")


@dataclass(frozen=True, slots=True)
class Polygon:
    """A surface: its corners, the last one the first again."""

    points: tuple[Point, ...]

    def __post_init__(self) -> None:
        if len(self.points) < 4 or self.points[0] != self.points[-1]:
            raise CapFault("polygon", "not closed, or with less than three corners")

    @classmethod
    def around(cls, *corners: Point) -> Polygon:
        """The surface between these corners, closed."""
        return cls(corners if corners[:1] == corners[-1:] and len(corners) > 1 else (*corners, *corners[:1]))


@dataclass(frozen=True, slots=True)
class Circle:
    """A surface around a point; with a radius of 0 the point itself."""

    centre: Point
    radius_km: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.radius_km) or self.radius_km < 0:
            raise CapFault("circle", "no radius")


@dataclass(frozen=True, slots=True)
class Area:
    """Where."""

    description: str
    polygons: tuple[Polygon, ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[Named, ...] = ()
    altitude: Decimal | None = None
    ceiling: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A file that goes with a message. It is never fetched by itself."""

    description: str
    mime_type: str
    size: int | None = None
    uri: str = ""
    deref_uri: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Info:
    """What a message says, in one language."""

    categories: tuple[Category, ...]
    event: str
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    language: str = "en-US"
    response_types: tuple[ResponseType, ...] = ()
    audience: str = ""
    event_codes: tuple[Named, ...] = ()
    effective: dt.datetime | None = None
    onset: dt.datetime | None = None
    expires: dt.datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: tuple[Named, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()

    def __post_init__(self) -> None:
        for element in ("effective", "onset", "expires"):
            if (at := getattr(self, element)) is not None:
                _must_be_aware(element, at)


@dataclass(frozen=True, slots=True)
class CapAlert:
    """A message.

    Attributes:
        identifier: unique with its sender.
        sender: who it comes from, unique in the world.
        sent: when, to the second, with its offset.
        restriction: for whom it is, where its scope is Restricted.
        addresses: whom it is for, where its scope is Private.
        references: the earlier messages that it updates, cancels or answers.
    """

    identifier: str
    sender: str
    sent: dt.datetime
    status: Status
    msg_type: MessageType
    scope: Scope
    source: str = ""
    restriction: str = ""
    addresses: str = ""
    codes: tuple[str, ...] = ()
    note: str = ""
    references: tuple[Reference, ...] = ()
    incidents: str = ""
    infos: tuple[Info, ...] = ()

    def __post_init__(self) -> None:
        _must_be_key("identifier", self.identifier)
        _must_be_key("sender", self.sender)
        _must_be_aware("sent", self.sent)

    @property
    def reference(self) -> Reference:
        """How a later message names this one."""
        return Reference(self.sender, self.identifier, self.sent)


def _must_be_key(element: str, value: str) -> None:
    if len(value) > LONGEST_KEY or not _KEY.fullmatch(value):
        raise CapFault(element, "empty, too long, or with a space, a comma, < or &")


def _must_be_aware(element: str, at: dt.datetime) -> None:
    """It is a moment, also on the clock of UTC, which the database keeps."""
    if at.tzinfo is None:
        raise CapFault(element, "without an offset")
    try:
        at.astimezone(dt.UTC)
    except OverflowError as error:
        raise CapFault(element, "out of time") from error
