"""The API's doors to schedules of who is on call, their rotations and overrides."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Final, cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from soc import clock
from soc.api import checked
from soc.people.on_call import overrides, rotations, selectors, services
from soc.people.on_call.models import Override, Schedule, Terms
from soc.people.on_call.serializers import (
    CalendarSerializer,
    OverrideChange,
    OverrideInput,
    OverrideSerializer,
    PeriodInput,
    RotationChange,
    RotationInput,
    RotationSerializer,
    ScheduleChange,
    ScheduleInput,
    ScheduleSerializer,
    StandingSerializer,
)
from soc.people.on_call.shared import on_the_clock
from soc.people.permissions import Rights
from soc.people.requests import member_of
from soc.people.rights import Right
from soc.refusals import Refusal

_SHOWN: Final = dt.timedelta(days=28)
_LONGEST: Final = dt.timedelta(days=400)


class ScheduleList(generics.ListAPIView[Schedule]):
    """The schedules of who is on call."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_ON_CALL, "POST": Right.MANAGE_ON_CALL}
    serializer_class = ScheduleSerializer
    queryset = Schedule.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.schedules(member_of(self.request))

    @override
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = cast("list[Schedule]", self.paginate_queryset(self.filter_queryset(self.get_queryset())))
        return self.get_paginated_response(_written(page))

    @extend_schema(request=ScheduleInput, responses={201: ScheduleSerializer})
    def post(self, request: Request) -> Response:
        """Add a schedule, on which nobody is yet."""
        schedule = services.add_schedule(member_of(request), **checked(ScheduleInput(data=request.data)))
        return Response(_written([schedule])[0], status=201)


