"""The API's doors to duty."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.logbook import duty, selectors
from alerts.logbook.serializers import DutyInput, DutySerializer
from soc.api import checked
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right


class DutyDoor(APIView):
    """Who is on duty; take up duty; end it."""

    rights: ClassVar[Rights] = {
        "GET": Right.SEE_PEOPLE,
        "POST": Right.HANDLE_ALERTS,
        "DELETE": Right.HANDLE_ALERTS,
    }

    @extend_schema(responses=DutySerializer(many=True), operation_id="duty_list")
    def get(self, request: Request) -> Response:
        """Who is on duty, the longest first."""
        return Response(DutySerializer(selectors.on_duty(member_of(request)), many=True).data)

    @extend_schema(request=DutyInput, responses={201: DutySerializer}, operation_id="duty_take_up")
    def post(self, request: Request) -> Response:
        """Take up duty, at a site or at all."""
        shift = duty.take_up(member_of(request), checked(DutyInput(data=request.data))["site"])
        return Response(DutySerializer(shift).data, status=201)

    @extend_schema(request=None, responses={204: None}, operation_id="duty_end")
    def delete(self, request: Request) -> Response:
        """End one's own duty without a handover."""
        duty.end(member_of(request))
        return Response(status=204)
