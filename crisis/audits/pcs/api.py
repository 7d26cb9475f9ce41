"""The API's doors to safeguard plans, and the narrow one to who is vulnerable."""

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

from crisis.audits.filters import PcsFilter
from crisis.audits.pcs import directory, printing, selectors, services, vulnerable, wire
from crisis.audits.pcs.models import ExerciseKind, SafeguardPlan
from crisis.audits.pcs.serializers import (
    ExerciseInput,
    PcsBriefSerializer,
    PcsChange,
    PcsDetailSerializer,
    PcsDirectory,
    PcsInput,
    VulnerableChange,
    VulnerableInput,
    VulnerableList,
    VulnerableSerializer,
)
from crisis.audits.pcs.services import PcsEntry
from crisis.audits.pcs.vulnerable import Details
from soc.api import checked
from soc.documents.rendering import MEDIA_TYPE
from soc.people.api import member_of
from soc.people.models import Member
from soc.people.permissions import Rights
from soc.people.rights import Right


class PcsList(generics.ListAPIView[SafeguardPlan]):
    """Safeguard plans; begin one."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS, "POST": Right.PREPARE}
    serializer_class = PcsBriefSerializer
    filterset_class = PcsFilter
    queryset = SafeguardPlan.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.plans(member_of(self.request))

    @extend_schema(request=PcsInput, responses={201: PcsDetailSerializer})
    def post(self, request: Request) -> Response:
        """Begin one with the usual cells and sheets."""
        entered = checked(PcsInput(data=request.data))
        member = member_of(request)
        plan = services.begin(member, entered["site"], entered["name"])
        return _answer(member, plan.pk, status=201)


class PcsDoor(APIView):
    """One safeguard plan."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS, "PATCH": Right.PREPARE}

    @extend_schema(responses=PcsDetailSerializer, operation_id="pcs_retrieve")
    def get(self, request: Request, pk: UUID) -> Response:
        """All of it but who is vulnerable."""
        return _answer(member_of(request), pk)

    @extend_schema(request=PcsChange, responses=PcsDetailSerializer, operation_id="pcs_change")
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change it; 409 when a colleague was first."""
        entered = checked(PcsChange(data=request.data))
        version = entered.pop("version")
        member = member_of(request)
        services.change(member, pk, cast("PcsEntry", entered), version=version)
        return _answer(member, pk)


class ExerciseList(APIView):
    """Exercises that were held."""

    rights: ClassVar[Rights] = {"POST": Right.PREPARE}

    @extend_schema(request=ExerciseInput, responses={201: PcsDetailSerializer}, operation_id="pcs_exercise_add")
    def post(self, request: Request, pk: UUID) -> Response:
        """Write one down: the next is due five years later."""
        entered = checked(ExerciseInput(data=request.data))
        member = member_of(request)
        services.exercised(member, pk, entered["held_on"], ExerciseKind(entered["kind"]), entered["lessons"])
        return _answer(member, pk, status=201)


class DirectoryDoor(APIView):
    """Who is named in a plan, and how they are reached."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_DIRECTORY}

    @extend_schema(responses=PcsDirectory, operation_id="pcs_directory")
    def get(self, request: Request, pk: UUID) -> Response:
        """Everybody, who directs first. Numbers and addresses of those whom the reader sees in the directory."""
        member = member_of(request)
        named = directory.directory(_found(member, pk), member)
        return _closed(Response(PcsDirectory({"results": [wire.directory_view(one) for one in named]}).data))


class PdfDoor(APIView):
    """A plan on paper."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses={(200, MEDIA_TYPE): OpenApiResponse(OpenApiTypes.BINARY)}, operation_id="pcs_pdf")
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        """The plan as PDF, in the reader's language; journalled. Who is vulnerable is not in it."""
        member = member_of(request)
        plan = _found(member, pk)
        made = HttpResponse(printing.pdf(plan, member), content_type=MEDIA_TYPE)
        made["Content-Disposition"] = f'attachment; filename="{printing.file_name(plan)}"'
        made["Cache-Control"] = "no-store"
        return made


class VulnerableDoor(APIView):
    """Who is looked after first. Only for who prepares or directs plans at all sites; each look is journalled."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS, "POST": Right.PREPARE}

    @extend_schema(responses=VulnerableList, operation_id="pcs_vulnerable_list")
    def get(self, request: Request, pk: UUID) -> Response:
        """Everybody on the list, by name."""
        opened = vulnerable.look(member_of(request), pk)
        views = [wire.vulnerable_view(one) for one in opened]
        return _closed(Response({"results": VulnerableSerializer(views, many=True).data}))

    @extend_schema(request=VulnerableInput, responses={201: VulnerableSerializer}, operation_id="pcs_vulnerable_add")
    def post(self, request: Request, pk: UUID) -> Response:
        """Put somebody on it."""
        entered = checked(VulnerableInput(data=request.data))
        opened = vulnerable.add(member_of(request), pk, Details(**entered))
        return _closed(Response(VulnerableSerializer(wire.vulnerable_view(opened)).data, status=201))


class VulnerablePersonDoor(APIView):
    """Somebody on the list."""

    rights: ClassVar[Rights] = {"PATCH": Right.PREPARE, "DELETE": Right.PREPARE}

    @extend_schema(request=VulnerableChange, responses=VulnerableSerializer, operation_id="pcs_vulnerable_change")
    def patch(self, request: Request, pk: UUID, person: UUID) -> Response:
        """Write what is known from now on; 409 when a colleague was first."""
        entered = checked(VulnerableChange(data=request.data))
        version = entered.pop("version")
        opened = vulnerable.change(member_of(request), pk, person, Details(**entered), version=version)
        return _closed(Response(VulnerableSerializer(wire.vulnerable_view(opened)).data))

    @extend_schema(request=None, responses={204: None}, operation_id="pcs_vulnerable_remove")
    def delete(self, request: Request, pk: UUID, person: UUID) -> Response:
        """Take them off: nothing of them is kept."""
        vulnerable.remove(member_of(request), pk, person)
        return Response(status=204)


def _closed(response: Response) -> Response:
    """No browser and nothing in between keeps it."""
    response["Cache-Control"] = "no-store"
    return response


def _answer(member: Member, pk: UUID, status: int = 200) -> Response:
    return Response(PcsDetailSerializer(wire.detail(_found(member, pk), member)).data, status=status)


def _found(member: Member, pk: UUID) -> SafeguardPlan:
    return get_object_or_404(selectors.plans(member), pk=pk)
