"""The API's doors to what is drawn on a camera's picture: zones and lines."""

from __future__ import annotations

from typing import Any, ClassVar, Generic
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from typing_extensions import override

from detection import drawing, selectors
from detection.drawing import LINES, ZONES, Entry, Kind, LineEntry, Row, ZoneEntry
from detection.models import Line, Zone
from detection.serializers import LineInput, LineSerializer, ZoneInput, ZoneSerializer
from soc.api import checked
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right


class _Drawn(generics.GenericAPIView[Row], Generic[Row, Entry]):
    """What the doors to both kinds share."""

    rights: ClassVar[Rights] = {
        "GET": Right.SEE_CAMERAS,
        "POST": Right.MANAGE_CAMERAS,
        "PATCH": Right.MANAGE_CAMERAS,
        "DELETE": Right.MANAGE_CAMERAS,
    }
    kind: Kind[Row, Entry]
    form: type[Serializer[Any]]

    def written(self, row: Row, status: int = 200) -> Response:
        """The row as it is told."""
        return Response(self.get_serializer(row).data, status=status)


class _DrawnList(_Drawn[Row, Entry], generics.ListAPIView[Row]):
    @override
    def get_queryset(self) -> Any:
        member = member_of(self.request)
        camera = get_object_or_404(selectors.cameras(member), pk=self.kwargs["camera"])
        return self.kind.of(member, camera.pk)

    def post(self, request: Request, camera: UUID) -> Response:
        entered: Any = checked(self.form(data=request.data))
        return self.written(drawing.draw(self.kind, member_of(request), camera, entered), status=201)


class _DrawnDetail(_Drawn[Row, Entry]):
    def get(self, request: Request, camera: UUID, pk: UUID) -> Response:
        return self.written(get_object_or_404(self.kind.of(member_of(request), camera), pk=pk))

    def patch(self, request: Request, camera: UUID, pk: UUID) -> Response:
        entered: Any = checked(self.form(data=request.data, partial=True))
        return self.written(drawing.redraw(self.kind, member_of(request), camera, pk, entered))

    def delete(self, request: Request, camera: UUID, pk: UUID) -> Response:
        drawing.erase(self.kind, member_of(request), camera, pk)
        return Response(status=204)


@extend_schema_view(post=extend_schema(request=ZoneInput, responses={201: ZoneSerializer}, description="Draw a zone."))
class ZoneList(_DrawnList[Zone, ZoneEntry]):
    """A camera's zones."""

    kind, form = ZONES, ZoneInput
    serializer_class = ZoneSerializer
    queryset = Zone.objects.none()


@extend_schema_view(
    get=extend_schema(responses=ZoneSerializer, description="A zone."),
    patch=extend_schema(request=ZoneInput, responses=ZoneSerializer, description="Change a zone."),
    delete=extend_schema(request=None, responses={204: None}, description="Remove a zone that no rule uses."),
)
class ZoneDetail(_DrawnDetail[Zone, ZoneEntry]):
    """One zone of a camera."""

    kind, form = ZONES, ZoneInput
    serializer_class = ZoneSerializer
    queryset = Zone.objects.none()


@extend_schema_view(post=extend_schema(request=LineInput, responses={201: LineSerializer}, description="Draw a line."))
class LineList(_DrawnList[Line, LineEntry]):
    """A camera's lines."""

    kind, form = LINES, LineInput
    serializer_class = LineSerializer
    queryset = Line.objects.none()


@extend_schema_view(
    get=extend_schema(responses=LineSerializer, description="A line."),
    patch=extend_schema(request=LineInput, responses=LineSerializer, description="Change a line."),
    delete=extend_schema(request=None, responses={204: None}, description="Remove a line that no rule uses."),
)
class LineDetail(_DrawnDetail[Line, LineEntry]):
    """One line of a camera."""

    kind, form = LINES, LineInput
    serializer_class = LineSerializer
    queryset = Line.objects.none()
