"""The API's doors to activations: what is under way, how it starts, who is in it, what happened."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from alerts import selectors as alert_selectors
from alerts.channels.base import AnswerKind
from crisis.activations import gestures, selectors, services, starting, steps
from crisis.activations.filters import ActivationFilter
from crisis.activations.models import Activation, ActivationEvent, Participant, StepRun
from crisis.activations.serializers import (
    ActivationBriefSerializer,
    ActivationLineSerializer,
    ActivationSerializer,
    ConfirmInput,
    OwnInstructionSerializer,
    ParticipantSerializer,
    PreparedSerializer,
    PrepareInput,
    TalkSerializer,
)
from crisis.activations.wire import ActivationBrief, brief, line_view, own_instruction_view, talk_view
from crisis.emergency.serializers import FilledSheetSerializer
from crisis.emergency.wire import filled_view
from crisis.plans.content import EmergencyStep
from crisis.plans.models import Plan
from soc.api import Newest, Pages, checked
from soc.people.models import Member
from soc.people.permissions import Rights
from soc.people.requests import member_of
from soc.people.rights import Right


class ByNumber(Newest):
    """Pages of activations, the newest first."""

    ordering = "-number"


class LatestLines(Newest):
    """Pages of what happened, the latest first."""

    ordering = "-id"


class ActivationList(generics.ListAPIView[Activation]):
    """The activations."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}
    serializer_class = ActivationBriefSerializer
    pagination_class = ByNumber
    filterset_class = ActivationFilter
    queryset = Activation.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.activations(member_of(self.request))

    @override
    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        rows: list[ActivationBrief] = [brief(row) for row in args[0]] if args else []
        return ActivationBriefSerializer(rows, many=True)


class ActivationDoor(APIView):
    """One activation."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses=ActivationSerializer, operation_id="activation_retrieve")
    def get(self, request: Request, pk: UUID) -> Response:
        """With its steps, counts, calls for help and the instruction of the moment."""
        return answer(member_of(request), pk)


class PrepareDoor(APIView):
    """The first of two gestures."""

    # Whoever tries without the right is refused in words, and it is journalled.
    rights: ClassVar[Rights] = {"POST": Right.RESPOND}

    @extend_schema(request=PrepareInput, responses={201: PreparedSerializer}, operation_id="activation_prepare")
    def post(self, request: Request) -> Response:
        """Prepare a start: nobody is told yet; the answer says what is about to happen."""
        entered = checked(PrepareInput(data=request.data))
        member = member_of(request)
        plan = get_object_or_404(
            Plan.objects.select_related("site", "organisation"),
            pk=entered["plan"],
            organisation=member.organisation_id,
            removed_at=None,
        )
        alert, activation = entered["alert"], entered["activation"]
        prepared = gestures.prepare(
            member,
            plan,
            drill=entered["drill"],
            chosen=entered["chosen"],
            alert=None if alert is None else get_object_or_404(alert_selectors.alerts(member), pk=alert),
            activation=None
            if activation is None
            else get_object_or_404(selectors.activations(member), pk=activation, plan=plan),
        )
        return Response(PreparedSerializer(prepared).data, status=201)


class StartDoor(APIView):
    """The second gesture."""

    rights: ClassVar[Rights] = {"POST": Right.RESPOND}

    @extend_schema(request=ConfirmInput, responses={201: ActivationSerializer}, operation_id="activation_start")
    def post(self, request: Request) -> Response:
        """Start what was prepared."""
        entered = checked(ConfirmInput(data=request.data))
        member = member_of(request)
        started = gestures.confirm(member, entered["intent"], read=entered["digest"])
        return answer(member, started.pk, status=201)


class DropDoor(APIView):
    """An activation that asks is not started."""

    rights: ClassVar[Rights] = {"POST": Right.DIRECT}

    @extend_schema(request=None, responses=ActivationSerializer, operation_id="activation_drop")
    def post(self, request: Request, pk: UUID) -> Response:
        """Drop it: it is no emergency."""
        member = member_of(request)
        starting.decide(directed(member, pk), member, go=False)
        return answer(member, pk)


class PeopleDoor(APIView):
    """The people of an activation."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(
        parameters=[
            OpenApiParameter("answer", OpenApiTypes.STR, enum=[*AnswerKind.values, "none", "not_reached"]),
            OpenApiParameter("search", OpenApiTypes.STR),
            OpenApiParameter("page", OpenApiTypes.INT),
            OpenApiParameter("page_size", OpenApiTypes.INT),
        ],
        responses=ParticipantSerializer(many=True),
        operation_id="activation_people",
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Each with how they were reached and what they answered."""
        found = get_object_or_404(selectors.activations(member_of(request)), pk=pk)
        pages = Pages()
        rows: list[Participant] = pages.paginate_queryset(_narrowed(found, request), request, view=self) or []
        views = selectors.participant_views(found, rows)
        return pages.get_paginated_response(ParticipantSerializer(views, many=True).data)


def _narrowed(of: Activation, request: Request) -> Any:
    rows = selectors.people(of).order_by("name", "pk")
    wanted = request.query_params.get("answer", "")
    if wanted == "not_reached":
        rows = rows.filter(~selectors.reached(of), answer="")
    elif wanted == "none":
        rows = rows.filter(selectors.reached(of), answer="")
    elif wanted == AnswerKind.OTHER:
        # As the counts have it: who has only seen it has answered something else.
        rows = rows.filter(answer__in=[AnswerKind.OTHER, AnswerKind.SEEN])
    elif wanted:
        rows = rows.filter(answer=wanted)
    search = request.query_params.get("search", "").strip()
    return rows.filter(Q(name__icontains=search)) if search else rows


class StepSheetDoor(APIView):
    """What is said to an emergency service."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses=FilledSheetSerializer, operation_id="activation_step_sheet")
    def get(self, request: Request, pk: UUID, key: str) -> Response:
        """Filled with what is known of the activation, in the reader's language where there is a sheet in it."""
        found = get_object_or_404(selectors.activations(member_of(request)), pk=pk)
        step = get_object_or_404(StepRun.objects.filter(activation=found), key=key)
        step.activation = found
        content = steps.content_of(step)
        sheet = services.sheet(step, content, get_language() or "en") if isinstance(content, EmergencyStep) else None
        if sheet is None:
            raise Http404
        return Response(FilledSheetSerializer(filled_view(sheet)).data)


