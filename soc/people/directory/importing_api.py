"""The API's doors to the directory as a table: what one would bring, bringing in what was chosen, an empty one, and an export."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from soc import exports
from soc.api import LargeBody, checked
from soc.csv_forms import RowProblem, SheetInput, written_problems
from soc.csv_tables import template
from soc.exports import CSV, JSON_LINES, Download
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people.directory import export, importing, phones, selectors
from soc.people.directory.columns import MOST_ROWS, OFFERED, Column
from soc.people.directory.filters import PersonFilter
from soc.people.directory.importing import Brought, Duplicates, Outcome, RowSeen
from soc.people.directory.models import Person, WayKind
from soc.people.directory.serializers import PersonSerializer
from soc.people.permissions import Rights
from soc.people.requests import member_of
from soc.people.rights import Right


class PeopleTableInput(SheetInput):
    """A table of people."""

    create_groups = serializers.BooleanField(
        default=False, help_text="Whether profiles and lists that do not exist may be added."
    )


class PeopleImportInput(PeopleTableInput):
    """A table, which of its lines are to be brought in, and what becomes of people who are there already."""

    lines = serializers.ListField(
        child=serializers.IntegerField(min_value=1),
        allow_null=True,
        allow_empty=False,
        max_length=MOST_ROWS,
        default=None,
        help_text="Null: all lines without a problem.",
    )
    duplicates = serializers.ChoiceField(
        choices=[one.value for one in Duplicates],
        default=Duplicates.SKIP.value,
        help_text="Of rows whose number or address somebody has: skip them, update that person, or add another one.",
    )


class PersonTwin(serializers.Serializer[Any]):
    """Who has the number or address of a row already."""

    address = serializers.CharField()
    name = serializers.CharField()
    line = serializers.IntegerField(allow_null=True, help_text="The earlier line, where it is one.")
    person = serializers.UUIDField(allow_null=True)


class PeopleRowWay(serializers.Serializer[Any]):
    """A number or address of a row."""

    kind = serializers.ChoiceField(choices=WayKind.choices)
    address = serializers.CharField()
    written = serializers.CharField()


class PeopleRow(serializers.Serializer[Any]):
    """A row as it would be brought in."""

    line = serializers.IntegerField()
    name = serializers.CharField()
    language = serializers.CharField(allow_null=True)
    ways = PeopleRowWay(many=True)
    site = serializers.CharField()
    profiles = serializers.ListField(child=serializers.CharField())
    lists = serializers.ListField(child=serializers.CharField())
    inside = serializers.BooleanField(allow_null=True)
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)
    problems = RowProblem(many=True)
    twins = PersonTwin(many=True)
    new_groups = serializers.ListField(child=serializers.CharField())


class PeoplePreview(serializers.Serializer[Any]):
    """What a table would bring."""

    encoding = serializers.CharField()
    separator = serializers.CharField()
    unknown = serializers.ListField(child=serializers.CharField(), help_text="Columns that are not read.")
    good = serializers.IntegerField(help_text="Rows without a problem.")
    known = serializers.IntegerField(help_text="Of these, rows whose number or address somebody has already.")
    rows = PeopleRow(many=True)


class PeopleBrought(serializers.Serializer[Any]):
    """What became of a row."""

    line = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=[one.value for one in Outcome])
    person = serializers.UUIDField(allow_null=True)
    sentence = serializers.CharField(help_text="Why it was refused; empty otherwise.")


class PeopleImportAnswer(serializers.Serializer[Any]):
    """What became of each chosen row."""

    rows = PeopleBrought(many=True)


class PeoplePreviewDoor(APIView):
    """What a table would bring."""

    rights: ClassVar[Rights] = {"POST": Right.MANAGE_DIRECTORY}
    parser_classes = (LargeBody,)

    @extend_schema(request=PeopleTableInput, responses=PeoplePreview, operation_id="people_import_preview")
    def post(self, request: Request) -> Response:
        """Every row checked. Nothing is saved."""
        entered = checked(PeopleTableInput(data=request.data))
        table, rows = importing.seen(
            member_of(request), entered["content"], create_groups=entered["create_groups"]
        )  # fmt: skip
        good = [row for row in rows if not row.entered.problems]
        # Not through the serializer: of 20,000 rows it would take seconds.
        return Response(
            {
                "encoding": table.encoding,
                "separator": table.separator,
                "unknown": table.unknown,
                "good": len(good),
                "known": sum(bool(row.twins) for row in good),
                "rows": [_row(row) for row in rows],
            }
        )


class PeopleImportDoor(APIView):
    """Bring in what was chosen."""

    rights: ClassVar[Rights] = {"POST": Right.MANAGE_DIRECTORY}
    parser_classes = (LargeBody,)

    @extend_schema(request=PeopleImportInput, responses=PeopleImportAnswer, operation_id="people_import")
    def post(self, request: Request) -> Response:
        """Bring in the people of the chosen lines; a row that is refused stops no other."""
        entered = checked(PeopleImportInput(data=request.data))
        brought = importing.bring_in(
            member_of(request),
            entered["content"],
            None if entered["lines"] is None else frozenset(entered["lines"]),
            create_groups=entered["create_groups"],
            duplicates=Duplicates(entered["duplicates"]),
        )
        return Response({"rows": [_answer(one) for one in brought]})


class PeopleTemplateDoor(APIView):
    """A table to fill in."""

    rights: ClassVar[Rights] = {"GET": Right.MANAGE_DIRECTORY}

    @extend_schema(
        responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.BINARY)}, operation_id="people_import_template"
    )
    def get(self, _request: Request) -> HttpResponse:
        """The columns in the reader's language and one example, as the spreadsheets of that language open it."""
        example = _example()
        titles = [str(column.title) for column in OFFERED]
        content = template(titles, [example[column] for column in OFFERED], translation.get_language() or "en")
        headers = {"Content-Disposition": f'attachment; filename="{_("people")}.csv"'}
        return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


