"""The API's doors to the ways in: for who sets them up, for who presses a button, and for systems that call."""

from __future__ import annotations

from typing import Any, ClassVar, cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from crisis.activations.models import Activation
from crisis.entrances import buttons, selectors, services, webhook, wire
from crisis.entrances.models import EntranceCall, EntranceHow, EntranceKind, EntranceOutcome
from crisis.entrances.serializers import (
    EntranceCallSerializer,
    EntranceChange,
    EntranceInput,
    EntranceListSerializer,
    EntranceSerializer,
    NewEntranceSerializer,
    OwnButtonsSerializer,
    OwnCallSerializer,
    PressedSerializer,
    PressInput,
    SeenEntrance,
    WebhookAnswerSerializer,
)
from crisis.entrances.services import EntranceEntry
from crisis.entrances.webhook import Signed
from soc.api import Newest, checked
from soc.config import config
from soc.people import proof
from soc.people.models import Member
from soc.people.permissions import Open, Rights
from soc.people.requests import address_of, by_own_hand, member_of
from soc.people.rights import Right


class EntranceList(APIView):
    """The ways in; make one."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS, "POST": Right.PREPARE}

    @extend_schema(
        parameters=[OpenApiParameter("site", OpenApiTypes.UUID), OpenApiParameter("plan", OpenApiTypes.UUID)],
        responses=EntranceListSerializer,
        operation_id="entrances",
    )
    def get(self, request: Request) -> Response:
        """All of them in reach, with the numbers and the address that others call."""
        member = member_of(request)
        rows = selectors.entrances(member)
        for name in ("site", "plan"):
            if wanted := request.query_params.get(name):
                rows = rows.filter(**{name: wanted}) if _is_id(wanted) else rows.none()
        numbers = selectors.numbers(member)
        view = wire.EntranceList(
            results=[wire.entrance_view(one, member) for one in rows],
            numbers=[
                wire.OwnNumberView(channel=channel, number=number)
                for channel, found in numbers.items()
                for number in found
            ],
            webhook=_webhook_address(request),
        )
        return Response(EntranceListSerializer(view).data)

    @extend_schema(request=EntranceInput, responses={201: NewEntranceSerializer}, operation_id="entrance_add")
    def post(self, request: Request) -> Response:
        """Make one. Its secret or code is in this answer and in no other."""
        entered = checked(EntranceInput(data=request.data))
        made = services.add(member_of(request), EntranceKind(entered.pop("kind")), _entry(entered))
        return _with_secret(member_of(request), made, 201)


class EntranceDoor(APIView):
    """One way in."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS, "PATCH": Right.PREPARE, "DELETE": Right.PREPARE}

    @extend_schema(responses=EntranceSerializer, operation_id="entrance")
    def get(self, request: Request, pk: UUID) -> Response:
        """As it is set up."""
        return _written(member_of(request), pk)

    @extend_schema(request=EntranceChange, responses=EntranceSerializer, operation_id="entrance_change")
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change it, switch it on or off; 409 when a colleague was first or it cannot be switched on."""
        entered = checked(EntranceChange(data=request.data))
        version = entered.pop("version")
        services.change(member_of(request), pk, _entry(entered), version=version)
        return _written(member_of(request), pk)

    @extend_schema(request=None, responses={204: None}, operation_id="entrance_remove")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Nothing comes in by it any more."""
        services.remove(member_of(request), pk)
        return Response(status=204)


class ApproveDoor(APIView):
    """One that starts its plan at once is approved by somebody who did not write in it."""

    rights: ClassVar[Rights] = {"POST": Right.APPROVE}

    @extend_schema(request=SeenEntrance, responses=EntranceSerializer, operation_id="entrance_approve")
    def post(self, request: Request, pk: UUID) -> Response:
        """Approve it as it was seen, with a recent proof, and switch it on; `own_work` for who wrote in it."""
        get_object_or_404(selectors.entrances(member_of(request), Right.APPROVE), pk=pk)
        by_own_hand(request, proof.FOR_A_SIGNATURE)
        services.approve(member_of(request), pk, version=checked(SeenEntrance(data=request.data))["version"])
        return _written(member_of(request), pk)


class SecretDoor(APIView):
    """Another secret or code."""

    rights: ClassVar[Rights] = {"POST": Right.PREPARE}

    @extend_schema(request=SeenEntrance, responses=NewEntranceSerializer, operation_id="entrance_secret")
    def post(self, request: Request, pk: UUID) -> Response:
        """The one before opens nothing from now on; the new one is in this answer and in no other."""
        version = checked(SeenEntrance(data=request.data))["version"]
        made = services.renew_secret(member_of(request), pk, version=version)
        return _with_secret(member_of(request), made, 200)


class LatestCalls(Newest):
    """Pages of what came in, the latest first."""

    ordering = "-id"


