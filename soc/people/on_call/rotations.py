"""Adding, changing and removing the rotations of a schedule: each in one transaction, journalled.

A change does not rewrite the past. What a rotation says is kept in terms (`soc.people.on_call.models.Terms`): a change ends those
that hold and opens others in the same instant, and the database refuses to change either. Who is on call at that instant stays so
until the next handover, if still among the people: adding a colleague at noon puts nobody else on call (`turns.carried_on`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final, TypedDict
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from soc import clock
from soc.journal.actions import Action
from soc.journal.services import Json, record
from soc.people.models import Member
from soc.people.on_call.hours import MOST_HOURS, WrittenHours
from soc.people.on_call.models import LONGEST_TURN, LOWEST_LEVEL, Kind, Participant, Rotation, Schedule, Terms
from soc.people.on_call.selectors import turns_of
from soc.people.on_call.shared import known_people, locked, missing, near, same_version, tell
from soc.people.on_call.turns import carried_on
from soc.people.services import taken
from soc.refusals import Refusal

MOST_ROTATIONS: Final = 20
MOST_PARTICIPANTS: Final = 100


@dataclass(frozen=True, slots=True)
class RotationDraft:
    """What is entered about a rotation; see `soc.people.on_call.models.Terms`."""

    name: str
    kind: Kind
    starts_on: dt.date
    handover: dt.time
    participants: tuple[UUID, ...]
    length: int = 1
    level: int = 1
    ends_on: dt.date | None = None
    hours: tuple[WrittenHours, ...] = ()


class RotationEntry(TypedDict, total=False):
    """What changes of a rotation; a field that is missing stays as it is."""

    name: str
    kind: Kind
    starts_on: dt.date
    handover: dt.time
    participants: tuple[UUID, ...]
    length: int
    level: int
    ends_on: dt.date | None
    hours: tuple[WrittenHours, ...]


@transaction.atomic
def add_rotation(actor: Member, schedule_id: UUID, draft: RotationDraft) -> Terms:
    """Add a rotation. It counts from its first handover on, or from now, when that has been: nobody was on call by it before.

    Raises:
        Refusal: the schedule is not within reach; nobody takes turns, or somebody unknown; it ends before it starts; the name is
            taken; a number is out of bounds; there are too many.
    """
    schedule = locked(actor, schedule_id)
    if Rotation.objects.filter(schedule=schedule, removed_at=None).count() >= MOST_ROTATIONS:
        raise Refusal(
            "too_many_rotations", _("This schedule has many rotations already. Remove one, or add a schedule.")
        )
    _check(actor, schedule, draft)
    rotation = Rotation(organisation_id=schedule.organisation_id, schedule=schedule)
    _name(rotation, draft.name)
    rotation.save(force_insert=True)
    opened = _open(rotation, draft, schedule.timezone)
    _record(actor, schedule, rotation, Action.ROTATION_ADDED, {"after": _facts(draft)})
    tell(schedule)
    return opened


@transaction.atomic
def change_rotation(
    actor: Member, schedule_id: UUID, rotation_id: UUID, entered: RotationEntry, *, version: int
) -> Terms:
    """Change a rotation, from now on.

    Raises:
        Refusal: as `add_rotation`; there is none; CONFLICT when a colleague changed it since `version`.
    """
    schedule = locked(actor, schedule_id)
    rotation = _rotation(schedule, rotation_id)
    same_version(version, rotation.version)
    said = rotation.terms.get(until=None)
    known = _draft(rotation, said)
    draft = replace(known, **entered)
    before, after = _facts(known), _facts(draft)
    changed = sorted(field for field in after if after[field] != before[field])
    if not changed:
        return said
    _check(actor, schedule, draft)
    if "name" in changed:
        _name(rotation, draft.name)
    rotation.version += 1
    rotation.save()
    if changed != ["name"]:
        said = _open(rotation, draft, schedule.timezone, said)
    details: dict[str, Json] = {
        "before": {field: before[field] for field in changed},
        "after": {field: after[field] for field in changed},
    }
    _record(actor, schedule, rotation, Action.ROTATION_CHANGED, details)
    tell(schedule)
    return said


@transaction.atomic
def remove_rotation(actor: Member, schedule_id: UUID, rotation_id: UUID) -> None:
    """Remove a rotation: from now on nobody is on call by it; who was, stays in the past.

    Raises:
        Refusal: there is none within reach.
    """
    schedule = locked(actor, schedule_id)
    rotation = _rotation(schedule, rotation_id)
    before = _facts(_draft(rotation, rotation.terms.get(until=None)))
    end(rotation)
    _record(actor, schedule, rotation, Action.ROTATION_REMOVED, {"before": before})
    tell(schedule)


def end(rotation: Rotation) -> None:
    """End a rotation, in the caller's transaction, which has locked its schedule."""
    now = clock.now()
    _close(rotation.terms.get(until=None), now)
    rotation.removed_at = now
    rotation.save()


