"""The API's doors to which rule starts which plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from typing_extensions import override

from crisis.plans import selectors, starts
from crisis.plans.filters import StartFilter
from crisis.plans.models import RulePlan, Starting
from crisis.plans.serializers import PlanStartChange, PlanStartInput, PlanStartSerializer
from crisis.plans.starts import HowItStarts
from soc.api import checked
from soc.people.api import member_of
from soc.people.models import Member
from soc.people.permissions import Rights
from soc.people.rights import Right


class StartList(generics.ListAPIView[RulePlan]):
    """Which rules start which plans."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS, "POST": Right.PREPARE}
    serializer_class = PlanStartSerializer
    filterset_class = StartFilter
    queryset = RulePlan.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.starts(member_of(self.request))

    @extend_schema(request=PlanStartInput, responses={201: PlanStartSerializer})
    def post(self, request: Request) -> Response:
        """Have alerts of a rule start a plan."""
        member, entered = member_of(request), checked(PlanStartInput(data=request.data))
        plan, rule, starting = entered.pop("plan"), entered.pop("rule"), Starting(entered.pop("starting"))
        made = starts.link(member, plan, rule, HowItStarts(starting, **entered))
        return Response(_written(member, made.pk), status=201)


class StartDoor(generics.RetrieveAPIView[RulePlan]):
    """What one rule starts."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS, "PATCH": Right.PREPARE, "DELETE": Right.PREPARE}
    serializer_class = PlanStartSerializer
    queryset = RulePlan.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.starts(member_of(self.request))

    @extend_schema(request=PlanStartChange, responses=PlanStartSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change how it starts; 409 when a colleague was first."""
        member, entered = member_of(request), checked(PlanStartChange(data=request.data))
        version = entered.pop("version")
        if "starting" in entered:
            entered["starting"] = Starting(entered["starting"])
        before = starts.how_of(get_object_or_404(selectors.starts(member, Right.PREPARE), pk=pk))
        starts.change(member, pk, replace(before, **entered), version=version)
        return Response(_written(member, pk))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Have the rule start no plan any more."""
        starts.unlink(member_of(request), pk)
        return Response(status=204)


def _written(member: Member, pk: UUID) -> Any:
    return PlanStartSerializer(selectors.starts(member).get(pk=pk)).data
