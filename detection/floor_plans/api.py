"""The API's doors to floor plans and their pictures."""

from __future__ import annotations

from typing import Any, ClassVar, cast
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from detection.floor_plans import selectors, services
from detection.floor_plans.models import FloorPlan
from detection.floor_plans.pictures import CONTENT_TYPE
from detection.floor_plans.serializers import (
    FloorPlanSerializer,
    PictureInput,
    PlanChange,
    PlanInput,
    PlanQuery,
)
from soc.api import Body, checked
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right
from soc.refusals import Refusal, Status

_FORM = "multipart/form-data"


class PlanList(generics.ListAPIView[FloorPlan]):
    """Floor plans."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CAMERAS, "POST": services.CHANGE}
    serializer_class = FloorPlanSerializer
    queryset = FloorPlan.objects.none()
    filter_backends = ()
    parser_classes = (MultiPartParser,)

    @override
    def get_queryset(self) -> Any:
        asked = checked(PlanQuery(data=dict(self.request.query_params.items())))
        rows = selectors.plans(member_of(self.request))
        return rows.filter(site_id=asked["site"]) if "site" in asked else rows

    @extend_schema(parameters=[PlanQuery])
    def get(self, request: Request) -> Response:
        """The floor plans the member may see, lowest level first, with the cameras and areas on them."""
        return self.list(request)

    @extend_schema(request={_FORM: PlanInput}, responses={201: FloorPlanSerializer})
    def post(self, request: Request) -> Response:
        """Add a plan. Its picture (PNG, JPEG or WebP, 10 MB at most) is drawn anew: nothing else of the file is kept."""
        entered = checked(PlanInput(data=request.data))
        plan = services.add_plan(
            member_of(request), entered["site"], entered["name"], entered["level"], entered["picture"]
        )
        return Response(_written(request, plan.pk), status=201)


class PlanDetail(generics.GenericAPIView[FloorPlan]):
    """One floor plan."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CAMERAS, "PATCH": services.CHANGE, "DELETE": services.CHANGE}
    serializer_class = FloorPlanSerializer
    queryset = FloorPlan.objects.none()
    parser_classes = (Body,)

    @extend_schema(responses=FloorPlanSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """A plan with the cameras and areas on it."""
        return Response(_written(request, pk))

    @extend_schema(request=PlanChange, responses=FloorPlanSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change a plan and what is on it, all at once; 409 when a colleague was first."""
        entered = checked(PlanChange(data=request.data))
        version = entered.pop("version")
        services.change_plan(member_of(request), pk, cast("services.PlanEntry", entered), version=version)
        return Response(_written(request, pk))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Remove a plan with its picture; cameras and zones stay."""
        services.remove_plan(member_of(request), pk)
        return Response(status=204)


class PlanPictureDoor(APIView):
    """A plan's picture."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_CAMERAS, "POST": services.CHANGE}
    parser_classes = (MultiPartParser,)

    @extend_schema(responses={(200, CONTENT_TYPE): OpenApiResponse(OpenApiTypes.BINARY)})
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        """The picture; 304 for who has it. It is asked for anew each time, so a right that was revoked counts at once."""
        plan = get_object_or_404(selectors.plans(member_of(request)), pk=pk)
        tag = f'"{plan.sha256}"'
        known = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
        answer = HttpResponse(status=304) if tag in known else HttpResponse(_read(plan), content_type=CONTENT_TYPE)
        answer["ETag"] = tag
        answer["Cache-Control"] = "private, no-cache"
        answer["Content-Disposition"] = "inline"
        answer["Cross-Origin-Resource-Policy"] = "same-origin"
        return answer

    @extend_schema(request={_FORM: PictureInput}, responses=FloorPlanSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Put another picture under what is placed on the plan; 409 when a colleague was first."""
        entered = checked(PictureInput(data=request.data))
        services.change_picture(member_of(request), pk, entered["picture"], version=entered["version"])
        return Response(_written(request, pk))


def _read(plan: FloorPlan) -> bytes:
    try:
        with plan.picture.open("rb") as stored:
            return bytes(stored.read())
    except OSError as error:
        sentence = _("The plan's picture cannot be read from the storage. Upload it again, or tell the operator.")
        raise Refusal("picture_unavailable", sentence, status=Status.UNAVAILABLE) from error


def _written(request: Request, plan_id: UUID) -> dict[str, Any]:
    return dict(FloorPlanSerializer(get_object_or_404(selectors.plans(member_of(request)), pk=plan_id)).data)
