"""The door to how the ways to reach people stand."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.deliveries import channel_states
from alerts.serializers import ViewSerializer
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right


class ChannelStateSerializer(ViewSerializer):
    """How a way stands."""

    view = channel_states.ChannelStateView


class ChannelStateList(APIView):
    """How the ways to reach people stand."""

    rights: ClassVar[Rights] = {"GET": Right.MANAGE_CHANNELS}

    @extend_schema(responses=ChannelStateSerializer(many=True), operation_id="message_channels")
    def get(self, request: Request) -> Response:
        """Each way: who carries it now, whether that is a simulation, what waits; a list without pages."""
        return Response(ChannelStateSerializer(channel_states.states(member_of(request)), many=True).data)
