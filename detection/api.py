"""The API's doors to cameras and watchers."""

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

from detection import costs, probing, selectors, services
from detection.credentials import Credentials
from detection.models import Camera, SourceKind, WatchState
from detection.serializers import (
    CameraChange,
    CameraInput,
    CameraQuery,
    CameraSerializer,
    CameraTest,
    CameraTestResult,
    CostQuery,
    CostSerializer,
    WatchersView,
)
from soc.api import checked
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right
from soc.throttling import ProbeThrottle

_SEE_OR_MANAGE: Rights = {
    "GET": Right.SEE_CAMERAS,
    "POST": Right.MANAGE_CAMERAS,
    "PATCH": Right.MANAGE_CAMERAS,
    "DELETE": Right.MANAGE_CAMERAS,
}


class CameraList(generics.ListAPIView[Camera]):
    """The cameras the member may see, with how their watch goes."""

    rights: ClassVar[Rights] = _SEE_OR_MANAGE
    serializer_class = CameraSerializer
    queryset = Camera.objects.none()
    filter_backends = ()

    @override
    def get_queryset(self) -> Any:
        asked = checked(CameraQuery(data=dict(self.request.query_params.items())))
        rows = selectors.cameras(member_of(self.request))
        # A site is compared as an id: whether it exists elsewhere is nobody's business.
        rows = rows.filter(site_id=asked["site"]) if "site" in asked else rows
        return rows.filter(enabled=asked["enabled"]) if "enabled" in asked else rows

    @extend_schema(parameters=[CameraQuery])
    def get(self, request: Request) -> Response:
        """The cameras the member may see, by name."""
        return self.list(request)

    @override
    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        self._situations = selectors.situations(page if page is not None else queryset)
        return page

    @override
    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "situations": getattr(self, "_situations", {})}

    @extend_schema(request=CameraInput, responses={201: CameraSerializer})
    def post(self, request: Request) -> Response:
        """Add a camera. Without the facts that the law asks for it can be set up and tested, not watched."""
        entered = checked(CameraInput(data=request.data))
        camera = services.add_camera(member_of(request), cast("services.CameraEntry", entered))
        return Response(_written(request, camera.pk), status=201)


class CameraDetail(generics.GenericAPIView[Camera]):
    """One camera."""

    rights: ClassVar[Rights] = _SEE_OR_MANAGE
    serializer_class = CameraSerializer
    queryset = Camera.objects.none()

    @extend_schema(responses=CameraSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """A camera with its zones, lines and how its watch goes."""
        return Response(_written(request, pk))

    @extend_schema(request=CameraChange, responses=CameraSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change a camera; 409 when a colleague was first."""
        entered = checked(CameraChange(data=request.data, partial=True))
        version = entered.pop("version", None)
        services.change_camera(member_of(request), pk, cast("services.CameraEntry", entered), version=version)
        return Response(_written(request, pk))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Remove a camera; what it raised and recorded stays until its time."""
        services.remove_camera(member_of(request), pk)
        return Response(status=204)


class CameraTestDoor(APIView):
    """Test a camera before it is saved."""

    rights: ClassVar[Rights] = {"POST": Right.MANAGE_CAMERAS}
    throttle_classes = (ProbeThrottle,)
    throttle_scope = "probe"

    @extend_schema(request=CameraTest, responses=CameraTestResult)
    def post(self, request: Request) -> Response:
        """A blurred picture, or a sentence that says what is wrong."""
        entered = checked(CameraTest(data=request.data))
        member, saved = member_of(request), None
        if "camera" in entered:
            saved = get_object_or_404(selectors.cameras(member, Right.MANAGE_CAMERAS), pk=entered["camera"])
        given = Credentials(entered.get("user_name", ""), entered.get("password", ""))
        found = probing.try_camera(
            member, SourceKind(entered["source"]), entered["address"], given if given else None, saved
        )
        body = {"ok": True, "picture": found.data_url, "width": found.width, "height": found.height}
        return Response(CameraTestResult(body).data)


class CameraPictureDoor(APIView):
    """A blurred picture to draw zones on."""

    rights: ClassVar[Rights] = {"GET": Right.MANAGE_CAMERAS}
    throttle_classes = (ProbeThrottle,)
    throttle_scope = "probe"

    @extend_schema(responses={(200, "image/jpeg"): OpenApiResponse(OpenApiTypes.BINARY)})
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        """The camera's picture now, blurred, private areas black."""
        camera = get_object_or_404(selectors.cameras(member_of(request), Right.MANAGE_CAMERAS), pk=pk)
        found = probing.picture_of(member_of(request), camera)
        return HttpResponse(found.jpeg, content_type="image/jpeg", headers={"Cache-Control": "no-store"})


class WatchersDoor(APIView):
    """Who watches, and which of the reader's cameras nobody watches."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CAMERAS}

    @extend_schema(responses=WatchersView)
    def get(self, request: Request) -> Response:
        """Watchers, their room, cameras watched of expected, which are not and why."""
        cameras = list(selectors.cameras(member_of(request)))
        situations = selectors.situations(cameras)
        unwatched = [
            {"camera": camera.pk, "name": camera.name, "reason": found.reason, "sentence": found.sentence}
            for camera in cameras
            if (found := situations[camera.pk]).state is WatchState.UNWATCHED
        ]
        wanted = [found for camera in cameras if camera.enabled and not (found := situations[camera.pk]).missing]
        body = {
            "watchers": selectors.watchers(),
            "room": selectors.fleet().room,
            "expected": len(wanted),
            "watched": sum(found.state in (WatchState.LIVE, WatchState.DOWN) for found in wanted),
            "unwatched": unwatched,
        }
        return Response(WatchersView(body).data)


class CostDoor(APIView):
    """What a camera costs."""

    rights: ClassVar[Rights] = {"GET": Right.MANAGE_CAMERAS}

    @extend_schema(parameters=[CostQuery], responses=CostSerializer)
    def get(self, request: Request) -> Response:
        """What a camera with these settings would cost, and whether the watchers have room for it."""
        asked = checked(CostQuery(data=dict(self.request.query_params.items())))
        member, camera = member_of(request), None
        if "camera" in asked:
            camera = get_object_or_404(selectors.cameras(member, Right.MANAGE_CAMERAS), pk=asked["camera"])
        found = costs.cost_of(member, asked["frames_per_second"], int(asked["analysis_size"]), camera)
        return Response(CostSerializer(found).data)


def _written(request: Request, camera_id: UUID) -> dict[str, Any]:
    camera = get_object_or_404(selectors.cameras(member_of(request)), pk=camera_id)
    return dict(CameraSerializer(camera, context={"situations": selectors.situations([camera])}).data)
