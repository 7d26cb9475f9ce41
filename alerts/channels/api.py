"""The API's doors to the ways out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from alerts.channels import forms, registry, selectors, services
from alerts.channels.base import Channel
from alerts.channels.serializers import (
    ProviderChange,
    ProviderInput,
    ProviderKindSerializer,
    ProviderSerializer,
    ProviderTrial,
    ProviderTried,
    SegmentsInput,
    SegmentsView,
    entry_of,
)
from alerts.channels.sms.segments import segmented
from soc.api import checked
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right


class ProviderKindList(APIView):
    """The kinds of providers there are."""

    rights: ClassVar[Rights] = {"GET": Right.MANAGE_CHANNELS}

    @extend_schema(responses=ProviderKindSerializer(many=True), operation_id="provider_kinds_list")
    def get(self, _request: Request) -> Response:
        """Every kind, with the JSON schema of its settings in the reader's language."""
        kinds = [
            {
                "channel": kind.channel,
                "kind": kind.key,
                "label": kind.label,
                "help": kind.help,
                "settings": forms.schema(kind),
                "capabilities": kind.capabilities,
            }
            for kind in registry.KINDS.values()
        ]
        return Response(ProviderKindSerializer(kinds, many=True).data)


class ProviderList(APIView):
    """The organisation's accounts with providers."""

    rights: ClassVar[Rights] = {"GET": Right.MANAGE_CHANNELS, "POST": Right.MANAGE_CHANNELS}

    @extend_schema(responses=ProviderSerializer(many=True), operation_id="providers_list")
    def get(self, request: Request) -> Response:
        """All of them, by channel, in the order in which they are tried."""
        member = member_of(request)
        for channel in Channel:
            selectors.accounts(member.organisation_id, channel)  # writes down what is there from the start
        return Response(ProviderSerializer(selectors.providers(member), many=True).data)

    @extend_schema(request=ProviderInput, responses={201: ProviderSerializer})
    def post(self, request: Request) -> Response:
        """Add an account; it is tried last."""
        entered = checked(ProviderInput(data=request.data))
        channel, kind = Channel(entered["channel"]), entered["kind"]
        account = services.add(member_of(request), channel, kind, entry_of(entered))
        return Response(ProviderSerializer(account).data, status=201)


class ProviderDoor(APIView):
    """One account."""

    rights: ClassVar[Rights] = {
        "GET": Right.MANAGE_CHANNELS,
        "PATCH": Right.MANAGE_CHANNELS,
        "DELETE": Right.MANAGE_CHANNELS,
    }

    @extend_schema(responses=ProviderSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """The account, without its secrets."""
        return Response(ProviderSerializer(get_object_or_404(selectors.providers(member_of(request)), pk=pk)).data)

    @extend_schema(request=ProviderChange, responses=ProviderSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change it, move it; 409 when a colleague was first."""
        entered = checked(ProviderChange(data=request.data))
        account = services.change(member_of(request), pk, entry_of(entered), version=entered["version"])
        return Response(ProviderSerializer(account).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Remove it and its secrets."""
        services.remove(member_of(request), pk)
        return Response(status=204)


class ProviderTestDoor(APIView):
    """A test message."""

    rights: ClassVar[Rights] = {"POST": Right.MANAGE_CHANNELS}
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "probe"

    @extend_schema(request=ProviderTrial, responses=ProviderTried)
    def post(self, request: Request) -> Response:
        """Send a test message with these settings, saved or not; what the provider said comes back."""
        entered = checked(ProviderTrial(data=request.data))
        trial = services.Trial(
            channel=Channel(entered["channel"]),
            kind=entered["kind"],
            to=entered["to"],
            settings=entered.get("settings", {}),
            account=entered.get("account"),
        )
        tried = services.try_out(member_of(request), trial)
        view: dict[str, Any] = {**asdict(tried), "message": tried.failure.label if tried.failure else ""}
        return Response(ProviderTried(view).data)


class SegmentsDoor(APIView):
    """How long an SMS is."""

    rights: ClassVar[Rights] = {"POST": Right.SEE_CRISIS}

    @extend_schema(request=SegmentsInput, responses=SegmentsView)
    def post(self, request: Request) -> Response:
        """Count a text as the network does; nothing is kept."""
        counted = segmented(checked(SegmentsInput(data=request.data))["text"])
        return Response(SegmentsView({**asdict(counted), "encoding": counted.encoding.value}).data)
