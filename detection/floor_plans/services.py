"""What can be done with floor plans: one transaction each, journalled, told to who looks.

A plan's cameras and areas are changed as a whole: an editor saves what it shows, or is told that a colleague was first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import IO, TypedDict
from uuid import UUID, uuid4

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from detection.floor_plans.events import PlanChangedPayload
from detection.floor_plans.models import FloorPlan, PlacedCamera, PlanArea
from detection.floor_plans.pictures import Picture, picture_of
from detection.models import Camera, Zone
from detection.shapes import checked_polygon
from soc.broadcast import services as broadcast
from soc.broadcast.events import Event
from soc.journal import services as journal
from soc.journal.actions import Action
from soc.journal.services import Json
from soc.people.models import Member, Site
from soc.people.rights import Right
from soc.people.scope import scoped
from soc.refusals import Refusal, Status

log = structlog.get_logger(__name__)
#: The right to change plans, and everything on them.
CHANGE = Right.MANAGE_CAMERAS


class CameraEntry(TypedDict):
    """A camera as it is placed."""

    camera: UUID
    x: float
    y: float
    direction: float
    field_of_view: float
    reach: float


class AreaEntry(TypedDict):
    """An area as it is drawn."""

    name: str
    polygon: list[list[float]]
    zone: UUID | None


class PlanEntry(TypedDict, total=False):
    """What changes about a plan; a field that is missing stays as it is, `cameras` and `areas` replace all of them."""

    name: str
    level: int
    cameras: Sequence[CameraEntry]
    areas: Sequence[AreaEntry]


def add_plan(actor: Member, site_id: UUID, name: str, level: int, upload: IO[bytes]) -> FloorPlan:
    """Add a plan of a site that `actor` manages.

    Raises:
        Refusal: the site is out of reach, has a plan of this name, or the picture is refused.
    """
    site = scoped(Site.objects.all(), actor, CHANGE).filter(pk=site_id).first()
    if site is None:
        raise _at("site", "no_such_site", _("There is no such site."))
    picture = picture_of(upload)
    with _stored(picture) as stored, transaction.atomic():
        plan = FloorPlan(organisation_id=site.organisation_id, site=site, name=name, level=level)
        _refuse_second_name(plan)
        _show(plan, picture, stored)
        plan.save(force_insert=True)
        _record(actor, plan, Action.FLOOR_PLAN_ADDED, {"after": _facts(plan)})
        _tell(plan)
    return plan


def change_plan(actor: Member, plan_id: UUID, entered: PlanEntry, *, version: int) -> FloorPlan:
    """Change a plan: its name, its level, what is placed and drawn on it.

    Raises:
        Refusal: something entered cannot be used, `fields` says what; CONFLICT when a colleague changed the plan since `version`.
    """
    with transaction.atomic():
        plan = _locked(actor, plan_id, version)
        before = _facts(plan)
        plan.name = entered.get("name", plan.name)
        plan.level = entered.get("level", plan.level)
        _refuse_second_name(plan)
        if "cameras" in entered:
            _place(plan, entered["cameras"])
        if "areas" in entered:
            _draw(plan, entered["areas"])
        after = _facts(plan)
        changed = sorted(name for name in after if after[name] != before[name])
        if changed:
            plan.version += 1
            plan.save(update_fields=["name", "level", "version"])
            details: dict[str, Json] = {
                "before": {name: before[name] for name in changed},
                "after": {name: after[name] for name in changed},
            }
            _record(actor, plan, Action.FLOOR_PLAN_CHANGED, details)
            _tell(plan)
    return plan


def change_picture(actor: Member, plan_id: UUID, upload: IO[bytes], *, version: int) -> FloorPlan:
    """Put another picture under what is placed on a plan.

    Raises:
        Refusal: the picture is refused, or a colleague changed the plan since `version`.
    """
    _within_reach(actor, plan_id)  # before anything is read of what a stranger sent
    picture = picture_of(upload)
    with _stored(picture) as stored, transaction.atomic():
        plan = _locked(actor, plan_id, version)
        before, old = plan.sha256, str(plan.picture.name)
        _show(plan, picture, stored)
        plan.version += 1
        plan.save()
        _record(
            actor, plan, Action.FLOOR_PLAN_CHANGED, {"before": {"picture": before}, "after": {"picture": plan.sha256}}
        )
        transaction.on_commit(partial(_forget, old))
        _tell(plan)
    return plan


def remove_plan(actor: Member, plan_id: UUID) -> None:
    """Take a plan away, with its picture and all that was placed on it; cameras and zones stay."""
    with transaction.atomic():
        plan = _locked(actor, plan_id, None)
        before = _facts(plan)
        plan.delete()
        plan.pk = plan_id  # the journal names what was removed
        _record(actor, plan, Action.FLOOR_PLAN_REMOVED, {"before": before})
        transaction.on_commit(partial(_forget, str(plan.picture.name)))
        _tell(plan, removed=True)


# How it is done: each of these runs in its caller's transaction.


def _within_reach(actor: Member, plan_id: UUID) -> None:
    if not scoped(FloorPlan.objects.all(), actor, CHANGE).filter(pk=plan_id).exists():
        raise _not_found()


def _locked(actor: Member, plan_id: UUID, version: int | None) -> FloorPlan:
    plans = scoped(FloorPlan.objects.all(), actor, CHANGE)
    plan = plans.select_for_update(of=("self",), no_key=True).filter(pk=plan_id).first()
    if plan is None:
        raise _not_found()
    if version is not None and version != plan.version:
        raise Refusal(
            "changed_meanwhile",
            _("A colleague has changed this plan meanwhile. Reload it and enter your change again."),
            status=Status.CONFLICT,
        )
    return plan


def _refuse_second_name(plan: FloorPlan) -> None:
    # Two plans of one name added at once follow each other here, instead of the second one failing in the database.
    Site.objects.select_for_update(no_key=True).get(pk=plan.site_id)
    if FloorPlan.objects.filter(site=plan.site_id, name=plan.name).exclude(pk=plan.pk).exists():
        sentence = _("There is a plan of this name at this site already.")
        raise _at("name", "name_taken", sentence, Status.CONFLICT)


def _place(plan: FloorPlan, entries: Sequence[CameraEntry]) -> None:
    wanted = [entry["camera"] for entry in entries]
    if len(set(wanted)) != len(wanted):
        raise _at("cameras", "placed_twice", _("A camera stands on a plan once."))
    # A site is compared as an id: whether the camera exists elsewhere is nobody's business.
    here = Camera.objects.filter(organisation=plan.organisation_id, site=plan.site_id, removed_at=None, pk__in=wanted)
    if here.count() != len(wanted):
        raise _at("cameras", "not_of_this_site", _("Only cameras of the plan's site can be placed on it."))
    PlacedCamera.objects.filter(plan=plan).delete()
    rows = [
        PlacedCamera(
            organisation_id=plan.organisation_id,
            plan=plan,
            camera_id=entry["camera"],
            x=entry["x"],
            y=entry["y"],
            direction=entry["direction"] % 360,
            field_of_view=entry["field_of_view"],
            reach=entry["reach"],
        )
        for entry in entries
    ]
    PlacedCamera.objects.bulk_create(rows)


def _draw(plan: FloorPlan, entries: Sequence[AreaEntry]) -> None:
    names = [entry["name"] for entry in entries]
    if len(set(names)) != len(names):
        raise _at("areas", "name_taken", _("Two areas of this plan have the same name."), Status.CONFLICT)
    zones = {entry["zone"] for entry in entries if entry["zone"] is not None}
    # What is private is never watched, so nothing could ever light the area.
    watched = Zone.objects.filter(
        organisation=plan.organisation_id, camera__site=plan.site_id, camera__removed_at=None, private=False
    )
    if watched.filter(pk__in=zones).count() != len(zones):
        raise _at("areas", "not_of_this_site", _("An area goes with a zone of a camera of the plan's site."))
    rows = [
        PlanArea(
            organisation_id=plan.organisation_id,
            plan=plan,
            name=entry["name"],
            polygon=checked_polygon(entry["polygon"]),
            zone_id=entry["zone"],
        )
        for entry in entries
    ]
    PlanArea.objects.filter(plan=plan).delete()
    PlanArea.objects.bulk_create(rows)


def _show(plan: FloorPlan, picture: Picture, stored: str) -> None:
    plan.picture.name = stored
    plan.sha256, plan.width, plan.height = picture.sha256, picture.width, picture.height


@contextmanager
def _stored(picture: Picture) -> Iterator[str]:
    """The picture's name in the storage; what refuses afterwards leaves no file behind."""
    try:
        stored = default_storage.save(f"plans/{uuid4()}.webp", ContentFile(picture.data))
    except OSError as error:
        log.exception("plan.not_stored", size=len(picture.data), error=error.strerror)
        sentence = _("The storage refused the picture. Tell the operator.")
        raise Refusal("storage", sentence, status=Status.UNAVAILABLE) from error
    try:
        yield stored
    except BaseException:
        _forget(stored)
        raise


