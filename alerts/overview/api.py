"""The overview's door."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.overview.selectors import overview
from alerts.overview.wire import Overview
from alerts.serializers import ViewSerializer
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right


class OverviewSerializer(ViewSerializer):
    """Everything at a glance."""

    view = Overview


class OverviewDoor(APIView):
    """What is open, who is on duty, what does not work and what needs attention, at the member's sites."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_OVERVIEW}

    @extend_schema(responses=OverviewSerializer, operation_id="overview_retrieve")
    def get(self, request: Request) -> Response:
        """Everything at a glance, now."""
        return Response(OverviewSerializer(overview(member_of(request))).data)
