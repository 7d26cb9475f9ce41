"""The API's doors to walls."""

from __future__ import annotations

from typing import Any, ClassVar, cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from detection.walls import selectors, services
from detection.walls.models import Wall
from detection.walls.serializers import WallChange, WallInput, WallSerializer
from detection.walls.services import WallEntry
from soc.api import checked
from soc.people.api import member_of
from soc.people.models import Member
from soc.people.permissions import Rights
from soc.people.rights import Right


class WallList(APIView):
    """Walls that were kept."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_LIVE, "POST": Right.SEE_LIVE}

    @extend_schema(responses=WallSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The member's own walls and the shared ones, by name."""
        member = member_of(request)
        return Response(_written(member, list(selectors.walls(member))))

    @extend_schema(request=WallInput, responses={201: WallSerializer})
    def post(self, request: Request) -> Response:
        """Keep an arrangement under a name; shared only by who may share walls."""
        entered = checked(WallInput(data=request.data))
        member = member_of(request)
        wall = services.keep_wall(member, cast("WallEntry", entered))
        return Response(_written(member, [wall])[0], status=201)


class WallDetail(APIView):
    """One wall."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_LIVE, "PATCH": Right.SEE_LIVE, "DELETE": Right.SEE_LIVE}

    @extend_schema(responses=WallSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """A wall, with those of its cameras that the reader may watch."""
        member = member_of(request)
        return Response(_written(member, [get_object_or_404(selectors.walls(member), pk=pk)])[0])

    @extend_schema(request=WallChange, responses=WallSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change a wall; 409 when a colleague was first."""
        entered = checked(WallChange(data=request.data))
        version = entered.pop("version")
        member = member_of(request)
        wall = services.change_wall(member, pk, cast("WallEntry", entered), version=version)
        return Response(_written(member, [wall])[0])

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Delete a wall; its cameras are not touched."""
        services.delete_wall(member_of(request), pk)
        return Response(status=204)


def _written(member: Member, walls: list[Wall]) -> list[dict[str, Any]]:
    context = {"member": member, "cameras": selectors.cameras_of(member, walls)}
    return [dict(one) for one in WallSerializer(walls, many=True, context=context).data]
