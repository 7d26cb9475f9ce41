"""Adding, changing and removing schedules: each in one transaction, journalled; who looks is told.

Rotations and overrides of a schedule are changed in `soc.people.on_call.rotations` and `soc.people.on_call.overrides`.
"""

from __future__ import annotations

from typing import Final, TypedDict
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from soc import clock
from soc.journal.actions import Action
from soc.journal.services import Json, record
from soc.people import services as people
from soc.people.models import Member, Site
from soc.people.on_call import overrides, rotations
from soc.people.on_call.models import Override, Rotation, Schedule
from soc.people.on_call.shared import known_timezone, locked, same_version, tell
from soc.people.rights import Right
from soc.people.scope import scoped
from soc.refusals import Refusal

MOST_SCHEDULES: Final = 200


class ScheduleEntry(TypedDict, total=False):
    """What is entered about a schedule; a field that is missing stays as it is."""

    name: str
    site: UUID | None
    timezone: str


@transaction.atomic
def add_schedule(actor: Member, name: str, *, site: UUID | None = None, timezone: str | None = None) -> Schedule:
    """Add a schedule, on which nobody is yet.

    Args:
        actor: who does it.
        name: what it is called.
        site: of which site; ``None``: of all.
        timezone: on whose clock shifts begin and end; ``None``: the organisation's.

    Raises:
        Refusal: the actor does not change who is on call there, the name is taken, there is no such site or time zone, there are
            too many.
    """
    people.lock(actor.organisation_id)
    rows = Schedule.objects.filter(organisation=actor.organisation_id, removed_at=None)
    if rows.count() >= MOST_SCHEDULES:
        raise Refusal("too_many_schedules", _("There are many schedules already. Remove one that is no longer used."))
    schedule = Schedule(organisation_id=actor.organisation_id)
    _apply(
        actor,
        schedule,
        {"name": name, "site": site, "timezone": timezone or actor.organisation.timezone},
    )
    schedule.save(force_insert=True)
    _record(actor, schedule, Action.SCHEDULE_ADDED, {"after": _facts(schedule)})
    tell(schedule)
    return schedule


@transaction.atomic
def change_schedule(actor: Member, schedule_id: UUID, entered: ScheduleEntry, *, version: int) -> Schedule:
    """Rename a schedule, give it to another site, or to another clock, on which its rotations are read from now on.

    Raises:
        Refusal: as `add_schedule`; there is none within reach; CONFLICT when a colleague changed it since `version`.
    """
    people.lock(actor.organisation_id)
    schedule = locked(actor, schedule_id)
    same_version(version, schedule.version)
    before, site_before = _facts(schedule), schedule.site_id
    _apply(actor, schedule, entered)
    after = _facts(schedule)
    changed = sorted(field for field in after if after[field] != before[field])
    if not changed:
        return schedule
    schedule.version += 1
    schedule.save()
    if "timezone" in changed:
        rotations.move(schedule)
    details: dict[str, Json] = {
        "before": {field: before[field] for field in changed},
        "after": {field: after[field] for field in changed},
    }
    _record(actor, schedule, Action.SCHEDULE_CHANGED, details)
    if site_before is not None and site_before != schedule.site_id:
        tell(schedule, removed=schedule.site_id is not None, site_id=site_before)
    tell(schedule)
    return schedule


@transaction.atomic
def remove_schedule(actor: Member, schedule_id: UUID) -> None:
    """Remove a schedule: from now on nobody is on call by it.

    Raises:
        Refusal: there is none within reach.
    """
    schedule = locked(actor, schedule_id)
    for rotation in Rotation.objects.filter(schedule=schedule, removed_at=None):
        rotations.end(rotation)
    for override in Override.objects.filter(schedule=schedule, ends_at__gt=clock.now()):
        overrides.end(override)
    schedule.removed_at = clock.now()
    schedule.save()
    _record(actor, schedule, Action.SCHEDULE_REMOVED, {"before": _facts(schedule)})
    tell(schedule, removed=True)


def _apply(actor: Member, schedule: Schedule, entered: ScheduleEntry) -> None:
    """Enter it, checked; the caller has locked the organisation, so that two of one name follow each other."""
    schedule.name = entered.get("name", schedule.name)
    schedule.timezone = entered.get("timezone", schedule.timezone)
    if "timezone" in entered:
        known_timezone(schedule.timezone)
    if "site" in entered:
        schedule.site_id = entered["site"]
        _check_site(actor, schedule.site_id)
    others = Schedule.objects.filter(organisation=schedule.organisation_id, name=schedule.name, removed_at=None)
    if others.exclude(pk=schedule.pk).exists():
        raise people.taken("name", _("There is already a schedule of this name."))


def _check_site(actor: Member, site: UUID | None) -> None:
    if site is None:
        people.must_hold(actor, Right.MANAGE_ON_CALL, None)
    elif not scoped(Site.objects.filter(pk=site), actor, Right.MANAGE_ON_CALL).exists():
        unknown = _("There is no such site.")
        raise Refusal("unknown_site", unknown, fields={"site": unknown})


def _facts(schedule: Schedule) -> dict[str, Json]:
    site = str(schedule.site_id) if schedule.site_id else None
    return {"name": schedule.name, "site": site, "timezone": schedule.timezone}


def _record(actor: Member, schedule: Schedule, action: Action, details: dict[str, Json]) -> None:
    record(schedule.organisation_id, action, actor=actor, subject=schedule, site_id=schedule.site_id, details=details)
