"""The doors to who is told of alerts without a plan, and to how much of that may leave in a minute."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from alerts import selectors as alert_selectors
from alerts.deliveries import limits, notice_services, selectors
from alerts.deliveries.models import AlertNotice
from alerts.deliveries.notice_services import Draft, draft_of
from alerts.deliveries.notice_wire import run_view
from alerts.deliveries.serializers import (
    LimitsInput,
    LimitsSerializer,
    NoticeChange,
    NoticeInput,
    NoticeRunSerializer,
    NoticeSerializer,
)
from soc.api import checked
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right


class NoticeFilter(django_filters.FilterSet):
    """`?rule=…`."""

    rule = django_filters.UUIDFilter(field_name="rule_id")

    class Meta:
        model = AlertNotice
        fields: tuple[str, ...] = ()


class NoticeList(generics.ListAPIView[AlertNotice]):
    """Who is told of alerts without a plan; add to it."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_RULES, "POST": Right.MANAGE_RULES}
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter
    queryset = AlertNotice.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.notices(member_of(self.request))

    @extend_schema(request=NoticeInput, responses={201: NoticeSerializer})
    def post(self, request: Request) -> Response:
        """Have people told of a rule's alerts."""
        entered = checked(NoticeInput(data=request.data))
        notice = notice_services.add(member_of(request), entered.pop("rule"), Draft(**entered))
        return Response(NoticeSerializer(notice).data, status=201)


class NoticeDoor(generics.RetrieveAPIView[AlertNotice]):
    """One of them."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_RULES, "PATCH": Right.MANAGE_RULES, "DELETE": Right.MANAGE_RULES}
    serializer_class = NoticeSerializer
    queryset = AlertNotice.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.notices(member_of(self.request))

    @extend_schema(request=NoticeChange, responses=NoticeSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change it; 409 when a colleague was first."""
        member = member_of(request)
        notice = get_object_or_404(selectors.notices(member, Right.MANAGE_RULES), pk=pk)
        entered = checked(NoticeChange(data=request.data))
        version = entered.pop("version")
        changed = notice_services.change(member, pk, replace(draft_of(notice), **entered), version=version)
        return Response(NoticeSerializer(changed).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Tell nobody any more; what is under way goes on."""
        notice_services.remove(member_of(request), pk)
        return Response(status=204)


class AlertNotices(APIView):
    """Who was told of an alert."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_ALERTS}

    @extend_schema(responses=NoticeRunSerializer(many=True), operation_id="alert_notices_of_alert")
    def get(self, request: Request, pk: UUID) -> Response:
        """How the telling of this alert stands; a list without pages."""
        alert = get_object_or_404(alert_selectors.alerts(member_of(request)), pk=pk)
        return Response(NoticeRunSerializer([run_view(run) for run in selectors.runs(alert)], many=True).data)


class LimitsDoor(APIView):
    """How much of plain alerts may leave in a minute."""

    rights: ClassVar[Rights] = {"GET": Right.MANAGE_CHANNELS, "PATCH": Right.MANAGE_CHANNELS}

    @extend_schema(responses=LimitsSerializer, operation_id="message_limits")
    def get(self, request: Request) -> Response:
        """The organisation's limits. A plan's messages know none."""
        return Response(LimitsSerializer(limits.of(member_of(request).organisation_id)).data)

    @extend_schema(request=LimitsInput, responses=LimitsSerializer, operation_id="message_limits_change")
    def patch(self, request: Request) -> Response:
        """Change them; 409 when a colleague was first."""
        entered = checked(LimitsInput(data=request.data))
        version = entered.pop("version")
        return Response(LimitsSerializer(limits.change(entered, version=version, actor=member_of(request))).data)
