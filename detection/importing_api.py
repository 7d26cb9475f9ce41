"""The API's doors to importing cameras from a table: what it would add, adding what was chosen, an empty table to fill in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from detection import importing
from detection.csv_tables import Column
from detection.importing import RowSeen, Twin
from detection.models import PlaceKind, SourceKind
from detection.serializers import MissingFact
from soc.api import checked
from soc.csv_forms import RowProblem, SheetInput, written_problems
from soc.csv_tables import template
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right


class TableInput(SheetInput):
    """A table of cameras."""

    create_sites = serializers.BooleanField(default=False, help_text="Whether sites that do not exist may be added.")


class ImportInput(TableInput):
    """A table, and which of its lines are to be added."""

    lines = serializers.ListField(child=serializers.IntegerField(min_value=1), allow_empty=False, max_length=2000)


class RowTwin(serializers.Serializer[Any]):
    """A camera, or an earlier row, that is like this one."""

    like = serializers.ChoiceField(choices=[twin.value for twin in Twin])
    camera = serializers.CharField(help_text="Its name.")


class ImportRow(serializers.Serializer[Any]):
    """A row as it would be added. What it holds of credentials is never in it."""

    line = serializers.IntegerField()
    name = serializers.CharField()
    site = serializers.CharField()
    site_is_new = serializers.BooleanField()
    kind = serializers.CharField()
    address = serializers.CharField()
    has_credentials = serializers.BooleanField()
    problems = RowProblem(many=True)
    twin = RowTwin(allow_null=True)
    missing = MissingFact(many=True, help_text="What the law will ask for before it is watched.")


class ImportPreview(serializers.Serializer[Any]):
    """What a table would add."""

    encoding = serializers.CharField()
    separator = serializers.CharField()
    unknown = serializers.ListField(child=serializers.CharField(), help_text="Columns that are not read.")
    rows = ImportRow(many=True)


class ImportedRow(serializers.Serializer[Any]):
    """What became of a row."""

    line = serializers.IntegerField()
    camera = serializers.UUIDField(allow_null=True)
    sentence = serializers.CharField(help_text="Why it was not added; empty when it was.")


class ImportAnswer(serializers.Serializer[Any]):
    """What became of each chosen row."""

    rows = ImportedRow(many=True)


class PreviewDoor(APIView):
    """What a table would add."""

    rights: ClassVar[Rights] = {"POST": Right.MANAGE_CAMERAS}

    @extend_schema(request=TableInput, responses=ImportPreview, operation_id="cameras_import_preview_create")
    def post(self, request: Request) -> Response:
        """Every row checked. Nothing is saved."""
        entered = checked(TableInput(data=request.data))
        table, rows = importing.seen(member_of(request), entered["content"], create_sites=entered["create_sites"])
        body = {
            "encoding": table.encoding,
            "separator": table.separator,
            "unknown": table.unknown,
            "rows": [_written(row) for row in rows],
        }
        return Response(ImportPreview(body).data)


class ImportDoor(APIView):
    """Add what was chosen."""

    rights: ClassVar[Rights] = {"POST": Right.MANAGE_CAMERAS}

    @extend_schema(request=ImportInput, responses=ImportAnswer, operation_id="cameras_import_create")
    def post(self, request: Request) -> Response:
        """Add the cameras of the chosen lines, one transaction each; a row that is refused stops no other."""
        entered = checked(ImportInput(data=request.data))
        lines = frozenset(entered["lines"])
        brought = importing.bring_in(
            member_of(request), entered["content"], lines, create_sites=entered["create_sites"]
        )
        rows = [
            {"line": one.line, "camera": one.camera.pk if one.camera else None, "sentence": " ".join(one.sentences)}
            for one in brought
        ]
        return Response(ImportAnswer({"rows": rows}).data)


class TemplateDoor(APIView):
    """A table to fill in."""

    rights: ClassVar[Rights] = {"GET": Right.MANAGE_CAMERAS}

    @extend_schema(
        responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.BINARY)}, operation_id="cameras_import_template"
    )
    def get(self, _request: Request) -> HttpResponse:
        """The columns in the reader's language and one example, as the spreadsheets of that language open it."""
        titles = [str(column.title) for column in Column]
        content = template(titles, [_example()[column] for column in Column], translation.get_language() or "en")
        headers = {"Content-Disposition": f'attachment; filename="{_("cameras")}.csv"'}
        return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


def _example() -> dict[Column, str]:
    return {
        Column.NAME: _("Forecourt"),
        Column.SITE: _("Main site"),
        Column.SOURCE: SourceKind.RTSP.value,
        Column.ADDRESS: "rtsp://192.168.1.20/stream1",
        Column.USER_NAME: "",
        Column.PASSWORD: "",
        Column.PLACE: str(PlaceKind.WORKPLACE.label),
        Column.PURPOSE: _("Safety of people and goods"),
        Column.LEGAL_BASIS: _("Legitimate interest"),
        Column.AUTHORISATION: "",
        Column.AUTHORISED_UNTIL: "",
        Column.NOTICE: _("yes"),
        Column.RATE: "5",
        Column.SIZE: "640",
        Column.RETENTION: "30",
        Column.ENABLED: _("yes"),
    }


def _written(row: RowSeen) -> dict[str, Any]:
    return {
        "line": row.line,
        "name": row.fields.get("name", ""),
        "site": row.site_name,
        "site_is_new": row.site is None and bool(row.site_name),
        "kind": row.fields.get("source", ""),
        "address": row.shown_address,
        "has_credentials": bool(row.fields.get("user_name") or row.fields.get("password")),
        "problems": written_problems(row.problems),
        "twin": {"like": row.twin[0].value, "camera": row.twin[1]} if row.twin else None,
        "missing": [{"field": one.field.value, "sentence": str(one.sentence)} for one in row.missing],
    }
