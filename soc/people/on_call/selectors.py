"""What can be asked about schedules: who is on call when, and when nobody is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from django.db.models import Q, QuerySet

from soc import clock
from soc.people.directory.models import Person
from soc.people.models import Member
from soc.people.on_call import hours, rota
from soc.people.on_call.models import Override, Participant, Schedule, Terms
from soc.people.on_call.rota import Gap, Rota, Shift, Takeover
from soc.people.on_call.turns import Every, Turns
from soc.people.rights import Right
from soc.people.scope import scoped

log = structlog.get_logger(__name__)

AHEAD = dt.timedelta(days=366)
"""How far ahead is looked for a gap."""
_SOON = dt.timedelta(days=31)
"""How far ahead is looked for the end of a shift under way."""
_INSTANT = dt.timedelta(microseconds=1)


def on_call(organisation_id: UUID, schedule_id: UUID, at: dt.datetime) -> list[UUID]:
    """The people (`soc.people.directory.models.Person`) on call at `at`, in the order of levels; empty: nobody.

    Overrides are applied; who has been removed is left out, whenever that was. A schedule that is removed, or is not this
    organisation's, has nobody. Two queries, which lock nothing: it may be called in a transaction.
    """
    known = _known(organisation_id, [schedule_id], at, at + _INSTANT)
    told = replace(known.rotas[schedule_id], gone=dict.fromkeys(known.rotas[schedule_id].gone, at))
    return list(rota.who(told, at))


def shifts(schedule: Schedule, since: dt.datetime, until: dt.datetime) -> tuple[Shift, ...]:
    """Who is on call between two instants, cut at both, as `soc.people.on_call.rota.shifts` says."""
    return rota.shifts(_rota(schedule, since, until), since, until)


def gaps(schedule: Schedule, since: dt.datetime, until: dt.datetime) -> tuple[Gap, ...]:
    """When nobody is on call between two instants."""
    return rota.gaps(_rota(schedule, since, until), since, until)


def filled_until(schedule: Schedule, since: dt.datetime) -> dt.datetime | None:
    """The first instant from `since` on at which nobody is on call: `since`, if nobody is then; ``None``: none within `AHEAD`."""
    return rota.filled_until(_rota(schedule, since, since + AHEAD), since, since + AHEAD)


@dataclass(frozen=True, slots=True)
class Calendar:
    """A schedule between two instants, and the people in it."""

    since: dt.datetime
    until: dt.datetime
    timezone: str
    shifts: tuple[Shift, ...]
    gaps: tuple[Gap, ...]
    people: Mapping[UUID, Person]


def calendar(schedule: Schedule, since: dt.datetime, until: dt.datetime) -> Calendar:
    """What a calendar on screen shows."""
    known = _known(schedule.organisation_id, [schedule.pk], since, until)
    of = known.rotas[schedule.pk]
    found, free = rota.shifts(of, since, until), rota.gaps(of, since, until)
    return Calendar(since, until, schedule.timezone, found, free, known.people)


@dataclass(frozen=True, slots=True)
class Standing:
    """A schedule as it stands now.

    Attributes:
        schedule: which.
        shifts: under way, in the order of levels.
        soon: when it is looked until: a shift that ends then may go on.
        filled_until: as the selector of that name.
        people: of the schedule, by id.
    """

    schedule: Schedule
    shifts: tuple[Shift, ...]
    soon: dt.datetime
    filled_until: dt.datetime | None
    people: Mapping[UUID, Person]


def standing(schedules: Collection[Schedule]) -> list[Standing]:
    """How these schedules of one organisation stand now; two queries, however many they are."""
    if not schedules:
        return []
    now = clock.now()
    soon, horizon = now + _SOON, now + AHEAD
    (organisation_id,) = {schedule.organisation_id for schedule in schedules}
    known = _known(organisation_id, [schedule.pk for schedule in schedules], now, horizon)
    found = []
    for schedule in schedules:
        of = known.rotas[schedule.pk]
        under_way = tuple(shift for shift in rota.shifts(of, now, soon) if shift.start == now)
        found.append(Standing(schedule, under_way, soon, rota.filled_until(of, now, horizon), known.people))
    return found


def schedules(member: Member, right: Right = Right.SEE_ON_CALL) -> QuerySet[Schedule]:
    """The schedules at whose sites `member` holds `right`."""
    return scoped(Schedule.objects.filter(removed_at=None), member, right)


def terms(member: Member, schedule_id: UUID) -> QuerySet[Terms]:
    """What the rotations of a schedule say now, in the order of levels."""
    now = Terms.objects.filter(rotation__schedule=schedule_id, rotation__removed_at=None, until=None)
    rows = now.select_related("rotation").prefetch_related("places__person")
    return scoped(rows, member, Right.SEE_ON_CALL).order_by("level", "rotation__created_at", "rotation_id")


def overrides(member: Member, schedule_id: UUID) -> QuerySet[Override]:
    """The overrides of a schedule that are not over."""
    rows = Override.objects.filter(schedule=schedule_id, ends_at__gt=clock.now()).select_related("person", "replaces")
    return scoped(rows, member, Right.SEE_ON_CALL)


def turns_of(said: Terms, people: Collection[UUID]) -> Turns:
    """Terms and those who take turns by them, as the arithmetic takes them."""
    return Turns(
        rotation=said.rotation_id,
        level=said.level,
        every=Every(said.kind),
        length=said.length,
        starts_on=said.starts_on,
        handover=said.handover,
        zone=zone_of(said.timezone),
        people=tuple(people),
        since=said.since,
        until=said.until,
        ends_on=said.ends_on,
        hours=hours.read(said.hours),
        first=said.first,
    )


def zone_of(name: str) -> ZoneInfo:
    """The time zone of this name; UTC when the machine does not know it any more.

    Systems drop old names (US/Eastern) from their zone data. Handovers some hours early or late are better than nobody on call.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        log.exception("on_call.unknown_zone", zone=name)
        return ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class _Known:
    rotas: Mapping[UUID, Rota]
    people: Mapping[UUID, Person]