class ScheduleDetail(generics.GenericAPIView[Schedule]):
    """One schedule."""

    rights: ClassVar[Rights] = {
        "GET": Right.SEE_ON_CALL,
        "PATCH": Right.MANAGE_ON_CALL,
        "DELETE": Right.MANAGE_ON_CALL,
    }
    serializer_class = ScheduleSerializer
    queryset = Schedule.objects.none()

    @extend_schema(responses=ScheduleSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """The schedule."""
        return Response(_written([_schedule(request, pk)])[0])

    @extend_schema(request=ScheduleChange, responses=ScheduleSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change it; 409 when a colleague was first. On another clock its rotations are read from now on."""
        entered = checked(ScheduleChange(data=request.data))
        version = entered.pop("version")
        change = cast("services.ScheduleEntry", entered)
        return Response(_written([services.change_schedule(member_of(request), pk, change, version=version)])[0])

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Remove it: nobody is on call by it from now on."""
        services.remove_schedule(member_of(request), pk)
        return Response(status=204)


class RotationList(generics.GenericAPIView[Terms]):
    """The rotations of a schedule."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_ON_CALL, "POST": Right.MANAGE_ON_CALL}
    serializer_class = RotationSerializer
    queryset = Terms.objects.none()
    pagination_class = None

    @extend_schema(responses=RotationSerializer(many=True), operation_id="schedules_rotations_list")
    def get(self, request: Request, schedule: UUID) -> Response:
        """What the rotations say now, by level."""
        rows = selectors.terms(member_of(request), _schedule(request, schedule).pk)
        return Response(RotationSerializer(rows, many=True).data)

    @extend_schema(request=RotationInput, responses={201: RotationSerializer})
    def post(self, request: Request, schedule: UUID) -> Response:
        """Add a rotation. It counts from its first handover on, or from now, when that has been."""
        draft = rotations.RotationDraft(**checked(RotationInput(data=request.data)))
        added = rotations.add_rotation(member_of(request), schedule, draft)
        return Response(RotationSerializer(added).data, status=201)


class RotationDetail(generics.GenericAPIView[Terms]):
    """One rotation."""

    rights: ClassVar[Rights] = {
        "GET": Right.SEE_ON_CALL,
        "PATCH": Right.MANAGE_ON_CALL,
        "DELETE": Right.MANAGE_ON_CALL,
    }
    serializer_class = RotationSerializer
    queryset = Terms.objects.none()

    @extend_schema(responses=RotationSerializer)
    def get(self, request: Request, schedule: UUID, pk: UUID) -> Response:
        """What it says now."""
        rows = selectors.terms(member_of(request), _schedule(request, schedule).pk)
        return Response(RotationSerializer(get_object_or_404(rows, rotation=pk)).data)

    @extend_schema(request=RotationChange, responses=RotationSerializer)
    def patch(self, request: Request, schedule: UUID, pk: UUID) -> Response:
        """Change it from now on; 409 when a colleague was first. Whose turn it is keeps it until the next handover."""
        entered = checked(RotationChange(data=request.data))
        version = entered.pop("version")
        change = cast("rotations.RotationEntry", entered)
        said = rotations.change_rotation(member_of(request), schedule, pk, change, version=version)
        return Response(RotationSerializer(said).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, schedule: UUID, pk: UUID) -> Response:
        """Remove it: nobody is on call by it from now on."""
        rotations.remove_rotation(member_of(request), schedule, pk)
        return Response(status=204)


class OverrideList(generics.ListAPIView[Override]):
    """The overrides of a schedule that are not over."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_ON_CALL, "POST": Right.MANAGE_ON_CALL}
    serializer_class = OverrideSerializer
    queryset = Override.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.overrides(member_of(self.request), _schedule(self.request, self.kwargs["schedule"]).pk)

    @extend_schema(request=OverrideInput, responses={201: OverrideSerializer})
    def post(self, request: Request, schedule: UUID) -> Response:
        """Put somebody on call for a period, in the place of a rotation or a person, or in addition."""
        draft = overrides.OverrideDraft(**checked(OverrideInput(data=request.data)))
        added = overrides.add_override(member_of(request), schedule, draft)
        return Response(OverrideSerializer(added).data, status=201)


class OverrideDetail(generics.GenericAPIView[Override]):
    """One override that is not over."""

    rights: ClassVar[Rights] = {
        "GET": Right.SEE_ON_CALL,
        "PATCH": Right.MANAGE_ON_CALL,
        "DELETE": Right.MANAGE_ON_CALL,
    }
    serializer_class = OverrideSerializer
    queryset = Override.objects.none()

    @extend_schema(responses=OverrideSerializer)
    def get(self, request: Request, schedule: UUID, pk: UUID) -> Response:
        """The override."""
        rows = selectors.overrides(member_of(request), _schedule(request, schedule).pk)
        return Response(OverrideSerializer(get_object_or_404(rows, pk=pk)).data)

    @extend_schema(request=OverrideChange, responses=OverrideSerializer)
    def patch(self, request: Request, schedule: UUID, pk: UUID) -> Response:
        """Change it from now on; 409 when a colleague was first, or when it is over."""
        entered = checked(OverrideChange(data=request.data))
        version = entered.pop("version")
        change = cast("overrides.OverrideEntry", entered)
        changed = overrides.change_override(member_of(request), schedule, pk, change, version=version)
        return Response(OverrideSerializer(changed).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, schedule: UUID, pk: UUID) -> Response:
        """Remove it, or end it now when it is under way."""
        overrides.remove_override(member_of(request), schedule, pk)
        return Response(status=204)


class ShiftsDoor(APIView):
    """A schedule as a calendar."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_ON_CALL}

    @extend_schema(
        parameters=[
            OpenApiParameter("since", dt.datetime, description="On the schedule's clock without an offset; now."),
            OpenApiParameter("until", dt.datetime, description="At most 400 days later; four weeks later."),
        ],
        responses=CalendarSerializer,
        operation_id="schedules_shifts",
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Who is on call between two times, and when nobody is."""
        schedule = _schedule(request, pk)
        since, until = _period(schedule, checked(PeriodInput(data=request.query_params.dict())))
        return Response(CalendarSerializer(selectors.calendar(schedule, since, until)).data)


class OnCallDoor(APIView):
    """Who is on call now."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_ON_CALL}

    @extend_schema(responses=StandingSerializer(many=True), operation_id="on_call_now")
    def get(self, request: Request) -> Response:
        """Who is on call by each schedule within reach."""
        found = selectors.standing(list(selectors.schedules(member_of(request))))
        return Response(StandingSerializer(found, many=True).data)


def _schedule(request: Request, pk: UUID) -> Schedule:
    return get_object_or_404(selectors.schedules(member_of(request)), pk=pk)


def _written(schedules: list[Schedule]) -> list[dict[str, Any]]:
    filled = {one.schedule.pk: one.filled_until for one in selectors.standing(schedules)}
    return [dict(one) for one in ScheduleSerializer(schedules, many=True, context={"filled_until": filled}).data]


def _period(schedule: Schedule, entered: dict[str, Any]) -> tuple[dt.datetime, dt.datetime]:
    since = on_the_clock(schedule, entered["since"], "since") if "since" in entered else clock.now()
    until = on_the_clock(schedule, entered["until"], "until") if "until" in entered else since + _SHOWN
    if not since < until <= since + _LONGEST:
        sentence = _("Look at 400 days at most, from the first to the last.")
        raise Refusal("bad_period", sentence, fields={"until": sentence})
    return since, until
