"""The API's doors to answers: to one alert, and to many at once."""

from __future__ import annotations

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from alerts import bulk, selectors, services, sightings
from alerts.models import Alert, FalseAlarmReason
from alerts.serializers import (
    AlertDetailSerializer,
    AnswerInput,
    AssignInput,
    BulkInput,
    BulkOutcomes,
    CommentInput,
    FalseAlarmInput,
    ResolveInput,
)
from alerts.states import Answer
from alerts.wire import alert_view
from soc.api import checked
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right
from soc.people.serializers import Strict


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
        reason = FalseAlarmReason(entered.pop("reason"))
        services.false_alarm(alert, **entered, reason=reason, actor=member_of(request))


class Bulk(APIView):
    """One answer to many alerts."""

    rights: ClassVar[Rights] = {"POST": Right.HANDLE_ALERTS}

    @extend_schema(request=BulkInput, responses=BulkOutcomes, operation_id="alert_bulk")
    def post(self, request: Request) -> Response:
        """Answer many alerts, each by itself: what was done to some stays done when others are refused."""
        member = member_of(request)
        entered = checked(BulkInput(data=request.data))
        wanted = [(one["id"], one["version"]) for one in entered["alerts"]]
        reason = FalseAlarmReason(entered["reason"]) if entered.get("reason") else None
        words = bulk.Words(entered.get("member"), reason, entered["text"])
        outcomes = bulk.answer_all(wanted, Answer(entered["answer"]), words, actor=member)
        now = {alert.pk: alert for alert in selectors.alerts(member).filter(pk__in=[one.alert for one in outcomes])}
        results = [
            {
                "id": str(one.alert),
                "done": one.refusal is None,
                "code": one.refusal.code if one.refusal else "",
                "message": one.refusal.sentence() if one.refusal else "",
                "alert": alert_view(now[one.alert]).model_dump(mode="json") if one.alert in now else None,
            }
            for one in outcomes
        ]
        return Response({"results": results})


class Seen(APIView):
    """Say that one looks at an alert."""

    rights: ClassVar[Rights] = {"POST": Right.SEE_ALERTS}

    @extend_schema(request=None, responses={204: None}, operation_id="alert_seen")
    def post(self, request: Request, pk: str) -> Response:
        """The member opened the alert's page: colleagues see it, the journal keeps it, once."""
        member = member_of(request)
        sightings.see(get_object_or_404(selectors.alerts(member), pk=pk), actor=member)
        return Response(status=204)
