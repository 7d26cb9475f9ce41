"""The API's doors to plans and their versions."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from alerts.channels.voice import speech
from crisis.plans import approval, ready_made, selectors, services, wire
from crisis.plans.changes import changes
from crisis.plans.content import Words
from crisis.plans.filters import PlanFilter
from crisis.plans.holes import holes
from crisis.plans.models import Plan, PlanVersion
from crisis.plans.preview import Example, Form, Preview, preview
from crisis.plans.reach import names, reach
from crisis.plans.serializers import (
    DraftInput,
    EditsSeen,
    NewPlan,
    PlanChangesSerializer,
    PlanHolesSerializer,
    PlanPreviewSerializer,
    PlanReachSerializer,
    PlanRename,
    PlanSerializer,
    PlanTemplateSerializer,
    PlanVersionMarkSerializer,
    PlanVersionSerializer,
    PreviewInput,
    SendBackInput,
)
from soc import clock
from soc.api import checked
from soc.people import proof
from soc.people.api import member_of
from soc.people.models import Member
from soc.people.permissions import Rights
from soc.people.requests import by_own_hand
from soc.people.rights import Right


class PlanList(generics.ListAPIView[Plan]):
    """Plans."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS, "POST": Right.PREPARE}
    serializer_class = PlanSerializer
    filterset_class = PlanFilter
    queryset = Plan.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.plans(member_of(self.request))

    @extend_schema(request=NewPlan, responses={201: PlanVersionSerializer})
    def post(self, request: Request) -> Response:
        """Begin a plan: empty, of a template, or as a copy of another; the answer is its first draft."""
        member, entered = member_of(request), checked(NewPlan(data=request.data))
        made = services.add_plan(
            member, entered["site"], entered["name"], template=entered["template"], copy_of=entered["copy_of"]
        )
        return Response(_written(member, made), status=201)


class PlanTemplateList(APIView):
    """Plans that are there to begin with."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses=PlanTemplateSerializer(many=True), operation_id="plan_templates_list")
    def get(self, _request: Request) -> Response:
        """Every template, in the reader's language."""
        return Response(PlanTemplateSerializer(ready_made.templates(), many=True).data)


class PlanDoor(generics.RetrieveAPIView[Plan]):
    """One plan."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS, "PATCH": Right.PREPARE, "DELETE": Right.PREPARE}
    serializer_class = PlanSerializer
    queryset = Plan.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.plans(member_of(self.request))

    @extend_schema(request=PlanRename, responses=PlanSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Give it another name; 409 when a colleague was first."""
        member, entered = member_of(request), checked(PlanRename(data=request.data))
        services.rename_plan(member, pk, entered["name"], version=entered["version"])
        return Response(PlanSerializer(get_object_or_404(selectors.plans(member), pk=pk)).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Remove it: nothing starts it any more. Refused while it is under way."""
        services.remove_plan(member_of(request), pk)
        return Response(status=204)


class VersionList(APIView):
    """The versions of a plan."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses=PlanVersionMarkSerializer(many=True), operation_id="plan_versions_list")
    def get(self, request: Request, plan: UUID) -> Response:
        """Every version, the newest first, without what it says."""
        member = member_of(request)
        get_object_or_404(selectors.plans(member), pk=plan)
        found = selectors.versions(member, plan).defer("document")
        marks = [wire.PlanVersionMark.model_validate(wire.mark(one)) for one in found]
        return Response(PlanVersionMarkSerializer(marks, many=True).data)


class VersionDoor(APIView):
    """One version."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses=PlanVersionSerializer)
    def get(self, request: Request, plan: UUID, pk: UUID) -> Response:
        """What it says, and the names that its reader may see."""
        member = member_of(request)
        return Response(_written(member, _version(member, plan, pk)))


class HolesDoor(APIView):
    """What is missing in a version."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses=PlanHolesSerializer)
    def get(self, request: Request, plan: UUID, pk: UUID) -> Response:
        """Its holes now, what stops the approval first."""
        found = holes(_version(member_of(request), plan, pk))
        return Response(PlanHolesSerializer(wire.holes_view(found)).data)


class ReachDoor(APIView):
    """Whom a version would reach."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses=PlanReachSerializer)
    def get(self, request: Request, plan: UUID, pk: UUID) -> Response:
        """How many people, by which ways, now. Names only of those whom the reader sees in the directory."""
        member = member_of(request)
        found = reach(_version(member, plan, pk), clock.now())
        return Response(PlanReachSerializer(wire.reach_view(found, names(member, found.without_phone))).data)


class ChangesDoor(APIView):
    """What is different in a version."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(
        parameters=[OpenApiParameter("before", int, description="Number of the version to compare with.")],
        responses=PlanChangesSerializer,
    )
    def get(self, request: Request, plan: UUID, pk: UUID) -> Response:
        """Compared with another version: `before`, or the one that came before it; in words."""
        member = member_of(request)
        after, asked = _version(member, plan, pk), request.query_params.get("before", "")
        rows = selectors.versions(member, plan)
        earlier = (
            rows.filter(number=int(asked))
            if asked.isdecimal() and len(asked) < 7
            else rows.filter(number__lt=after.number)
        )
        before = get_object_or_404(earlier[:1])
        found = changes(before.content, after.content)
        return Response(PlanChangesSerializer(wire.changes_view(before, after, found)).data)


