"""The API's doors to an audit's risks, and to what goes on with them while it is in force. Each answers with the whole audit."""

from __future__ import annotations

from typing import ClassVar, cast
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crisis.audits import progress, risks
from crisis.audits.api import answer
from crisis.audits.models import ContradictionKind, MeasureState
from crisis.audits.risks import RiskEntry
from crisis.audits.serializers import (
    AuditDetailSerializer,
    KeepInput,
    ProgressInput,
    RiskChange,
    RiskInput,
    RulesInput,
    TestInput,
)
from soc.api import checked
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right


class RiskList(APIView):
    """The risks of a draft."""

    rights: ClassVar[Rights] = {"POST": Right.PREPARE}

    @extend_schema(request=RiskInput, responses={201: AuditDetailSerializer}, operation_id="audited_risk_add")
    def post(self, request: Request, pk: UUID) -> Response:
        """Add a risk."""
        entered = checked(RiskInput(data=request.data))
        member = member_of(request)
        risks.add(member, pk, cast("RiskEntry", entered))
        return answer(member, pk, status=201)


class RiskDoor(APIView):
    """One risk of a draft."""

    rights: ClassVar[Rights] = {"PATCH": Right.PREPARE, "DELETE": Right.PREPARE}

    @extend_schema(request=RiskChange, responses=AuditDetailSerializer, operation_id="audited_risk_change")
    def patch(self, request: Request, pk: UUID, risk: UUID) -> Response:
        """Judge it, change it; 409 when a colleague was first."""
        entered = checked(RiskChange(data=request.data))
        version = entered.pop("version")
        member = member_of(request)
        risks.change(member, pk, risk, cast("RiskEntry", entered), version=version)
        return answer(member, pk)

    @extend_schema(request=None, responses={204: None}, operation_id="audited_risk_remove")
    def delete(self, request: Request, pk: UUID, risk: UUID) -> Response:
        """Take it out; its number is not given again."""
        risks.remove(member_of(request), pk, risk)
        return Response(status=204)


class RulesDoor(APIView):
    """Whose alerts are incidents of a risk."""

    rights: ClassVar[Rights] = {"PATCH": Right.PREPARE}

    @extend_schema(request=RulesInput, responses=AuditDetailSerializer, operation_id="audited_risk_rules")
    def patch(self, request: Request, pk: UUID, risk: UUID) -> Response:
        """Name the rules, all of them; in an audit that is in force, too."""
        entered = checked(RulesInput(data=request.data))
        member = member_of(request)
        risks.link_rules(member, pk, risk, entered["rules"])
        return answer(member, pk)


class KeepDoor(APIView):
    """Keep a risk as it was judged."""

    rights: ClassVar[Rights] = {"POST": Right.PREPARE}

    @extend_schema(request=KeepInput, responses=AuditDetailSerializer, operation_id="audited_risk_keep")
    def post(self, request: Request, pk: UUID, risk: UUID) -> Response:
        """Although facts contradict it, and say why; it is asked again when the contradiction grows."""
        entered = checked(KeepInput(data=request.data))
        member = member_of(request)
        progress.keep(member, pk, risk, ContradictionKind(entered["kind"]), entered["why"], entered["key"])
        return answer(member, pk)


class ProgressDoor(APIView):
    """How far a measure is."""

    rights: ClassVar[Rights] = {"POST": Right.PREPARE}

    @extend_schema(request=ProgressInput, responses=AuditDetailSerializer, operation_id="audit_measure_progress")
    def post(self, request: Request, pk: UUID, measure: UUID) -> Response:
        """Write down its state."""
        entered = checked(ProgressInput(data=request.data))
        member = member_of(request)
        progress.measure_came_to(member, pk, measure, MeasureState(entered["state"]), entered["note"])
        return answer(member, pk)


class TestDoor(APIView):
    """That a protection was tested."""

    __test__ = False  # for pytest: no test
    rights: ClassVar[Rights] = {"POST": Right.PREPARE}

    @extend_schema(request=TestInput, responses=AuditDetailSerializer, operation_id="audit_protection_tested")
    def post(self, request: Request, pk: UUID, protection: UUID) -> Response:
        """And works."""
        entered = checked(TestInput(data=request.data))
        member = member_of(request)
        progress.protection_tested(member, pk, protection, entered["tested_on"], entered["note"])
        return answer(member, pk)
