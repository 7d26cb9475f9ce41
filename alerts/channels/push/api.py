"""The API's doors to one's own browsers with push."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.channels.models import PushSubscription
from alerts.channels.push import subscriptions, vapid
from soc.api import checked
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right
from soc.people.serializers import Strict


class PushDeviceSerializer(serializers.ModelSerializer[PushSubscription]):
    """A browser with push, without what would let somebody write to it."""

    class Meta:
        model = PushSubscription
        fields = ("id", "user_agent", "created_at", "last_worked_at", "last_failed_at")


class PushView(serializers.Serializer[Any]):
    """What a browser subscribes with, and the member's browsers."""

    public_key = serializers.CharField(help_text="`applicationServerKey`, base64url.")
    devices = PushDeviceSerializer(many=True)


class PushKeysInput(Strict):
    """A browser's keys."""

    p256dh = serializers.CharField(max_length=120)
    auth = serializers.CharField(max_length=40)


class PushInput(Strict):
    """A `PushSubscription` as the browser writes it."""

    endpoint = serializers.CharField(max_length=1500)
    keys = PushKeysInput()
    expirationTime = serializers.FloatField(required=False, allow_null=True)  # noqa: N815  (the browser's name)


class PushDoor(APIView):
    """One's own browsers with push."""

    rights: ClassVar[Rights] = {"GET": Right.SIGNED_IN, "POST": Right.SIGNED_IN}

    @extend_schema(responses=PushView, operation_id="me_push")
    def get(self, request: Request) -> Response:
        """The installation's public key, and on which browsers one turned push on."""
        member = member_of(request)
        return Response(PushView({"public_key": vapid.public_key(), "devices": subscriptions.own(member)}).data)

    @extend_schema(request=PushInput, responses={201: PushDeviceSerializer}, operation_id="me_push_subscribe")
    def post(self, request: Request) -> Response:
        """Turn push on in this browser; again: its keys are renewed."""
        entered = checked(PushInput(data=request.data))
        keys = entered["keys"]
        made = subscriptions.subscribe(
            member_of(request),
            subscriptions.Subscription(entered["endpoint"], keys["p256dh"], keys["auth"]),
            request.headers.get("User-Agent", ""),
        )
        return Response(PushDeviceSerializer(made).data, status=201)


class PushDeviceDoor(APIView):
    """One of one's own browsers."""

    rights: ClassVar[Rights] = {"DELETE": Right.SIGNED_IN}

    @extend_schema(request=None, responses={204: None}, operation_id="me_push_unsubscribe")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Turn push off there."""
        subscriptions.unsubscribe(member_of(request), pk)
        return Response(status=204)