class LogDoor(generics.ListAPIView[ActivationEvent]):
    """What happened in an activation."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}
    serializer_class = ActivationLineSerializer
    pagination_class = LatestLines
    queryset = ActivationEvent.objects.none()

    @override
    def filter_queryset(self, queryset: Any) -> Any:
        return queryset

    @override
    def get_queryset(self) -> Any:
        found = get_object_or_404(selectors.activations(member_of(self.request)), pk=self.kwargs["pk"])
        return selectors.log(found)

    @override
    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        return ActivationLineSerializer([line_view(row) for row in args[0]] if args else [], many=True)


class MyInstructions(APIView):
    """The instructions of the moment, for who is signed in."""

    rights: ClassVar[Rights] = {"GET": Right.RESPOND}

    @extend_schema(responses=OwnInstructionSerializer(many=True), operation_id="me_instructions")
    def get(self, request: Request) -> Response:
        """Where the member has a role; the newest first."""
        rows = selectors.instructions_for(member_of(request))
        return Response(OwnInstructionSerializer([own_instruction_view(row) for row in rows], many=True).data)


class MyTalks(APIView):
    """Who speaks live now, for who is signed in."""

    rights: ClassVar[Rights] = {"GET": Right.RESPOND}

    @extend_schema(responses=TalkSerializer(many=True), operation_id="me_talks")
    def get(self, request: Request) -> Response:
        """Where the member has a role; the newest first."""
        rows = selectors.talks_for(member_of(request))
        return Response(TalkSerializer([talk_view(row) for row in rows], many=True).data)


def directed(member: Member, pk: UUID) -> UUID:
    """An activation that the member may direct.

    Raises:
        Http404: there is none of this id in their reach.
    """
    return get_object_or_404(selectors.activations(member, Right.DIRECT), pk=pk).pk


def answer(member: Member, pk: UUID, status: int = 200) -> Response:
    """An activation as it stands now."""
    found = get_object_or_404(selectors.activations(member), pk=pk)
    return Response(ActivationSerializer(selectors.view(found)).data, status=status)
