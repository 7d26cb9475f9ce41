"""What can be asked of walls: one's own and those that are shared, each with the cameras that one may watch."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from detection.walls.models import Place, Wall
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped


def walls(member: Member) -> QuerySet[Wall]:
    """The member's own walls, and the shared ones on which there is a camera that the member may watch."""
    there = places(member).filter(wall=OuterRef("pk"))
    rows = scoped(Wall.objects.select_related("owner"), member, Right.SEE_LIVE)
    return rows.filter(Q(owner=member) | Q(shared=True) & Exists(there))


def places(member: Member) -> QuerySet[Place]:
    """The places of cameras that the member may watch."""
    return scoped(Place.objects.filter(camera__removed_at=None), member, Right.SEE_LIVE)


def cameras_of(member: Member, asked: Iterable[Wall]) -> dict[UUID, list[UUID]]:
    """Each wall's cameras in their order, without those that the member may not watch; one query, however many walls."""
    found: dict[UUID, list[UUID]] = {wall.pk: [] for wall in asked}
    for wall, camera in places(member).filter(wall__in=found).order_by("position").values_list("wall_id", "camera_id"):
        found[wall].append(camera)
    return found
