"""The API's door to where alerts stand now."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.places import places
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right


class AlertPlaceSerializer(serializers.Serializer[Any]):
    """A zone of a camera, or all of its picture (`zone` null), in which alerts are not closed."""

    site = serializers.UUIDField()
    camera = serializers.UUIDField()
    zone = serializers.UUIDField(allow_null=True)
    waiting = serializers.IntegerField(help_text="How many nobody has taken.")
    taken = serializers.IntegerField(help_text="How many somebody has in hand.")
    alert = serializers.UUIDField(help_text="The one that comes first: not taken, most severe, newest.")
    severity = serializers.IntegerField(help_text="Its severity.")


class AlertPlaces(APIView):
    """Where alerts stand now."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_ALERTS}

    @extend_schema(responses=AlertPlaceSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The places of alerts that are not closed; a list without pages."""
        return Response(AlertPlaceSerializer(places(member_of(request)), many=True).data)
