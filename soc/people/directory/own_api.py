"""The API's doors to how the member who is signed in is reached."""

from __future__ import annotations

from typing import Any, ClassVar, cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from soc.api import checked
from soc.people.directory import members, selectors, verification
from soc.people.directory.models import ContactWay, Person
from soc.people.directory.serializers import CodeEntry, OwnReach, OwnReachChange, WaySerializer, way_entries
from soc.people.permissions import Rights
from soc.people.requests import member_of, no_program
from soc.people.rights import Right


class OwnReachDoor(APIView):
    """How the member is reached."""

    rights: ClassVar[Rights] = {"GET": Right.SIGNED_IN, "PATCH": Right.SIGNED_IN}

    @extend_schema(responses=OwnReach)
    def get(self, request: Request) -> Response:
        """Language and ways, in the order in which they are tried."""
        return Response(_written(members.person_of(member_of(request))))

    @extend_schema(request=OwnReachChange, responses=OwnReach)
    def patch(self, request: Request) -> Response:
        """Change them; 409 when a colleague was first. Not with a token: who has one must not hear what is meant for another."""
        no_program(request)
        entered = checked(OwnReachChange(data=request.data))
        version = entered.pop("version")
        if "ways" in entered:
            entered["ways"] = way_entries(entered["ways"])
        return Response(
            _written(members.change_own(member_of(request), cast("members.OwnEntry", entered), version=version))
        )


class OwnCodeDoor(APIView):
    """A code for one of the own ways."""

    rights: ClassVar[Rights] = {"POST": Right.SIGNED_IN}

    @extend_schema(request=None, responses={204: None}, operation_id="me_ways_to_reach_code")
    def post(self, request: Request, pk: UUID) -> Response:
        """Send a code there."""
        verification.ask_verification(member_of(request), _own(request, pk))
        return Response(status=204)


class OwnConfirmationDoor(APIView):
    """The code that was sent to one of the own ways."""

    rights: ClassVar[Rights] = {"POST": Right.SIGNED_IN}

    @extend_schema(request=CodeEntry, responses=WaySerializer, operation_id="me_ways_to_reach_confirmation")
    def post(self, request: Request, pk: UUID) -> Response:
        """Verify the way."""
        way = _own(request, pk)
        code = checked(CodeEntry(data=request.data))["code"]
        return Response(WaySerializer(verification.confirm(member_of(request), way, code)).data)


def _own(request: Request, pk: UUID) -> ContactWay:
    return get_object_or_404(selectors.own_ways(member_of(request)), pk=pk)


def _written(person: Person) -> Any:
    own = {
        "language": person.language,
        "ways": person.ways.all(),
        "removed_at": person.removed_at,
        "version": person.version,
    }
    return OwnReach(own).data
