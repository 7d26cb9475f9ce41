"""The door to how long messages and plans that are over are kept with names, numbers and words."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.deliveries import erasing
from alerts.deliveries.serializers import KeepingInput, KeepingSerializer
from soc.api import checked
from soc.people.permissions import Rights
from soc.people.requests import member_of
from soc.people.rights import Right


class KeepingDoor(APIView):
    """For how long."""

    rights: ClassVar[Rights] = {"GET": Right.MANAGE_CHANNELS, "PATCH": Right.MANAGE_CHANNELS}

    @extend_schema(responses=KeepingSerializer, operation_id="message_retention")
    def get(self, request: Request) -> Response:
        """The days after which they are erased; what became of each message stays."""
        return Response(KeepingSerializer(erasing.of(member_of(request).organisation_id)).data)

    @extend_schema(request=KeepingInput, responses=KeepingSerializer, operation_id="message_retention_change")
    def patch(self, request: Request) -> Response:
        """Change it, for what there is too; 409 when a colleague was first."""
        entered = checked(KeepingInput(data=request.data))
        kept = erasing.keep_for(entered["days"], version=entered["version"], actor=member_of(request))
        return Response(KeepingSerializer(kept).data)