class PreviewDoor(APIView):
    """How a text of a version is received."""

    rights: ClassVar[Rights] = {"POST": Right.SEE_CRISIS}

    @extend_schema(request=PreviewInput, responses=PlanPreviewSerializer)
    def post(self, request: Request, plan: UUID, pk: UUID) -> Response:
        """A text filled with example facts, as people receive it; nothing is sent or kept."""
        made, _form = _previewed(request, plan, pk)
        return Response(PlanPreviewSerializer(wire.preview_view(made)).data)


class PreviewSoundDoor(APIView):
    """How a text of a version sounds."""

    rights: ClassVar[Rights] = {"POST": Right.SEE_CRISIS}

    @extend_schema(
        request=PreviewInput,
        responses={(200, speech.CONTENT_TYPE): OpenApiTypes.BINARY},
        operation_id="plan_preview_sound",
    )
    def post(self, request: Request, plan: UUID, pk: UUID) -> HttpResponse:
        """The same text spoken, as a WAV file; plain words more slowly, as they are heard."""
        made, form = _previewed(request, plan, pk)
        data = speech.speak(made.text, made.language, slower=form is Form.PLAIN)
        return HttpResponse(data, content_type=speech.CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def _previewed(request: Request, plan: UUID, pk: UUID) -> tuple[Preview, Form]:
    version, entered = _version(member_of(request), plan, pk), checked(PreviewInput(data=request.data))
    form = Form(entered["form"])
    made = preview(
        version.content,
        entered["step"],
        entered["language"],
        form,
        Example.of(version, exercise=entered["exercise"]),
        Words(**entered["words"]) if "words" in entered else None,
    )
    return made, form


class DraftDoor(APIView):
    """The version of a plan that is being written."""

    rights: ClassVar[Rights] = {"POST": Right.PREPARE, "PUT": Right.PREPARE, "DELETE": Right.PREPARE}

    @extend_schema(request=None, responses={201: PlanVersionSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Begin the next version, as the one in force."""
        member = member_of(request)
        return Response(_written(member, services.new_draft(member, pk)), status=201)

    @extend_schema(request=DraftInput, responses=PlanVersionSerializer)
    def put(self, request: Request, pk: UUID) -> Response:
        """Save it as a whole; 409 when a colleague was first, 400 with the fields where something is wrong."""
        member, entered = member_of(request), checked(DraftInput(data=request.data))
        saved = services.save_draft(member, pk, entered["document"], entered["risk"], edits=entered["edits"])
        return Response(_written(member, saved))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Throw it away; what is in force stays so."""
        services.discard_draft(member_of(request), pk)
        return Response(status=204)


class SubmitDoor(APIView):
    """Asking for approval."""

    rights: ClassVar[Rights] = {"POST": Right.PREPARE}

    @extend_schema(request=EditsSeen, responses=PlanVersionSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Ask for the approval of the draft; 409 with its holes when it has any that stop it."""
        member, entered = member_of(request), checked(EditsSeen(data=request.data))
        return Response(_written(member, approval.submit(member, pk, edits=entered["edits"])))


class SendBackDoor(APIView):
    """Sending a version back."""

    rights: ClassVar[Rights] = {"POST": Right.APPROVE}

    @extend_schema(request=SendBackInput, responses=PlanVersionSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Send it back to who writes it, and say why."""
        member, entered = member_of(request), checked(SendBackInput(data=request.data))
        sent = approval.send_back(member, pk, entered["comment"], edits=entered["edits"])
        return Response(_written(member, sent))


class ApproveDoor(APIView):
    """Approving a version."""

    rights: ClassVar[Rights] = {"POST": Right.APPROVE}

    @extend_schema(request=EditsSeen, responses=PlanVersionSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """By somebody who wrote nothing in it, with a recent proof: it is in force from now on."""
        member, entered = member_of(request), checked(EditsSeen(data=request.data))
        get_object_or_404(selectors.plans(member, Right.APPROVE), pk=pk)
        by_own_hand(request, proof.FOR_A_SIGNATURE)
        return Response(_written(member, approval.approve(member, pk, edits=entered["edits"])))


def _version(member: Member, plan: UUID, pk: UUID) -> PlanVersion:
    return get_object_or_404(selectors.versions(member, plan), pk=pk)


def _written(member: Member, version: PlanVersion) -> Any:
    return PlanVersionSerializer(wire.version_view(version, member)).data
