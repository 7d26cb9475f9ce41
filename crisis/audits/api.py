"""The API's doors to audits: begun, read, edited, signed, printed."""

from __future__ import annotations

from typing import Any, ClassVar, cast
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from crisis.audits import attention, presenting, printing, selectors, services
from crisis.audits.changes import changes
from crisis.audits.filters import AuditFilter
from crisis.audits.history import history
from crisis.audits.models import RiskAudit
from crisis.audits.serializers import (
    AuditBriefSerializer,
    AuditChange,
    AuditChangesSerializer,
    AuditChoicesSerializer,
    AuditDetailSerializer,
    AuditHistory,
    AuditInput,
    HistoryEntrySerializer,
    NeededList,
    NeededSerializer,
    ReasonInput,
    RiskCatalogueSerializer,
    SeenVersion,
    SignInput,
)
from crisis.audits.services import AuditEntry, Origin
from soc.api import checked
from soc.documents.rendering import MEDIA_TYPE
from soc.people import proof
from soc.people.api import member_of
from soc.people.models import Member
from soc.people.permissions import Rights
from soc.people.requests import by_own_hand
from soc.people.rights import Right


class CatalogueDoor(APIView):
    """What an audit's form offers."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses=RiskCatalogueSerializer, operation_id="risk_catalogue_retrieve")
    def get(self, _request: Request) -> Response:
        """Usual risks with what to look at, templates, the scales and the matrix, in the reader's language."""
        return Response(RiskCatalogueSerializer(presenting.catalogue()).data)


class AuditList(generics.ListAPIView[RiskAudit]):
    """Audits; begin a new version."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS, "POST": Right.PREPARE}
    serializer_class = AuditBriefSerializer
    filterset_class = AuditFilter
    queryset = RiskAudit.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.audits(member_of(self.request))

    @extend_schema(request=AuditInput, responses={201: AuditDetailSerializer})
    def post(self, request: Request) -> Response:
        """Begin one: empty, from a template, or as a copy of the one in force."""
        entered = checked(AuditInput(data=request.data))
        member = member_of(request)
        audit = services.begin(member, entered["site"], Origin(entered["origin"]), entered["template"])
        return answer(member, audit.pk, status=201)


class AttentionDoor(APIView):
    """What about audits needs somebody."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses=NeededList, operation_id="risk_audits_attention")
    def get(self, request: Request) -> Response:
        """Reviews that are due, contradictions, what waits for an approval, what is late; most urgent first."""
        found = attention.needs_attention(member_of(request))
        return Response({"results": NeededSerializer(found, many=True).data})


class AuditDoor(APIView):
    """One audit."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS, "PATCH": Right.PREPARE}

    @extend_schema(responses=AuditDetailSerializer, operation_id="risk_audit_retrieve")
    def get(self, request: Request, pk: UUID) -> Response:
        """With its risks, how their protections stand now, and what facts say."""
        return answer(member_of(request), pk)

    @extend_schema(request=AuditChange, responses=AuditDetailSerializer, operation_id="risk_audit_change")
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change a draft's scope or review date; 409 when a colleague was first."""
        entered = checked(AuditChange(data=request.data))
        version = entered.pop("version")
        member = member_of(request)
        services.change(member, pk, cast("AuditEntry", entered), version=version)
        return answer(member, pk)


class ChoicesDoor(APIView):
    """What a risk's protections and rules can be."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses=AuditChoicesSerializer, operation_id="risk_audit_choices")
    def get(self, request: Request, pk: UUID) -> Response:
        """Cameras, devices, teams and rules of the site, that the reader reaches."""
        member = member_of(request)
        return Response(AuditChoicesSerializer(presenting.choices(found(member, pk), member)).data)


class ChangesDoor(APIView):
    """What is different from the version before."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses=AuditChangesSerializer, operation_id="risk_audit_changes")
    def get(self, request: Request, pk: UUID) -> Response:
        """Risk by risk, before and after in words."""
        audit = found(member_of(request), pk)
        return Response(AuditChangesSerializer(changes(audit, audit.previous)).data)


