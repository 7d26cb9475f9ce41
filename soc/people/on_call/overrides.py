"""Entering, changing and removing overrides: each in one transaction, journalled. What has been stays as it was."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final, TypedDict
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from soc import clock
from soc.journal.actions import Action
from soc.journal.services import Json, record
from soc.people.models import Member
from soc.people.on_call.models import LOWEST_LEVEL, Override, Rotation, Schedule
from soc.people.on_call.shared import known_people, locked, missing, on_the_clock, same_version, tell
from soc.refusals import Refusal, Status

MOST_OVERRIDES: Final = 500
LONGEST: Final = dt.timedelta(days=366)


@dataclass(frozen=True, slots=True)
class OverrideDraft:
    """What is entered about an override. Times without an offset are on the schedule's clock.

    Attributes:
        person: who takes the period.
        starts_at: from when; what has been is now.
        ends_at: until when, not included.
        rotation: in whose place; or
        replaces: in whose place, in every rotation. Without either: in addition.
        level: of who is on call in addition.
        reason: why, in words; it goes into the journal as personal data.
    """

    person: UUID
    starts_at: dt.datetime
    ends_at: dt.datetime
    rotation: UUID | None = None
    replaces: UUID | None = None
    level: int = 1
    reason: str = ""


class OverrideEntry(TypedDict, total=False):
    """What changes of an override; a field that is missing stays as it is."""

    person: UUID
    starts_at: dt.datetime
    ends_at: dt.datetime
    rotation: UUID | None
    replaces: UUID | None
    level: int
    reason: str


@transaction.atomic
def add_override(actor: Member, schedule_id: UUID, draft: OverrideDraft) -> Override:
    """Put somebody on call for a period. One that has begun counts from now on.

    Raises:
        Refusal: the schedule is not within reach; the period is over, turned round or longer than a year; somebody or the
            rotation is unknown; it is in two places, or in the own; there are too many.
    """
    schedule = locked(actor, schedule_id)
    if Override.objects.filter(schedule=schedule, ends_at__gt=clock.now()).count() >= MOST_OVERRIDES:
        raise Refusal("too_many_overrides", _("This schedule has many overrides ahead. Change its rotations instead."))
    draft = _timed(schedule, draft)
    draft = replace(draft, starts_at=max(draft.starts_at, clock.now()))
    _check(actor, schedule, draft)
    override = Override(organisation_id=schedule.organisation_id, schedule=schedule)
    _apply(override, draft)
    override.save(force_insert=True)
    _record(actor, schedule, override, Action.OVERRIDE_ADDED, {"after": _facts(draft)}, draft.reason)
    tell(schedule)
    return override


@transaction.atomic
def change_override(
    actor: Member, schedule_id: UUID, override_id: UUID, entered: OverrideEntry, *, version: int
) -> Override:
    """Change an override from now on. Of one under way, what has been is kept apart, and its beginning is now.

    Raises:
        Refusal: as `add_override`; there is none; it is over; CONFLICT when a colleague changed it since `version`.
    """
    schedule = locked(actor, schedule_id)
    override = _override(schedule, override_id)
    same_version(version, override.version)
    now = clock.now()
    known = _draft(override)
    draft = _timed(schedule, replace(known, **entered))
    under_way = known.starts_at < now
    if under_way:
        draft = replace(draft, starts_at=known.starts_at if draft.starts_at <= now else draft.starts_at)
    else:
        draft = replace(draft, starts_at=max(draft.starts_at, now))
    if draft == known:
        return override
    _check(actor, schedule, draft, known)
    if under_way and replace(draft, ends_at=known.ends_at, reason=known.reason) != known:
        _keep_the_past(override, now)
        draft = replace(draft, starts_at=max(draft.starts_at, now))
    before, after = _facts(known), _facts(draft)
    _apply(override, draft)
    override.version += 1
    override.save()
    changed = sorted(field for field in after if after[field] != before[field])
    details: dict[str, Json] = {
        "before": {field: before[field] for field in changed},
        "after": {field: after[field] for field in changed},
    }
    _record(actor, schedule, override, Action.OVERRIDE_CHANGED, details, draft.reason)
    tell(schedule)
    return override


@transaction.atomic
def remove_override(actor: Member, schedule_id: UUID, override_id: UUID) -> None:
    """Remove an override, or end it now when it is under way.

    Raises:
        Refusal: there is none within reach, or it is over.
    """
    schedule = locked(actor, schedule_id)
    override = _override(schedule, override_id)
    details: dict[str, Json] = {"before": _facts(_draft(override))}
    _record(actor, schedule, override, Action.OVERRIDE_REMOVED, details, override.reason)
    end(override)
    tell(schedule)


def end(override: Override) -> None:
    """End an override that is not over, in the caller's transaction, which has locked its schedule."""
    now = clock.now()
    if override.starts_at >= now:
        override.delete()
        return
    override.ends_at = now
    override.version += 1
    override.save()


