"""The timeline's door."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.serializers import ViewSerializer
from alerts.timeline.asked import TimelineQuery, asked_of
from alerts.timeline.selectors import timeline
from alerts.timeline.wire import Timeline
from soc.api import checked
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right


class TimelineSerializer(ViewSerializer):
    """A stretch of time."""

    view = Timeline


class TimelineDoor(APIView):
    """A day, or any stretch up to eight days, of the cameras the member sees."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_ALERTS}

    @extend_schema(parameters=[TimelineQuery], responses=TimelineSerializer, operation_id="timeline_retrieve")
    def get(self, request: Request) -> Response:
        """Alerts, situations, down times, what was done and what was kept, by camera."""
        member = member_of(request)
        entered = checked(TimelineQuery(data=request.query_params))
        return Response(TimelineSerializer(timeline(member, asked_of(entered, member.organisation.timezone))).data)