class HistoryDoor(APIView):
    """Who changed what."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses=AuditHistory, operation_id="risk_audit_history")
    def get(self, request: Request, pk: UUID) -> Response:
        """What was done with this version, the newest first; the newest 500."""
        found_entries = history(found(member_of(request), pk))
        return Response({"results": HistoryEntrySerializer(found_entries, many=True).data})


class SubmitDoor(APIView):
    """Submit a draft for its review."""

    rights: ClassVar[Rights] = {"POST": Right.PREPARE}

    @extend_schema(request=SeenVersion, responses=AuditDetailSerializer, operation_id="risk_audit_submit")
    def post(self, request: Request, pk: UUID) -> Response:
        """From now on nobody changes it; refused while it has holes."""
        version = checked(SeenVersion(data=request.data))["version"]
        member = member_of(request)
        services.submit(member, pk, version=version)
        return answer(member, pk)


class SendBackDoor(APIView):
    """Send an audit back to be changed."""

    rights: ClassVar[Rights] = {"POST": Right.APPROVE}

    @extend_schema(request=ReasonInput, responses=AuditDetailSerializer, operation_id="risk_audit_send_back")
    def post(self, request: Request, pk: UUID) -> Response:
        """With the reason."""
        comment = checked(ReasonInput(data=request.data))["comment"]
        member = member_of(request)
        services.send_back(member, pk, comment)
        return answer(member, pk)


class ReviewDoor(APIView):
    """Sign an audit as reviewer."""

    rights: ClassVar[Rights] = {"POST": Right.APPROVE}

    @extend_schema(request=SignInput, responses=AuditDetailSerializer, operation_id="risk_audit_review")
    def post(self, request: Request, pk: UUID) -> Response:
        """By somebody who did not write in it, with a recent proof; it still waits for its approval."""
        entered = checked(SignInput(data=request.data))
        member = member_of(request)
        audit = found(member, pk, Right.APPROVE)
        by_own_hand(request, proof.FOR_A_SIGNATURE)
        services.review(member, audit.pk, entered["comment"], version=entered["version"])
        return answer(member, pk)


class ApproveDoor(APIView):
    """Approve an audit."""

    rights: ClassVar[Rights] = {"POST": Right.APPROVE}

    @extend_schema(request=SignInput, responses=AuditDetailSerializer, operation_id="risk_audit_approve")
    def post(self, request: Request, pk: UUID) -> Response:
        """By somebody who did not write in it, with a recent proof: it is in force, and never changed."""
        entered = checked(SignInput(data=request.data))
        member = member_of(request)
        audit = found(member, pk, Right.APPROVE)
        by_own_hand(request, proof.FOR_A_SIGNATURE)
        services.approve(member, audit.pk, entered["comment"], version=entered["version"])
        return answer(member, pk)


class WithdrawDoor(APIView):
    """Withdraw an audit."""

    rights: ClassVar[Rights] = {"POST": Right.PREPARE}

    @extend_schema(request=ReasonInput, responses=AuditDetailSerializer, operation_id="risk_audit_withdraw")
    def post(self, request: Request, pk: UUID) -> Response:
        """Give up a draft, or end one that is in force, with the reason."""
        comment = checked(ReasonInput(data=request.data))["comment"]
        member = member_of(request)
        services.withdraw(member, pk, comment)
        return answer(member, pk)


class PdfDoor(APIView):
    """An audit to hand out."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses={(200, MEDIA_TYPE): OpenApiResponse(OpenApiTypes.BINARY)}, operation_id="risk_audit_pdf")
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        """The audit as PDF, in the reader's language; journalled."""
        member = member_of(request)
        audit = found(member, pk)
        made = HttpResponse(printing.pdf(audit, member), content_type=MEDIA_TYPE)
        made["Content-Disposition"] = f'attachment; filename="{printing.file_name(audit)}"'
        made["Cache-Control"] = "no-store"
        return made


def found(member: Member, pk: UUID, right: Right = Right.SEE_CRISIS) -> RiskAudit:
    """The audit with all that its page reads, if it is in the member's reach."""
    return get_object_or_404(selectors.with_risks(selectors.audits(member, right)), pk=pk)


def answer(member: Member, pk: UUID, status: int = 200) -> Response:
    """The audit as it is now."""
    view = presenting.detail(found(member, pk), member)
    return Response(AuditDetailSerializer(view).data, status=status)
