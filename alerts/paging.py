"""Pages of alerts by key, in the order that is asked for: an alert that comes or goes meanwhile shifts no page."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView
from typing_extensions import override

from alerts.models import Alert
from soc.refusals import Refusal

_USUAL, _MOST = 50, 200
_UNKNOWN_CURSOR = _("This page of the list does not exist. Load the list again.")


class AlertPages(BasePagination):
    """`?order=newest` (as is usual), or `urgency`: what nobody has taken by severity, what is in hand, what is closed."""

    @override
    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        return self._page(queryset, request)

    def _page(self, queryset: QuerySet[Alert], request: Request) -> list[Alert]:
        self._address = request.build_absolute_uri()
        by_urgency = request.query_params.get("order") == "urgency"
        queryset = queryset.order_by(*(["-urgency"] if by_urgency else []), "-captured_at", "-id")
        if cursor := request.query_params.get("cursor"):
            queryset = queryset.filter(_after(cursor, by_urgency))
        size = _size(request.query_params.get("page_size", ""))
        found = list(queryset[: size + 1])
        self._next = _cursor(found[size - 1]) if len(found) > size else None
        return found[:size]

    @override
    def get_paginated_response(self, data: Any) -> Response:
        following = None if self._next is None else replace_query_param(self._address, "cursor", self._next)
        return Response({"next": following, "previous": None, "results": data})

    @override
    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results"],
            "properties": {
                "next": {"type": ["string", "null"], "format": "uri"},
                "previous": {"type": ["string", "null"], "format": "uri"},
                "results": schema,
            },
        }

    @override
    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}},
            {"name": "page_size", "in": "query", "required": False, "schema": {"type": "integer", "maximum": _MOST}},
            {
                "name": "order",
                "in": "query",
                "required": False,
                "schema": {"type": "string", "enum": ["newest", "urgency"], "default": "newest"},
            },
        ]


def _size(asked: str) -> int:
    return min(max(int(asked), 1), _MOST) if asked.isdecimal() else _USUAL


def _cursor(last: Alert) -> str:
    key = [last.urgency, last.captured_at.isoformat(), str(last.pk)]
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def _after(cursor: str, by_urgency: bool) -> Q:
    try:
        urgency, captured_at, pk = json.loads(base64.urlsafe_b64decode(cursor))
        at, last, urgency = dt.datetime.fromisoformat(captured_at), UUID(pk), int(urgency)
    except (binascii.Error, ValueError, TypeError, AttributeError) as error:
        raise Refusal("unknown_cursor", _UNKNOWN_CURSOR, fields={"cursor": _UNKNOWN_CURSOR}) from error
    older = Q(captured_at__lt=at) | Q(captured_at=at, pk__lt=last)
    # The first part is what the index can be entered with.
    return Q(urgency__lte=urgency) & (Q(urgency__lt=urgency) | older) if by_urgency else Q(captured_at__lte=at) & older
