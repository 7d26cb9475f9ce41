"""The API's doors to the logbook."""

from __future__ import annotations

from typing import Any, ClassVar, cast
from uuid import UUID

from django.db import transaction
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from alerts.logbook import categories, export, selectors, services, words
from alerts.logbook.filters import EntryFilter
from alerts.logbook.models import LogbookEntry
from alerts.logbook.serializers import (
    CategoryChange,
    CategoryInput,
    CategorySerializer,
    LogbookEntrySerializer,
    LogbookInput,
    LogbookPolicySerializer,
)
from soc import exports
from soc.api import Newest, checked
from soc.exports import CSV, JSON_LINES, Download
from soc.journal.actions import Action
from soc.journal.services import record
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right


class NewestEntries(Newest):
    """Pages of the logbook, what happened last first."""

    ordering = ("-happened_at", "-year", "-number")


class EntryList(generics.ListAPIView[LogbookEntry]):
    """The logbook; write in it."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_LOGBOOK, "POST": Right.WRITE_LOGBOOK}
    serializer_class = LogbookEntrySerializer
    pagination_class = NewestEntries
    filterset_class = EntryFilter
    queryset = LogbookEntry.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.entries(member_of(self.request))

    @extend_schema(request=LogbookInput, responses={201: LogbookEntrySerializer})
    def post(self, request: Request) -> Response:
        """Write an entry, or a correction or addition to one."""
        member = member_of(request)
        entry = services.write(member, services.Draft(**checked(LogbookInput(data=request.data))))
        return Response(LogbookEntrySerializer(selectors.entries(member).get(pk=entry.pk)).data, status=201)


class EntryDoor(generics.RetrieveAPIView[LogbookEntry]):
    """One entry."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_LOGBOOK}
    serializer_class = LogbookEntrySerializer
    queryset = LogbookEntry.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.entries(member_of(self.request))


class CategoryList(APIView):
    """What entries may be about; add to it."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_LOGBOOK, "POST": Right.MANAGE_SITES}

    @extend_schema(responses=CategorySerializer(many=True), operation_id="logbook_categories")
    def get(self, request: Request) -> Response:
        """The organisation's categories, in their order."""
        return Response(CategorySerializer(categories.of(member_of(request).organisation_id), many=True).data)

    @extend_schema(request=CategoryInput, responses={201: CategorySerializer})
    def post(self, request: Request) -> Response:
        """Add a category; it goes last."""
        names = checked(CategoryInput(data=request.data))["names"]
        return Response(CategorySerializer(categories.add(member_of(request), names)).data, status=201)


class CategoryDoor(APIView):
    """One category."""

    rights: ClassVar[Rights] = {"PATCH": Right.MANAGE_SITES}

    @extend_schema(request=CategoryChange, responses=CategorySerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Rename it, move it, offer it or not; 409 when a colleague was first."""
        entered = checked(CategoryChange(data=request.data))
        version = entered.pop("version")
        change = cast("categories.CategoryEntry", entered)
        return Response(CategorySerializer(categories.change(member_of(request), pk, change, version=version)).data)


class PolicyDoor(APIView):
    """For how long the logbook keeps what was written."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_LOGBOOK, "PATCH": Right.MANAGE_SITES}

    @extend_schema(responses=LogbookPolicySerializer)
    def get(self, request: Request) -> Response:
        """The months after which texts are erased."""
        return Response({"months": words.months(member_of(request).organisation)})

    @extend_schema(request=LogbookPolicySerializer, responses=LogbookPolicySerializer)
    def patch(self, request: Request) -> Response:
        """Change them."""
        entered = checked(LogbookPolicySerializer(data=request.data))
        return Response({"months": services.keep_for(member_of(request), entered["months"])})


class ExportDoor(generics.GenericAPIView[LogbookEntry]):
    """What a filter finds, as a file."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_LOGBOOK}
    serializer_class = LogbookEntrySerializer
    pagination_class = None
    filterset_class = EntryFilter
    queryset = LogbookEntry.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.entries(member_of(self.request))

    @extend_schema(
        parameters=[OpenApiParameter("as", str, enum=[CSV, JSON_LINES])],
        responses={(200, "text/csv"): OpenApiTypes.STR, (200, "application/x-ndjson"): OpenApiTypes.STR},
        operation_id="logbook_export",
    )
    def get(self, request: Request) -> Download:
        """The entries, oldest first: `as=csv` for a spreadsheet, `as=jsonl` for a program. It is journalled."""
        member, kind = member_of(request), exports.wanted(request)
        entries = self.filter_queryset(self.get_queryset())
        with transaction.atomic():
            details = {**exports.asked(request, EntryFilter.get_filters()), "count": entries.count()}
            looked_for = {"q": details.pop("q")} if "q" in details else None  # the words may name somebody
            record(member.organisation_id, Action.LOGBOOK_EXPORTED, actor=member, details=details, personal=looked_for)
        return export.download(entries, member, kind)
