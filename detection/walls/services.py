"""What can be done with walls: one transaction each, journalled; colleagues are told where a wall is shared.

A wall is changed by its owner; a shared one also by whoever may share walls everywhere, so that it outlives its author's stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypedDict
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from detection.selectors import cameras
from detection.walls import selectors
from detection.walls.events import WallChangedPayload
from detection.walls.models import Place, Wall
from soc.broadcast import services as broadcast
from soc.broadcast.events import Event
from soc.journal import services as journal
from soc.journal.actions import Action
from soc.journal.services import Json
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import EVERYWHERE, holds, reach
from soc.refusals import Refusal, Status

MOST_WALLS: Final = 50
MOST_CAMERAS: Final = 64


class WallEntry(TypedDict, total=False):
    """What is entered about a wall; a field that is missing stays as it is."""

    name: str
    layout: str
    shared: bool
    cameras: list[UUID]


def keep_wall(owner: Member, entered: WallEntry) -> Wall:
    """Keep an arrangement under a name.

    Raises:
        Refusal: the name is taken, a camera is not within reach, it may not be shared by this member, there are too many.
    """
    with transaction.atomic():
        Member.objects.select_for_update(no_key=True).get(pk=owner.pk)  # two of one name follow each other here
        if Wall.objects.filter(owner=owner).count() >= MOST_WALLS:
            raise Refusal("too_many_walls", _("You keep many walls already. Delete one that you no longer need."))
        wall = Wall(organisation_id=owner.organisation_id, owner=owner)
        _apply(owner, wall, entered)
        wall.save(force_insert=True)
        kept = _place(owner, wall, entered.get("cameras", []))
        _record(owner, wall, Action.WALL_KEPT, {"after": _facts(wall, kept)})
        if wall.shared:
            _tell(wall)
    return wall


def change_wall(actor: Member, wall_id: UUID, entered: WallEntry, *, version: int) -> Wall:
    """Change a wall. Cameras that the actor may not watch keep their order, behind those that are entered.

    Raises:
        Refusal: as `keep_wall`; CONFLICT when somebody changed the wall since `version`.
    """
    with transaction.atomic():
        wall = _locked(actor, wall_id)
        Member.objects.select_for_update(no_key=True).get(pk=wall.owner_id)  # as in `keep_wall`
        if version != wall.version:
            raise Refusal(
                "changed_meanwhile",
                _("A colleague has changed this wall meanwhile. Open it again and enter your change once more."),
                status=Status.CONFLICT,
            )
        before, was_shared = _facts(wall, _kept(wall)), wall.shared
        _apply(actor, wall, entered)
        kept = _place(actor, wall, entered["cameras"]) if "cameras" in entered else _kept(wall)
        after = _facts(wall, kept)
        changed = sorted(name for name in after if after[name] != before[name])
        if not changed:
            return wall
        wall.version += 1
        wall.save()
        details: dict[str, Json] = {
            "before": {name: before[name] for name in changed},
            "after": {name: after[name] for name in changed},
        }
        _record(actor, wall, Action.WALL_CHANGED, details)
        if wall.shared or was_shared:
            _tell(wall, removed=not wall.shared)
    return wall


def delete_wall(actor: Member, wall_id: UUID) -> None:
    """Delete a wall; its cameras are not touched."""
    with transaction.atomic():
        wall = _locked(actor, wall_id)
        before = _facts(wall, _kept(wall))
        wall.delete()
        wall.pk = wall_id  # the journal and the event name what was deleted
        _record(actor, wall, Action.WALL_DELETED, {"before": before})
        if wall.shared:
            _tell(wall, removed=True)


def may_share(member: Member) -> bool:
    """Whether the member may show a wall to all colleagues."""
    return holds(member, Right.SHARE_WALLS)


def may_change(member: Member, wall: Wall) -> bool:
    """Whether the member may change or delete this wall."""
    return wall.owner_id == member.pk or (wall.shared and reach(member, Right.SHARE_WALLS) is EVERYWHERE)


def _locked(actor: Member, wall_id: UUID) -> Wall:
    wall = selectors.walls(actor).select_for_update(of=("self",)).filter(pk=wall_id).first()
    if wall is None:
        raise Refusal("not_found", _("There is no such wall."), status=Status.NOT_FOUND)
    if not may_change(actor, wall):
        sentence = _("This wall is a colleague's. Keep it under a name of your own to change it.")
        raise Refusal("not_yours", sentence)
    return wall


def _apply(actor: Member, wall: Wall, entered: WallEntry) -> None:
    wall.name = entered.get("name", wall.name)
    wall.layout = entered.get("layout", wall.layout)
    shared = entered.get("shared", wall.shared)
    if shared and not wall.shared and not may_share(actor):
        sentence = _("Only supervisors and administrators may share a wall.")
        raise Refusal("may_not_share", sentence, status=Status.FORBIDDEN, fields={"shared": sentence})
    wall.shared = shared
    if Wall.objects.filter(owner=wall.owner_id, name=wall.name).exclude(pk=wall.pk).exists():
        sentence = _("There is a wall of this name already.")
        raise Refusal("name_taken", sentence, status=Status.CONFLICT, fields={"name": sentence})


def _place(actor: Member, wall: Wall, entered: Sequence[UUID]) -> list[UUID]:
    """Put these cameras on the wall, in this order, and behind them those already there that `actor` may not watch."""
    given = list(dict.fromkeys(entered))
    reachable = set(cameras(actor, Right.SEE_LIVE).values_list("pk", flat=True))
    if not set(given) <= reachable:
        sentence = _("One of these cameras does not exist.")
        raise Refusal("no_such_camera", sentence, fields={"cameras": sentence})
    given += [camera for camera in _kept(wall) if camera not in reachable]
    if len(given) > MOST_CAMERAS:
        sentence = _("A wall holds 64 cameras at most.")
        raise Refusal("too_many_cameras", sentence, fields={"cameras": sentence})
    wall.places.all().delete()
    Place.objects.bulk_create(
        Place(organisation_id=wall.organisation_id, wall=wall, camera_id=camera, position=position)
        for position, camera in enumerate(given)
    )
    return given


def _kept(wall: Wall) -> list[UUID]:
    return list(wall.places.values_list("camera_id", flat=True))


def _facts(wall: Wall, kept: Sequence[UUID]) -> dict[str, Json]:
    return {
        "name": wall.name,
        "layout": str(wall.layout),
        "shared": wall.shared,
        "cameras": [str(camera) for camera in kept],
    }


def _record(actor: Member, wall: Wall, action: Action, details: dict[str, Json]) -> None:
    journal.record(wall.organisation_id, action, actor=actor, subject=wall, details=details)


def _tell(wall: Wall, *, removed: bool = False) -> None:
    payload = WallChangedPayload(wall=wall.pk, version=wall.version, removed=removed)
    broadcast.publish(Event(organisation_id=wall.organisation_id, right=Right.SEE_LIVE, payload=payload))
