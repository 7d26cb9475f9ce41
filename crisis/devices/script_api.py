"""The API's doors to scripts and their runs."""

from __future__ import annotations

from typing import Any, ClassVar, cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from crisis.devices import running, script_services, selectors
from crisis.devices.checks import check, refuses_before_verification
from crisis.devices.connection_services import site_of
from crisis.devices.document import Document, devices_in, longest_s, parse
from crisis.devices.dry_run import dry_run
from crisis.devices.filters import RunFilter, ScriptFilter
from crisis.devices.models import Device, Script, ScriptRun
from crisis.devices.serializers import (
    CheckSerializer,
    DecisionInput,
    DryRunSerializer,
    RunSerializer,
    ScriptDraft,
    ScriptInput,
    ScriptPatch,
    ScriptSerializer,
    StartInput,
)
from crisis.devices.wire import CheckView, DryRunView, line_view
from soc.api import Newest, checked
from soc.people.api import member_of
from soc.people.models import Member
from soc.people.permissions import Rights
from soc.people.rights import Right
from soc.throttling import ProbeThrottle

_SEE_OR_PREPARE: Rights = {
    "GET": Right.SEE_CRISIS,
    "POST": Right.PREPARE,
    "PATCH": Right.PREPARE,
    "DELETE": Right.PREPARE,
}


class NewestRuns(Newest):
    """Pages of runs, the latest first."""

    ordering = ("-asked_at", "-id")


class ScriptList(generics.ListAPIView[Script]):
    """Scripts; add one."""

    rights: ClassVar[Rights] = _SEE_OR_PREPARE
    serializer_class = ScriptSerializer
    filterset_class = ScriptFilter
    queryset = Script.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.scripts(member_of(self.request))

    @extend_schema(request=ScriptInput, responses={201: ScriptSerializer})
    def post(self, request: Request) -> Response:
        """Add a script; one with faults is refused, each named by its place."""
        entered = checked(ScriptInput(data=request.data))
        made = script_services.add_script(member_of(request), cast("script_services.ScriptEntry", entered))
        return Response(ScriptSerializer(made).data, status=201)


class ScriptDoor(APIView):
    """One script."""

    rights: ClassVar[Rights] = _SEE_OR_PREPARE

    @extend_schema(responses=ScriptSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """A script, and what has become wrong with it."""
        return Response(self._written(request, pk))

    @extend_schema(request=ScriptPatch, responses=ScriptSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change a script; 409 when a colleague was first. Runs that are under way go on as they began."""
        entered = checked(ScriptPatch(data=request.data))
        version = entered.pop("version")
        change = cast("script_services.ScriptEntry", entered)
        script_services.change_script(member_of(request), pk, change, version=version)
        return Response(self._written(request, pk))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Remove a script; its runs stay."""
        script_services.remove_script(member_of(request), pk)
        return Response(status=204)

    def _written(self, request: Request, pk: UUID) -> Any:
        return ScriptSerializer(get_object_or_404(selectors.scripts(member_of(request)), pk=pk)).data


class ScriptCheckDoor(APIView):
    """Check a document that is not saved."""

    rights: ClassVar[Rights] = {"POST": Right.PREPARE}

    @extend_schema(request=ScriptDraft, responses=CheckSerializer)
    def post(self, request: Request) -> Response:
        """Refused with a sentence for each place where something is wrong; else how long it takes and whether it locks."""
        entered = checked(ScriptDraft(data=request.data))
        member = member_of(request)
        site_of(member, entered["site"])
        running.refuse_problems(check(entered["document"], member.organisation_id, site=entered["site"]))
        document = parse(entered["document"])
        locks = refuses_before_verification(document, organisation_id=member.organisation_id)
        return Response(CheckSerializer(CheckView(locks=locks, longest_s=longest_s(document.steps))).data)


class DryRunDoor(APIView):
    """What a document that is not saved would do."""

    rights: ClassVar[Rights] = {"POST": Right.PREPARE}
    throttle_classes = (ProbeThrottle,)
    throttle_scope = "probe"

    @extend_schema(request=ScriptDraft, responses=DryRunSerializer, operation_id="script_draft_dry_run")
    def post(self, request: Request) -> Response:
        """It is walked, devices are read, nothing is moved."""
        entered = checked(ScriptDraft(data=request.data))
        member = member_of(request)
        site_of(member, entered["site"])
        running.refuse_problems(check(entered["document"], member.organisation_id, site=entered["site"]))
        return Response(_walked(member, parse(entered["document"]), Right.PREPARE))


class ScriptDryRunDoor(APIView):
    """What a script would do now."""

    rights: ClassVar[Rights] = {"POST": Right.DIRECT}
    throttle_classes = (ProbeThrottle,)
    throttle_scope = "probe"

    @extend_schema(request=None, responses=DryRunSerializer, operation_id="script_dry_run")
    def post(self, request: Request, pk: UUID) -> Response:
        """It is walked, devices are read, nothing is moved."""
        member = member_of(request)
        script = get_object_or_404(selectors.scripts(member, Right.DIRECT), pk=pk)
        running.refuse_problems(check(script.document, member.organisation_id, site=script.site_id))
        return Response(_walked(member, parse(script.document), Right.DIRECT))


class ScriptStartDoor(APIView):
    """Start a script by hand."""

    rights: ClassVar[Rights] = {"POST": Right.DIRECT}

    @extend_schema(request=StartInput, responses={202: RunSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        """It begins within a second or two: the run says how it goes."""
        entered = checked(StartInput(data=request.data))
        member = member_of(request)
        run = running.start_by_hand(
            member,
            pk,
            request=entered["request"],
            reason=entered["reason"],
            exercise=entered["exercise"],
            really=entered["really"],
        )
        return Response(RunSerializer(selectors.runs(member).get(pk=run.pk)).data, status=202)


class RunList(generics.ListAPIView[ScriptRun]):
    """Runs of scripts."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}
    serializer_class = RunSerializer
    pagination_class = NewestRuns
    filterset_class = RunFilter
    queryset = ScriptRun.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.runs(member_of(self.request))


class RunDoor(generics.RetrieveAPIView[ScriptRun]):
    """One run."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}
    serializer_class = RunSerializer
    queryset = ScriptRun.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.runs(member_of(self.request))


class DecideDoor(APIView):
    """Answer what a run asks."""

    rights: ClassVar[Rights] = {"POST": Right.DIRECT}

    @extend_schema(request=DecisionInput, responses=RunSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Do it again, leave it out, or stop; 409 when a colleague was first."""
        entered = checked(DecisionInput(data=request.data))
        member = member_of(request)
        decision = running.Decision(entered["decision"])
        running.decide(member, pk, entered["step"], decision, asked=entered["asked"])
        return Response(RunSerializer(selectors.runs(member).get(pk=pk)).data)


class StopDoor(APIView):
    """Stop a run."""

    rights: ClassVar[Rights] = {"POST": Right.DIRECT}

    @extend_schema(request=None, responses=RunSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Nothing more of it is sent. What is over stays as it is."""
        member = member_of(request)
        running.stop(member, pk)
        return Response(RunSerializer(selectors.runs(member).get(pk=pk)).data)


def _walked(member: Member, document: Document, right: Right) -> Any:
    devices: list[Device] = list(selectors.devices(member, right).filter(pk__in=devices_in(document)))
    if len(devices) < len(devices_in(document)):
        running.refuse_out_of_reach()
    view = DryRunView(lines=[line_view(line) for line in dry_run(document, devices)])
    return DryRunSerializer(view).data
