"""The API's doors to alerts: the feed and its counts, one alert and those like it, what was recorded, times to take."""

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

from alerts import selectors, take_times, viewing
from alerts.filters import AlertFilter
from alerts.models import Alert
from alerts.paging import AlertPages
from alerts.serializers import (
    AlertCounts,
    AlertDetailSerializer,
    AlertSerializer,
    SimilarSerializer,
    TakeTimesInput,
    TakeTimesSerializer,
)
from alerts.wire import SimilarBefore, alert_view
from soc.api import checked
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right


class AlertList(generics.ListAPIView[Alert]):
    """The alerts, newest first or by urgency."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_ALERTS}
    serializer_class = AlertSerializer
    pagination_class = AlertPages
    filterset_class = AlertFilter
    queryset = Alert.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.alerts(member_of(self.request))


class AlertCount(generics.GenericAPIView[Alert]):
    """How many alerts a filter finds."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_ALERTS}
    serializer_class = AlertCounts
    pagination_class = None
    filterset_class = AlertFilter
    queryset = Alert.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.alerts(member_of(self.request))

    def get(self, _request: Request) -> Response:
        """How many alerts there are, by state and severity; what there is none of is not named."""
        rows = selectors.counts(self.filter_queryset(self.get_queryset()))
        return Response({"total": sum(row["count"] for row in rows), "results": rows})


class AlertDoor(generics.RetrieveAPIView[Alert]):
    """One alert, with its log."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_ALERTS}
    serializer_class = AlertDetailSerializer
    queryset = Alert.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.alerts_with_log(member_of(self.request))


class Similar(APIView):
    """What like an alert came before it."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_ALERTS}

    @extend_schema(responses=SimilarSerializer, operation_id="alert_similar")
    def get(self, request: Request, pk: str) -> Response:
        """Alerts of the same rule, or of the same camera and kind, in the 30 days before: how many, how they ended."""
        member = member_of(request)
        alert = get_object_or_404(selectors.alerts(member), pk=pk)
        found = selectors.similar(alert, member)
        found["alerts"] = [alert_view(one) for one in found["alerts"]]
        return Response(SimilarBefore.model_validate(found).model_dump(mode="json"))


class TakeTimesDoor(APIView):
    """Within what time an alert must be taken before it goes to the supervisor."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_ALERTS, "PATCH": Right.MANAGE_RULES}

    @extend_schema(responses=TakeTimesSerializer, operation_id="take_times_retrieve")
    def get(self, request: Request) -> Response:
        """The organisation's times, in seconds by severity; null: it never goes to the supervisor."""
        return Response(TakeTimesSerializer(take_times.of(member_of(request).organisation_id)).data)

    @extend_schema(request=TakeTimesInput, responses=TakeTimesSerializer, operation_id="take_times_change")
    def patch(self, request: Request) -> Response:
        """Change some of them; they hold for alerts from now on."""
        entered = checked(TakeTimesInput(data=request.data))
        version = entered.pop("version")
        times = take_times.change(entered, version=version, actor=member_of(request))
        return Response(TakeTimesSerializer(times).data)


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