class CallList(generics.ListAPIView[EntranceCall]):
    """What came in by one lately."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}
    serializer_class = EntranceCallSerializer
    pagination_class = LatestCalls
    queryset = EntranceCall.objects.none()

    @override
    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        member, entrance = member_of(self.request), self.kwargs["pk"]
        get_object_or_404(selectors.entrances(member), pk=entrance)
        return selectors.calls(member, entrance)

    @override
    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        return EntranceCallSerializer([wire.call_view(row) for row in args[0]] if args else [], many=True)


class WebhookDoor(APIView):
    """Another system calls."""

    rights: ClassVar[Rights] = {"POST": Open.TO_ALL}
    authentication_classes = ()  # who calls is known by the signature alone

    @extend_schema(
        request={"application/json": OpenApiTypes.OBJECT},
        parameters=[
            OpenApiParameter(name, str, OpenApiParameter.HEADER, required=True)
            for name in (
                webhook.ENTRANCE_HEADER,
                webhook.TIMESTAMP_HEADER,
                webhook.NONCE_HEADER,
                webhook.SIGNATURE_HEADER,
            )
        ],
        responses={200: WebhookAnswerSerializer, 201: WebhookAnswerSerializer},
        operation_id="webhook",
    )
    def post(self, request: Request) -> Response:
        """Signed a moment ago: see `crisis.entrances.webhook`. 200 for a call that was taken before."""
        signed = Signed(
            entrance=request.headers.get(webhook.ENTRANCE_HEADER, ""),
            timestamp=request.headers.get(webhook.TIMESTAMP_HEADER, ""),
            nonce=request.headers.get(webhook.NONCE_HEADER, ""),
            signature=request.headers.get(webhook.SIGNATURE_HEADER, ""),
            body=request._request.body,
            address=address_of(request),
        )
        entered = webhook.receive(signed)
        activation = entered.call.activation
        view = wire.WebhookAnswer(
            outcome=EntranceOutcome(entered.call.outcome),
            known=entered.known,
            reference=activation.reference if activation else "",
        )
        return Response(WebhookAnswerSerializer(view).data, status=200 if entered.known else 201)


class OwnButtonsDoor(APIView):
    """The member's alert buttons."""

    rights: ClassVar[Rights] = {"GET": Right.RESPOND}

    @extend_schema(responses=OwnButtonsSerializer, operation_id="me_alert_buttons")
    def get(self, request: Request) -> Response:
        """Those on the member's page, and what came of those that they pressed lately."""
        member = member_of(request)
        view = wire.OwnButtons(
            buttons=[wire.button_view(one) for one in selectors.buttons_of(member)], calls=_own_calls(member)
        )
        return Response(OwnButtonsSerializer(view).data)


class PressDoor(APIView):
    """The first of two gestures."""

    rights: ClassVar[Rights] = {"POST": Right.RESPOND}

    @extend_schema(request=None, responses={201: PressedSerializer}, operation_id="me_alert_button_press")
    def post(self, request: Request, pk: UUID) -> Response:
        """Press it: nobody is told yet; the answer says what is about to happen."""
        return Response(PressedSerializer(wire.pressed_view(buttons.press(member_of(request), pk))).data, status=201)


class ConfirmDoor(APIView):
    """The second gesture."""

    rights: ClassVar[Rights] = {"POST": Right.RESPOND}

    @extend_schema(request=PressInput, responses={201: OwnCallSerializer}, operation_id="me_alert_button_confirm")
    def post(self, request: Request) -> Response:
        """Alert: what was shown happens. Sent again, it changes nothing."""
        entered = checked(PressInput(data=request.data))
        member = member_of(request)
        made = buttons.confirm(member, entered["press"], read=entered["digest"], place=entered["place"])
        activation = get_object_or_404(Activation.objects.select_related("director"), pk=made.call.activation_id)
        calls = EntranceCall.objects.filter(member=member, activation=activation).count()
        call = EntranceCall.objects.select_related("entrance__site").get(pk=made.call.pk)
        return Response(OwnCallSerializer(wire.own_call_view(call, activation, calls=calls)).data, status=201)


def _own_calls(member: Member) -> list[wire.OwnCallView]:
    """One for each activation, with the latest press."""
    found: dict[UUID, list[EntranceCall]] = {}
    for one in selectors.own_calls(member)[:50]:
        if one.activation_id is not None:
            found.setdefault(one.activation_id, []).append(one)
    return [
        wire.own_call_view(rows[0], rows[0].activation, calls=len(rows))
        for rows in list(found.values())[:5]
        if rows[0].activation is not None
    ]


def _entry(entered: dict[str, Any]) -> EntranceEntry:
    if "how" in entered:
        entered["how"] = EntranceHow(entered["how"])
    return cast("EntranceEntry", entered)


def _written(member: Member, pk: UUID) -> Response:
    found = get_object_or_404(selectors.entrances(member), pk=pk)
    return Response(EntranceSerializer(wire.entrance_view(found, member)).data)


def _with_secret(member: Member, made: services.Made, status: int) -> Response:
    found = selectors.entrances(member).get(pk=made.entrance.pk)
    view = wire.NewEntrance(entrance=wire.entrance_view(found, member), secret=made.secret)
    answer = Response(NewEntranceSerializer(view).data, status=status)
    answer["Cache-Control"] = "no-store"  # kept by no proxy and no browser on its way
    return answer


def _webhook_address(request: Request) -> str:
    base = config().public_url.rstrip("/")
    return f"{base}{reverse('webhook')}" if base else request.build_absolute_uri(reverse("webhook"))


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
