"""Where people are reached: the number or address of each by a channel, or why there is none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from alerts.channels.base import Channel, Failure
from alerts.deliveries.services import Owed
from soc.people.directory.models import ContactWay, Person, WayKind


def owed(people: Sequence[Person], channel: Channel, *, due_at: dt.datetime | None = None, nth: int = 0) -> list[Owed]:
    """That these people are told by a channel, in their order. One query.

    Args:
        people: of one organisation; `member` is read of each, so select it.
        channel: by which way.
        due_at: not before; null: now.
        nth: which repetition.
    """
    ways = _ways([person.pk for person in people], channel)
    return [_owed(person, channel, ways.get(person.pk, []), due_at, nth) for person in people]


def _ways(people: Sequence[UUID], channel: Channel) -> dict[UUID, list[ContactWay]]:
    """The ways of each that this channel can use, the first to try first."""
    rows = ContactWay.objects.filter(person__in=people)
    if channel is Channel.SMS:
        rows = rows.filter(kind=WayKind.PHONE, sms=True)
    elif channel is Channel.VOICE:
        rows = rows.filter(kind=WayKind.PHONE, voice=True)
    elif channel is Channel.EMAIL:
        rows = rows.filter(kind=WayKind.EMAIL)
    else:  # by the account
        return {}
    found: dict[UUID, list[ContactWay]] = {}
    for way in rows.order_by("position", "id"):
        found.setdefault(way.person_id, []).append(way)
    return found


def _owed(person: Person, channel: Channel, ways: Sequence[ContactWay], due_at: dt.datetime | None, nth: int) -> Owed:
    address, unsent = "", None
    if channel in (Channel.APP, Channel.PUSH):
        address = str(person.member_id) if person.member is not None and person.member.is_active else ""
    elif channel is Channel.SMS:
        # STOP holds for SMS only: the same number is still called.
        wanted = next((way for way in ways if way.stopped_at is None), None)
        address = wanted.address if wanted else ""
        unsent = Failure.STOPPED if ways and wanted is None else None
    elif ways:
        address = ways[0].address
    return Owed(str(person.pk), person.pk, channel, address, person.language, due_at, nth, unsent)
