"""The API's doors to brokers and devices."""

from __future__ import annotations

from typing import Any, ClassVar, cast
from uuid import UUID

from django.db import transaction
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from crisis.devices import connection_services, running, selectors, services
from crisis.devices.drivers.base import Deadline, DeviceFault
from crisis.devices.drivers.registry import DRIVERS
from crisis.devices.filters import DeviceFilter
from crisis.devices.models import Connection, Device
from crisis.devices.reading import READ_S, ask
from crisis.devices.serializers import (
    ConnectionInput,
    ConnectionPatch,
    ConnectionSerializer,
    DeviceInput,
    DevicePatch,
    DeviceSerializer,
    DeviceTest,
    DriverSerializer,
    ReadingSerializer,
    RunSerializer,
    SetInput,
)
from crisis.devices.wire import ReadingView
from soc.api import checked
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right
from soc.refusals import Refusal, Status
from soc.throttling import ProbeThrottle

_SEE_OR_PREPARE: Rights = {
    "GET": Right.SEE_CRISIS,
    "POST": Right.PREPARE,
    "PATCH": Right.PREPARE,
    "DELETE": Right.PREPARE,
}


class DriverList(APIView):
    """The ways to speak to devices."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CRISIS}

    @extend_schema(responses=DriverSerializer(many=True), operation_id="device_drivers")
    def get(self, _request: Request) -> Response:
        """Each with the schema of its settings."""
        return Response(DriverSerializer(list(DRIVERS.values()), many=True).data)


class ConnectionList(generics.ListAPIView[Connection]):
    """Brokers; add one."""

    rights: ClassVar[Rights] = _SEE_OR_PREPARE
    serializer_class = ConnectionSerializer
    queryset = Connection.objects.none()
    filter_backends = ()

    @override
    def get_queryset(self) -> Any:
        return selectors.connections(member_of(self.request))

    @extend_schema(request=ConnectionInput, responses={201: ConnectionSerializer})
    def post(self, request: Request) -> Response:
        """Add a broker."""
        entered = checked(ConnectionInput(data=request.data))
        made = connection_services.add_connection(
            member_of(request), cast("connection_services.ConnectionEntry", entered)
        )
        return Response(ConnectionSerializer(made).data, status=201)


class ConnectionDoor(APIView):
    """One broker."""

    rights: ClassVar[Rights] = _SEE_OR_PREPARE

    @extend_schema(responses=ConnectionSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """A broker, and whether it is heard."""
        return Response(self._written(request, pk))

    @extend_schema(request=ConnectionPatch, responses=ConnectionSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change a broker; 409 when a colleague was first."""
        entered = checked(ConnectionPatch(data=request.data))
        version = entered.pop("version")
        change = cast("connection_services.ConnectionEntry", entered)
        connection_services.change_connection(member_of(request), pk, change, version=version)
        return Response(self._written(request, pk))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Remove a broker by which no device is reached any more."""
        connection_services.remove_connection(member_of(request), pk)
        return Response(status=204)

    def _written(self, request: Request, pk: UUID) -> Any:
        found = get_object_or_404(selectors.connections(member_of(request)), pk=pk)
        return ConnectionSerializer(found).data


class DeviceList(generics.ListAPIView[Device]):
    """Devices; add one."""

    rights: ClassVar[Rights] = _SEE_OR_PREPARE
    serializer_class = DeviceSerializer
    filterset_class = DeviceFilter
    queryset = Device.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.devices(member_of(self.request))

    @extend_schema(request=DeviceInput, responses={201: DeviceSerializer})
    def post(self, request: Request) -> Response:
        """Add a device."""
        entered = checked(DeviceInput(data=request.data))
        made = services.add_device(member_of(request), cast("services.DeviceEntry", entered))
        return Response(DeviceSerializer(made).data, status=201)


class DeviceDoor(APIView):
    """One device."""

    rights: ClassVar[Rights] = _SEE_OR_PREPARE

    @extend_schema(responses=DeviceSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """A device and how it was last known to be."""
        return Response(self._written(request, pk))

    @extend_schema(request=DevicePatch, responses=DeviceSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change a device; 409 when a colleague was first."""
        entered = checked(DevicePatch(data=request.data))
        version = entered.pop("version")
        services.change_device(member_of(request), pk, cast("services.DeviceEntry", entered), version=version)
        return Response(self._written(request, pk))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Remove a device that no script names."""
        services.remove_device(member_of(request), pk)
        return Response(status=204)

    def _written(self, request: Request, pk: UUID) -> Any:
        return DeviceSerializer(get_object_or_404(selectors.devices(member_of(request)), pk=pk)).data


class DeviceTestDoor(APIView):
    """Test a device before it is saved."""

    rights: ClassVar[Rights] = {"POST": Right.PREPARE}
    throttle_classes = (ProbeThrottle,)
    throttle_scope = "probe"

    @extend_schema(request=DeviceTest, responses=ReadingSerializer)
    def post(self, request: Request) -> Response:
        """How it is now, or a sentence that says what is wrong. Nothing is moved."""
        entered = checked(DeviceTest(data=request.data))
        member, saved = member_of(request), None
        if (saved_id := entered.pop("device", None)) is not None:
            saved = get_object_or_404(selectors.devices(member, Right.PREPARE), pk=saved_id)
        draft = services.draft_of(member, cast("services.DeviceEntry", entered), saved)
        with transaction.atomic():
            details = {"driver": draft.driver, "address": draft.address}
            record(
                member.organisation_id,
                Action.DEVICE_TESTED,
                actor=member,
                subject=saved,
                site_id=draft.site_id,
                details=details,
            )
        try:
            found = ask(draft, Deadline(READ_S))
        except DeviceFault as fault:
            label = fault.fault.label
            raise Refusal(fault.fault.value, label, status=Status.UNAVAILABLE, fields={"settings": label}) from None
        view = ReadingView(state=found.state, word=draft.word(found.state), live=found.live)
        return Response(ReadingSerializer(view).data)


class DeviceSetDoor(APIView):
    """Have one device take a state, by hand."""

    rights: ClassVar[Rights] = {"POST": Right.DIRECT}

    @extend_schema(request=SetInput, responses={202: RunSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        """It is done within a second or two: the run says how it goes."""
        entered = checked(SetInput(data=request.data))
        member = member_of(request)
        run = running.set_by_hand(member, pk, entered["state"], request=entered["request"], reason=entered["reason"])
        return Response(RunSerializer(selectors.runs(member).get(pk=run.pk)).data, status=202)