def move(schedule: Schedule) -> None:
    """Read the schedule's rotations on its new clock from now on, in the caller's transaction, which has locked it."""
    for said in Terms.objects.filter(rotation__schedule=schedule, until=None).select_related("rotation"):
        _open(said.rotation, _draft(said.rotation, said), schedule.timezone, said)


def _rotation(schedule: Schedule, rotation_id: UUID) -> Rotation:
    rotation = Rotation.objects.filter(schedule=schedule, pk=rotation_id, removed_at=None).first()
    if rotation is None:
        raise missing(_("There is no such rotation."))
    return rotation


def _name(rotation: Rotation, name: str) -> None:
    rotation.name = name
    others = Rotation.objects.filter(schedule=rotation.schedule_id, name=name, removed_at=None).exclude(pk=rotation.pk)
    if others.exists():
        raise taken("name", _("There is already a rotation of this name."))


def _check(actor: Member, schedule: Schedule, draft: RotationDraft) -> None:
    near(draft.starts_on.year, "starts_on")
    if draft.ends_on is not None:
        near(draft.ends_on.year, "ends_on")
    if not draft.participants:
        nobody = _("A rotation needs somebody who takes turns.")
        raise Refusal("nobody", nobody, fields={"participants": nobody})
    if len(draft.participants) > MOST_PARTICIPANTS:
        many = _("At most 100 people take turns.")
        raise Refusal("too_many_people", many, fields={"participants": many})
    if draft.ends_on is not None and draft.ends_on <= draft.starts_on:
        early = _("It ends before it starts. Enter a later day.")
        raise Refusal("ends_before_it_starts", early, fields={"ends_on": early})
    for field, value, most in (
        ("length", draft.length, LONGEST_TURN),
        ("level", draft.level, LOWEST_LEVEL),
        ("hours", len(draft.hours) + 1, MOST_HOURS + 1),
    ):
        if not 1 <= value <= most:
            bounds = _("This number is out of bounds.")
            raise Refusal("out_of_bounds", bounds, fields={field: bounds})
    known_people(actor, schedule, {"participants": draft.participants})


def _open(rotation: Rotation, draft: RotationDraft, timezone: str, before: Terms | None = None) -> Terms:
    """Open terms that hold from now on, and end those before."""
    now = clock.now()
    said = Terms(
        organisation_id=rotation.organisation_id,
        rotation=rotation,
        since=now,
        level=draft.level,
        kind=draft.kind,
        length=draft.length,
        starts_on=draft.starts_on,
        handover=draft.handover,
        ends_on=draft.ends_on,
        timezone=timezone,
        hours=[one.model_dump(mode="json") for one in draft.hours],
    )
    if before is not None:
        old = turns_of(before, before.places.values_list("person_id", flat=True))
        said.first = carried_on(old, turns_of(said, draft.participants), now).first
        _close(before, now)
        said.since = before.until or now
    said.until = said.since  # the database opens them when there is somebody
    said.save(force_insert=True)
    Participant.objects.bulk_create(
        Participant(organisation_id=rotation.organisation_id, terms=said, person_id=person, position=position)
        for position, person in enumerate(draft.participants)
    )
    said.until = None
    said.save(update_fields=["until"])
    return said


def _close(said: Terms, now: dt.datetime) -> None:
    said.until = max(now, said.since)
    said.save(update_fields=["until"])


def _draft(rotation: Rotation, said: Terms) -> RotationDraft:
    return RotationDraft(
        name=rotation.name,
        kind=Kind(said.kind),
        starts_on=said.starts_on,
        handover=said.handover,
        participants=tuple(said.places.values_list("person_id", flat=True)),
        length=said.length,
        level=said.level,
        ends_on=said.ends_on,
        hours=tuple(WrittenHours.model_validate(one) for one in said.hours),
    )


def _facts(draft: RotationDraft) -> dict[str, Json]:
    return {
        "name": draft.name,
        "level": draft.level,
        "unit": draft.kind.value,
        "length": draft.length,
        "starts_on": draft.starts_on.isoformat(),
        "handover": draft.handover.strftime("%H:%M"),
        "ends_on": draft.ends_on.isoformat() if draft.ends_on else None,
        "hours": [one.model_dump(mode="json") for one in draft.hours],
        "participants": [str(person) for person in draft.participants],
    }


def _record(actor: Member, schedule: Schedule, rotation: Rotation, action: Action, details: dict[str, Json]) -> None:
    record(schedule.organisation_id, action, actor=actor, subject=rotation, site_id=schedule.site_id, details=details)