def _forget(stored: str) -> None:
    try:
        default_storage.delete(stored)
    except OSError as error:
        log.exception("plan.picture_not_removed", name=stored, error=error.strerror)


def _facts(plan: FloorPlan) -> dict[str, Json]:
    """What the journal keeps of a plan."""
    cameras: list[Json] = [
        {
            "camera": str(one.camera_id),
            "x": one.x,
            "y": one.y,
            "direction": one.direction,
            "field_of_view": one.field_of_view,
            "reach": one.reach,
        }
        for one in PlacedCamera.objects.filter(plan=plan.pk).order_by("camera_id")
    ]
    areas: list[Json] = [
        {"name": one.name, "polygon": one.polygon, "zone": str(one.zone_id) if one.zone_id else None}
        for one in PlanArea.objects.filter(plan=plan.pk).order_by("name")
    ]
    return {"name": plan.name, "level": plan.level, "picture": plan.sha256, "cameras": cameras, "areas": areas}


def _record(actor: Member, plan: FloorPlan, action: Action, details: dict[str, Json]) -> None:
    journal.record(plan.organisation_id, action, actor=actor, subject=plan, site_id=plan.site_id, details=details)


def _tell(plan: FloorPlan, *, removed: bool = False) -> None:
    """Tell who looks; last in the transaction, since it locks the feed's counter."""
    payload = PlanChangedPayload(plan=plan.pk, site=plan.site_id, version=plan.version, removed=removed)
    broadcast.publish(Event(plan.organisation_id, payload, Right.SEE_CAMERAS, plan.site_id))


def _not_found() -> Refusal:
    return Refusal("not_found", _("There is no such plan."), status=Status.NOT_FOUND)


def _at(field: str, code: str, sentence: Promise, status: Status = Status.INVALID) -> Refusal:
    return Refusal(code, sentence, status=status, fields={field: sentence})
