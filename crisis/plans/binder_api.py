"""The API's doors to the offline binder of a plan: on paper, and on a phone."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from crisis.plans import binder_page, selectors
from crisis.plans.binder import TEMPLATE, binder
from crisis.plans.models import PlanVersion
from crisis.plans.shared import journal
from soc import clock
from soc.documents.rendering import MEDIA_TYPE, render
from soc.journal.actions import Action
from soc.people.api import member_of
from soc.people.models import Member
from soc.people.permissions import Rights
from soc.people.rights import Right


class BinderDoor(APIView):
    """How to go on without the system, to print."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses={(200, MEDIA_TYPE): OpenApiResponse(OpenApiTypes.BINARY)}, operation_id="plan_binder")
    def get(self, request: Request, plan: UUID, pk: UUID) -> HttpResponse:
        """The binder as PDF, in the reader's language; journalled, since it holds names and numbers."""
        member, now = member_of(request), clock.now()
        version = get_object_or_404(selectors.versions(member, plan), pk=pk)
        with translation.override(member.language), timezone.override(ZoneInfo(version.organisation.timezone)):
            made = render(TEMPLATE, binder(version, member, now), member.language, at=now)
        return _given(version, member, made, MEDIA_TYPE, "pdf")


class BinderPageDoor(APIView):
    """How to go on without the system, on a phone."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses={(200, "text/html"): OpenApiResponse(OpenApiTypes.STR)}, operation_id="plan_binder_page")
    def get(self, request: Request, plan: UUID, pk: UUID) -> HttpResponse:
        """The binder as one file that a phone opens without a network, in the reader's language; journalled as the PDF is."""
        member = member_of(request)
        version = get_object_or_404(selectors.versions(member, plan), pk=pk)
        with translation.override(member.language), timezone.override(ZoneInfo(version.organisation.timezone)):
            made = binder_page.page(version, member, clock.now())
        return _given(version, member, made.encode(), binder_page.MEDIA_TYPE, "html")


def _given(version: PlanVersion, member: Member, made: bytes, kind: str, ending: str) -> HttpResponse:
    with transaction.atomic():
        journal(version.plan, Action.PLAN_PRINTED, member, {"version": version.number, "as": ending})
    answer = HttpResponse(made, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="plan-{version.number}-{version.plan_id}.{ending}"'
    answer["Cache-Control"] = "no-store"
    return answer
