"""The API's doors to reports."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.serializers import ViewSerializer
from crisis.activations import printing, selectors
from crisis.activations.models import Activation
from crisis.activations.report import ActivationReport, report
from soc.documents.rendering import MEDIA_TYPE
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people.models import Member
from soc.people.permissions import Rights
from soc.people.requests import member_of
from soc.people.rights import Right


class ReportSerializer(ViewSerializer):
    """A report."""

    view = ActivationReport


class ReportDoor(APIView):
    """The report on screen."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses=ReportSerializer, operation_id="activation_report")
    def get(self, request: Request, pk: UUID) -> Response:
        """Reach, times, failures, decisions, what to do better; while it is under way, as it stands."""
        return Response(ReportSerializer(report(_found(member_of(request), pk))).data)


class ReportPdf(APIView):
    """The report to hand out."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses={(200, MEDIA_TYPE): OpenApiResponse(OpenApiTypes.BINARY)}, operation_id="activation_pdf")
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        """As PDF, in the reader's language; journalled."""
        member = member_of(request)
        found = _found(member, pk)
        made = printing.pdf(found, member)
        _journal(found, member, "pdf")
        return _file(made, MEDIA_TYPE, f"activation-{found.number}.pdf")


class ReportCsv(APIView):
    """The report to reckon with."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.STR)}, operation_id="activation_csv")
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        """As CSV, in the reader's language; journalled."""
        member = member_of(request)
        found = _found(member, pk)
        made = printing.table(found, member)
        _journal(found, member, "csv")
        return _file(made.encode(), "text/csv; charset=utf-8", f"activation-{found.number}.csv")


def _found(member: Member, pk: UUID) -> Activation:
    return get_object_or_404(selectors.activations(member).select_related("organisation"), pk=pk)


@transaction.atomic
def _journal(of: Activation, member: Member, kind: str) -> None:
    record(
        of.organisation_id,
        Action.ACTIVATION_PRINTED,
        actor=member,
        subject=of,
        site_id=of.site_id,
        details={"number": of.number, "as": kind},
    )


def _file(made: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(made, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer
