"""The API's doors to alerts: the feed, answers, and what was recorded."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from alerts import selectors, services, viewing
from alerts.filters import AlertFilter
from alerts.models import Alert
from alerts.serializers import (
    AlertDetailSerializer,
    AlertSerializer,
    AnswerInput,
    AssignInput,
    CommentInput,
    FalseAlarmInput,
    ResolveInput,
)
from soc.api import Newest, checked
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right
from soc.people.serializers import Strict


class AlertList(generics.ListAPIView[Alert]):
    """The alerts, newest first."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_ALERTS}
    serializer_class = AlertSerializer
    pagination_class = Newest
    filterset_class = AlertFilter
    queryset = Alert.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.alerts(member_of(self.request))


class AlertDoor(generics.RetrieveAPIView[Alert]):
    """One alert, with its log."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_ALERTS}
    serializer_class = AlertDetailSerializer
    queryset = Alert.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.alerts_with_log(member_of(self.request))


class _AnswerDoor(APIView):
    """An answer to an alert: 409 with a sentence when a colleague was first."""

    rights: ClassVar[Rights] = {"POST": Right.HANDLE_ALERTS}
    entered_by: ClassVar[type[Strict]] = AnswerInput

    def answer(self, request: Request, alert_id: str) -> Response:
        """Check what was entered, act, and show the alert as it is now."""
        member = member_of(request)
        alert = get_object_or_404(selectors.alerts(member, Right.HANDLE_ALERTS), pk=alert_id)
        self.act(alert, checked(self.entered_by(data=request.data)), request)
        return Response(AlertDetailSerializer(selectors.alerts_with_log(member).get(pk=alert.pk)).data)

    def act(self, alert: Alert, entered: dict[str, Any], request: Request) -> None:
        """What the answer does."""
        raise NotImplementedError


class Acknowledge(_AnswerDoor):
    """Take an alert on."""

    @extend_schema(request=AnswerInput, responses=AlertDetailSerializer, operation_id="alert_acknowledge")
    def post(self, request: Request, pk: str) -> Response:
        """Acknowledge the alert: it is the member's from now on."""
        return self.answer(request, pk)

    @override
    def act(self, alert: Alert, entered: dict[str, Any], request: Request) -> None:
        services.acknowledge(alert, **entered, actor=member_of(request))


class Assign(_AnswerDoor):
    """Give an alert to a colleague."""

    entered_by = AssignInput

    @extend_schema(request=AssignInput, responses=AlertDetailSerializer, operation_id="alert_assign")
    def post(self, request: Request, pk: str) -> Response:
        """Assign the alert to a member who handles alerts at its site."""
        return self.answer(request, pk)

    @override
    def act(self, alert: Alert, entered: dict[str, Any], request: Request) -> None:
        services.assign(alert, to=entered["member"], version=entered["version"], actor=member_of(request))


class Comment(_AnswerDoor):
    """Remark on an alert."""

    entered_by = CommentInput

    @extend_schema(request=CommentInput, responses=AlertDetailSerializer, operation_id="alert_comment")
    def post(self, request: Request, pk: str) -> Response:
        """Comment on the alert, whatever its state."""
        return self.answer(request, pk)

    @override
    def act(self, alert: Alert, entered: dict[str, Any], request: Request) -> None:
        services.comment(alert, text=entered["text"], actor=member_of(request))


class Resolve(_AnswerDoor):
    """Close an alert that was dealt with."""

    entered_by = ResolveInput

    @extend_schema(request=ResolveInput, responses=AlertDetailSerializer, operation_id="alert_resolve")
    def post(self, request: Request, pk: str) -> Response:
        """Resolve the alert."""
        return self.answer(request, pk)

    @override
    def act(self, alert: Alert, entered: dict[str, Any], request: Request) -> None:
        services.resolve(alert, **entered, actor=member_of(request))


class FalseAlarm(_AnswerDoor):
    """Close an alert that was none."""

    entered_by = FalseAlarmInput

    @extend_schema(request=FalseAlarmInput, responses=AlertDetailSerializer, operation_id="alert_false_alarm")
    def post(self, request: Request, pk: str) -> Response:
        """Mark the alert as a false alarm, and say why."""
        return self.answer(request, pk)

    @override
    def act(self, alert: Alert, entered: dict[str, Any], request: Request) -> None:
        services.false_alarm(alert, **entered, actor=member_of(request))


class RecordingDoor(APIView):
    """A snapshot (JPEG) or clip (MP4, in byte ranges). Every view is journalled."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_ALERTS}

    @extend_schema(
        responses={
            (200, "image/jpeg"): OpenApiTypes.BINARY,
            (200, "video/mp4"): OpenApiTypes.BINARY,
            (206, "video/mp4"): OpenApiTypes.BINARY,
        },
        parameters=[OpenApiParameter("Range", str, OpenApiParameter.HEADER)],
        operation_id="recording_retrieve",
    )
    def get(self, request: Request, pk: str) -> HttpResponse:
        """The recording's bytes."""
        member = member_of(request)
        recording = get_object_or_404(selectors.recordings(member), pk=pk)
        viewing.journal_view(recording, member)
        headers = request.headers
        return viewing.response(recording, headers.get("Range", ""), headers.get("If-Range", ""))