def _rota(schedule: Schedule, since: dt.datetime, until: dt.datetime) -> Rota:
    return _known(schedule.organisation_id, [schedule.pk], since, until).rotas[schedule.pk]


def _known(organisation_id: UUID, wanted: Collection[UUID], since: dt.datetime, until: dt.datetime) -> _Known:
    """What is said about some time by the schedules of an organisation; of one that it does not have, nothing."""
    places = (
        Participant.objects.filter(
            Q(terms__until=None) | Q(terms__until__gt=since),
            organisation=organisation_id,
            terms__rotation__schedule__in=wanted,
            terms__since__lt=until,
        )
        .select_related("terms__rotation", "person")
        .order_by("terms__rotation__created_at", "terms__rotation_id", "terms__since", "position")
    )
    taken = (
        Override.objects.filter(
            organisation=organisation_id, schedule__in=wanted, starts_at__lt=until, ends_at__gt=since
        )
        .select_related("person")
        .order_by("entered_at", "id")
    )
    people: dict[UUID, Person] = {}
    said: dict[UUID, tuple[Terms, list[UUID]]] = {}
    for place in places:
        people[place.person_id] = place.person
        said.setdefault(place.terms_id, (place.terms, []))[1].append(place.person_id)
    turns: dict[UUID, list[Turns]] = {schedule: [] for schedule in wanted}
    for one, in_order in said.values():
        turns[one.rotation.schedule_id].append(turns_of(one, in_order))
    takeovers: dict[UUID, list[Takeover]] = {schedule: [] for schedule in wanted}
    for override in taken:
        people[override.person_id] = override.person
        takeovers[override.schedule_id].append(_takeover(override))
    gone = {pk: person.removed_at for pk, person in people.items() if person.removed_at is not None}
    return _Known({one: Rota(tuple(turns[one]), tuple(takeovers[one]), gone) for one in wanted}, people)


def _takeover(override: Override) -> Takeover:
    return Takeover(
        id=override.pk,
        person=override.person_id,
        since=override.starts_at,
        until=override.ends_at,
        rotation=override.rotation_id,
        replaces=override.replaces_id,
        level=override.level,
    )