def _override(schedule: Schedule, override_id: UUID) -> Override:
    override = Override.objects.filter(schedule=schedule, pk=override_id).first()
    if override is None:
        raise missing(_("There is no such override."))
    if override.ends_at <= clock.now():
        raise Refusal("over", _("This override is over: what has been stays."), status=Status.CONFLICT)
    return override


def _timed(schedule: Schedule, draft: OverrideDraft) -> OverrideDraft:
    """The draft with instants."""
    start = on_the_clock(schedule, draft.starts_at, "starts_at")
    return replace(draft, starts_at=start, ends_at=on_the_clock(schedule, draft.ends_at, "ends_at"))


def _check(actor: Member, schedule: Schedule, draft: OverrideDraft, known: OverrideDraft | None = None) -> None:
    if draft.ends_at <= clock.now():
        over = _("This period is over. Enter one that ends later.")
        raise Refusal("over_already", over, fields={"ends_at": over})
    if draft.ends_at <= draft.starts_at:
        early = _("It ends before it starts. Enter a later time.")
        raise Refusal("ends_before_it_starts", early, fields={"ends_at": early})
    if draft.ends_at - draft.starts_at > LONGEST:
        long = _("An override lasts a year at most. Change the rotation instead.")
        raise Refusal("too_long", long, fields={"ends_at": long})
    if not 1 <= draft.level <= LOWEST_LEVEL:
        bounds = _("This number is out of bounds.")
        raise Refusal("out_of_bounds", bounds, fields={"level": bounds})
    if draft.rotation is not None and draft.replaces is not None:
        two = _("Choose a rotation or a person to stand in for, not both.")
        raise Refusal("two_places", two, fields={"replaces": two})
    if draft.replaces == draft.person:
        own = _("Nobody stands in for themselves.")
        raise Refusal("own_place", own, fields={"replaces": own})
    if draft.rotation is not None and not _has(schedule, draft.rotation):
        unknown = _("There is no such rotation.")
        raise Refusal("no_such_rotation", unknown, fields={"rotation": unknown})
    there = {known.person, known.replaces} if known else set()
    named = {"person": draft.person, "replaces": draft.replaces}
    known_people(actor, schedule, {field: {person} - {None} - there for field, person in named.items()})


def _has(schedule: Schedule, rotation: UUID) -> bool:
    return Rotation.objects.filter(schedule=schedule, pk=rotation, removed_at=None).exists()


def _keep_the_past(override: Override, now: dt.datetime) -> None:
    """What an override was until now, as a row of its own."""
    past = Override.objects.get(pk=override.pk)
    past.pk, past.ends_at = uuid4(), now
    past.save(force_insert=True)


def _apply(override: Override, draft: OverrideDraft) -> None:
    override.person_id = draft.person
    override.starts_at = draft.starts_at
    override.ends_at = draft.ends_at
    override.rotation_id = draft.rotation
    override.replaces_id = draft.replaces
    override.level = draft.level
    override.reason = draft.reason


def _draft(override: Override) -> OverrideDraft:
    return OverrideDraft(
        person=override.person_id,
        starts_at=override.starts_at,
        ends_at=override.ends_at,
        rotation=override.rotation_id,
        replaces=override.replaces_id,
        level=override.level,
        reason=override.reason,
    )


def _facts(draft: OverrideDraft) -> dict[str, Json]:
    return {
        "person": str(draft.person),
        "starts_at": draft.starts_at.isoformat(),
        "ends_at": draft.ends_at.isoformat(),
        "rotation": str(draft.rotation) if draft.rotation else None,
        "replaces": str(draft.replaces) if draft.replaces else None,
        "level": draft.level,
    }


def _record(
    actor: Member, schedule: Schedule, override: Override, action: Action, details: dict[str, Json], reason: str
) -> None:
    record(
        schedule.organisation_id,
        action,
        actor=actor,
        subject=override,
        site_id=schedule.site_id,
        details=details,
        personal={"reason": reason} if reason else None,
    )
