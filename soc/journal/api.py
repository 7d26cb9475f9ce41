"""The API's doors to the journal. Reading it is journalled."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from typing_extensions import override

from soc.api import Newest
from soc.journal import selectors
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.journal.serializers import EntrySerializer, VerificationSerializer
from soc.journal.services import Json, record
from soc.journal.verification import verify
from soc.people.api import member_of
from soc.people.permissions import Rights
from soc.people.rights import Right
from soc.people.scope import EVERYWHERE, reach
from soc.refusals import Refusal, Status


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
        names = selectors.names(member.organisation_id, (entry.actor_id for entry in page))
        with transaction.atomic():
            record(member.organisation_id, Action.JOURNAL_READ, actor=member, details=_asked(request))
        context = {**self.get_serializer_context(), "names": names}
        return self.get_paginated_response(EntrySerializer(page, many=True, context=context).data)


class VerificationDoor(APIView):
    """Whether the journal holds: the chain, every entry, and the exported heads."""

    rights: ClassVar[Rights] = {"GET": Right.SEE_JOURNAL}

    @extend_schema(responses=VerificationSerializer)
    def get(self, request: Request) -> Response:
        """Verify the organisation's whole journal."""
        member = member_of(request)
        if reach(member, Right.SEE_JOURNAL) is not EVERYWHERE:
            raise Refusal(
                "whole_organisation",
                _("The chain is the whole organisation's. Ask an auditor of all sites to verify it."),
                status=Status.FORBIDDEN,
            )
        found = verify(member.organisation_id)
        with transaction.atomic():
            record(member.organisation_id, Action.JOURNAL_VERIFIED, actor=member, details={"holds": found.holds})
        return Response(VerificationSerializer(found).data)


def _asked(request: Request) -> dict[str, Json]:
    """Which page of what was read."""
    return {name: ", ".join(values) for name, values in sorted(request.query_params.lists())}
