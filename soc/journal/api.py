"""The API's doors to the journal. Reading it is journalled."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db import transaction
from django.db.models import Max
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from soc import exports
from soc.api import Newest
from soc.exports import CSV, JSON_LINES, Download
from soc.journal import export, selectors, verifying, words
from soc.journal.actions import Action
from soc.journal.models import Entry, VerificationRun
from soc.journal.serializers import (
    EntryDetailSerializer,
    EntrySerializer,
    JournalActionSerializer,
    VerificationRunSerializer,
)
from soc.journal.services import record
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right


class EntryFilter(django_filters.FilterSet):
    """Which entries are asked for."""

    action = django_filters.MultipleChoiceFilter(choices=Action.choices)
    actor = django_filters.UUIDFilter(field_name="actor_id")
    subject = django_filters.CharFilter(field_name="subject_id")
    subject_kind = django_filters.CharFilter()
    site = django_filters.UUIDFilter(field_name="site_id")
    since = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte")
    until = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt")

    class Meta:
        model = Entry
        fields: ClassVar[list[str]] = []


class NewestEntries(Newest):
    """Pages of the journal, newest first."""

    ordering = "-id"


class EntryList(generics.GenericAPIView[Entry]):
    """The journal, newest entries first."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_JOURNAL}
    serializer_class = EntrySerializer
    pagination_class: type[CursorPagination] = NewestEntries
    filterset_class = EntryFilter
    queryset = Entry.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.entries(member_of(self.request))

    @extend_schema(responses=EntrySerializer(many=True))
    def get(self, request: Request) -> Response:
        """A page of entries."""
        member = member_of(request)
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        with transaction.atomic():
            asked = exports.asked(request, EntryFilter.get_filters())
            record(member.organisation_id, Action.JOURNAL_READ, actor=member, details=asked)
        context = {**self.get_serializer_context(), "names": words.names_in(member.organisation, page)}
        return self.get_paginated_response(EntrySerializer(page, many=True, context=context).data)


class EntryDoor(APIView):
    """One entry, with what changed and the seal that holds it."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_JOURNAL}

    @extend_schema(responses=EntryDetailSerializer, operation_id="journal_entry")
    def get(self, request: Request, pk: int) -> Response:
        """The entry. Reading it is journalled."""
        member = member_of(request)
        entry = get_object_or_404(selectors.entries(member), pk=pk)
        with transaction.atomic():
            record(member.organisation_id, Action.JOURNAL_READ, actor=member, details={"entry": pk})
        context = {"names": words.names_in(member.organisation, [entry])}
        return Response(EntryDetailSerializer(entry, context=context).data)


class ActionList(APIView):
    """What the journal may be filtered by."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_JOURNAL}

    @extend_schema(responses=JournalActionSerializer(many=True), operation_id="journal_actions")
    def get(self, _request: Request) -> Response:
        """Every action, in the reader's language."""
        listed = [{"key": key, "text": label} for key, label in Action.choices]
        return Response(JournalActionSerializer(listed, many=True).data)


class VerificationList(generics.ListAPIView[VerificationRun]):
    """Verifications of the whole journal: the chain, every entry, and the exported heads."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_JOURNAL, "POST": Right.SEE_JOURNAL}
    serializer_class = VerificationRunSerializer
    queryset = VerificationRun.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.verifications(member_of(self.request))

    @extend_schema(request=None, responses={202: VerificationRunSerializer})
    def post(self, request: Request) -> Response:
        """Ask for one; the one under way, when there is one. A responder runs it: read it again until it is finished."""
        return Response(VerificationRunSerializer(verifying.ask(member_of(request))).data, status=202)


class VerificationDoor(generics.RetrieveAPIView[VerificationRun]):
    """One verification."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_JOURNAL}
    serializer_class = VerificationRunSerializer
    queryset = VerificationRun.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.verifications(member_of(self.request))


class ExportDoor(generics.GenericAPIView[Entry]):
    """What a filter finds, as a file."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_JOURNAL}
    serializer_class = EntrySerializer
    pagination_class = None
    filterset_class = EntryFilter
    queryset = Entry.objects.none()

    @override
    def get_queryset(self) -> Any:
        return selectors.entries(member_of(self.request))

    @extend_schema(
        parameters=[OpenApiParameter("as", str, enum=[CSV, JSON_LINES])],
        responses={(200, "text/csv"): OpenApiTypes.STR, (200, "application/x-ndjson"): OpenApiTypes.STR},
        operation_id="journal_export",
    )
    def get(self, request: Request) -> Download:
        """The entries, oldest first: `as=csv` for a spreadsheet, `as=jsonl` with the seals. It is journalled."""
        member, kind = member_of(request), exports.wanted(request)
        entries = self.filter_queryset(self.get_queryset())
        # What is written from now on, this export included, is no part of it.
        entries = entries.filter(pk__lte=entries.aggregate(last=Max("pk"))["last"] or 0)
        asked = exports.asked(request, EntryFilter.get_filters())
        with transaction.atomic():
            details = {**asked, "count": entries.count()}
            record(member.organisation_id, Action.JOURNAL_EXPORTED, actor=member, details=details)
        return export.download(entries, member, kind, dict(asked))
