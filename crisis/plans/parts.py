"""What a plan names of other rooms, and who knows it: risks, scripts, emergency contacts, hours on call, addresses, segments.

The rooms below plans know nothing of them. `crisis.plans.apps` plugs each in with one line. What nobody was plugged in for
is never passed over in silence: an id that nobody can check is a hole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from django.db.models import Exists

from alerts.channels.base import Channel
from crisis.plans.content import Contacting


class PartKind(StrEnum):
    """What a plan names by an id that another room of the crisis module gave."""

    RISK = "risk"
    SCRIPT = "script"
    CONTACT = "contact"
    RECORDING = "recording"


@dataclass(frozen=True, slots=True)
class Part:
    """Something that a plan names, as the room that keeps it knows it. Sentences are in the active language.

    Attributes:
        name: as people call it: "R3 Intrusion", "Lock doors 1 to 4", "Police".
        problems: why a plan that names it cannot be approved; empty: nothing.
        warnings: what whoever approves should know.
        locks: of a script: it locks somebody in or out, so that after a camera's alert it waits for the verification.
        refused: of a contact: how it cannot be told, and why: "17 is not called automatically. …".
        lines: what the binder prints of it: a contact's numbers and what to say, where a script's devices are and how they are
            moved by hand.
        language: of a recording, the one in which it speaks.
        said: of a recording, what it says.
    """

    name: str
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    locks: bool = False
    refused: Mapping[Contacting, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    language: str = ""
    said: str = ""


class PartChecker(Protocol):
    """Knows the parts of one kind."""

    def __call__(self, organisation: UUID, site: UUID, ids: Collection[UUID]) -> Mapping[UUID, Part]:
        """Those of these ids that the organisation has and a plan for this site may name. What is missing is not known."""


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A time in which nobody is on call."""

    since: dt.datetime
    until: dt.datetime


Gaps = Callable[[UUID, UUID, dt.datetime, dt.datetime], Sequence[Uncovered]]
"""Organisation, schedule, since, until: when nobody is on call between the two, in order."""
HasAddress = Callable[[], Exists]
"""A condition on a row of `soc.people.directory.models.Person` (`OuterRef("pk")`): whether a channel has where to send to."""
Segments = Callable[[str], int]
"""How many segments an SMS takes."""
UnderWay = Callable[[UUID], bool]
"""Whether a plan is under way, in earnest or as a drill."""

_CHECKERS: dict[PartKind, PartChecker] = {}
_ADDRESSES: dict[Channel, HasAddress] = {}
_GAPS: list[Gaps] = []
_SEGMENTS: list[Segments] = []
_UNDER_WAY: list[UnderWay] = []


def register_part(kind: PartKind, checker: PartChecker) -> None:
    """Have parts of this kind checked by `checker` from now on."""
    _CHECKERS[kind] = checker


def register_gaps(gaps: Gaps) -> None:
    """Have gaps of on-call schedules looked for by `gaps` from now on."""
    _GAPS[:] = [gaps]


def register_address(channel: Channel, has_address: HasAddress) -> None:
    """Have who is reached by a channel found by this condition from now on: push, by its subscriptions."""
    _ADDRESSES[channel] = has_address


def register_segments(segments: Segments) -> None:
    """Have SMS counted by `segments` from now on."""
    _SEGMENTS[:] = [segments]


def register_under_way(under_way: UnderWay) -> None:
    """Have it asked of `under_way` from now on whether a plan is."""
    _UNDER_WAY[:] = [under_way]


def is_checked(kind: PartKind) -> bool:
    """Whether anybody knows the parts of this kind."""
    return kind in _CHECKERS


def parts(kind: PartKind, organisation: UUID, site: UUID, ids: Collection[UUID]) -> Mapping[UUID, Part]:
    """Those of these ids that are known; none of a kind that nobody knows."""
    checker = _CHECKERS.get(kind)
    return checker(organisation, site, frozenset(ids)) if checker is not None and ids else {}


def gaps(organisation: UUID, schedule: UUID, since: dt.datetime, until: dt.datetime) -> Sequence[Uncovered] | None:
    """When nobody is on call between two instants; ``None``: nobody can say."""
    return _GAPS[0](organisation, schedule, since, until) if _GAPS else None


def has_address(channel: Channel) -> Exists | None:
    """The condition that was registered for this channel; ``None``: none."""
    found = _ADDRESSES.get(channel)
    return found() if found is not None else None


def segments(text: str) -> int | None:
    """How many segments an SMS takes; ``None``: nobody can count them."""
    return _SEGMENTS[0](text) if _SEGMENTS else None


def under_way(plan: UUID) -> bool:
    """Whether a plan is under way; where nobody carries plans out, none is."""
    return any(one(plan) for one in _UNDER_WAY)