class PeopleExportDoor(generics.GenericAPIView[Person]):
    """What a filter finds, as a file."""

    rights: ClassVar[Rights] = {"GET": Right.MANAGE_DIRECTORY}
    serializer_class = PersonSerializer
    pagination_class = None
    filterset_class = PersonFilter
    queryset = Person.objects.none()

    @override
    def get_queryset(self) -> Any:
        found = selectors.people(member_of(self.request), Right.MANAGE_DIRECTORY)
        return found if "removed" in self.request.query_params else found.filter(removed_at=None)

    @extend_schema(
        parameters=[OpenApiParameter("as", str, enum=[CSV, JSON_LINES])],
        responses={(200, "text/csv"): OpenApiTypes.STR, (200, "application/x-ndjson"): OpenApiTypes.STR},
        operation_id="people_export",
    )
    def get(self, request: Request) -> Download:
        """The people by name: `as=csv` for a spreadsheet, `as=jsonl` for a program. It is journalled."""
        member, kind = member_of(request), exports.wanted(request)
        found = self.filter_queryset(self.get_queryset())
        with transaction.atomic():
            details = {**exports.asked(request, PersonFilter.get_filters()), "count": found.count()}
            looked_for = {"q": details.pop("q")} if "q" in details else None  # the words may name somebody
            record(
                member.organisation_id, Action.DIRECTORY_EXPORTED, actor=member, details=details, personal=looked_for
            )  # fmt: skip
        return export.download(found, member, kind)


def _example() -> dict[Column, str]:
    return {
        Column.NAME: "Camille Martin",
        Column.LANGUAGE: translation.get_language() or "en",
        Column.PHONE: "+33 6 39 98 00 01",
        Column.SECOND_PHONE: "",
        Column.EMAIL: "camille.martin@example.org",
        Column.SITE: _("Main site"),
        Column.PROFILES: _("Staff; First aider"),
        Column.LISTS: _("Crisis cell"),
        Column.INSIDE: _("yes"),
        Column.LATITUDE: "48.8566",
        Column.LONGITUDE: "2.3522",
    }


def _row(row: RowSeen) -> dict[str, Any]:
    entered = row.entered
    return {
        "line": entered.line,
        "name": entered.name,
        "language": entered.language,
        "ways": [
            {
                "kind": way.kind.value,
                "address": way.address,
                "written": phones.written(way.address) if way.kind is WayKind.PHONE else way.address,
            }
            for way in entered.ways
        ],
        "site": row.site.name if row.site else entered.site,
        "profiles": entered.profiles,
        "lists": entered.lists,
        "inside": entered.inside,
        "latitude": entered.latitude,
        "longitude": entered.longitude,
        "problems": written_problems(entered.problems),
        "twins": [
            {"address": one.address, "name": one.name, "line": one.line, "person": one.person} for one in row.twins
        ],
        "new_groups": row.new_groups,
    }


def _answer(one: Brought) -> dict[str, Any]:
    return {
        "line": one.line,
        "outcome": one.outcome.value,
        "person": one.person,
        "sentence": " ".join(one.sentences),
    }
