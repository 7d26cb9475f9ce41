"""What all API doors share: pages, and how a refusal is written.

Every error body is ``{"code": …, "message": …, "fields": {…}}``, the message in the reader's language.
"""

from __future__ import annotations

import io
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.pagination import CursorPagination, PageNumberPagination
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from typing_extensions import override

from soc.refusals import Refusal


class Pages(PageNumberPagination):
    """Pages of a list: `?page=`, `?page_size=` up to 200."""

    page_size_query_param = "page_size"
    max_page_size = 200


class Newest(CursorPagination):
    """Pages of a list that grows while it is read, newest first."""

    page_size_query_param = "page_size"
    max_page_size = 200
    ordering: str | tuple[str, ...] = "-captured_at"


class Body(JSONParser):
    """JSON, refused like any other that cannot be read when it is nested deeper than Python goes."""

    @override
    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise exceptions.ParseError() from error


class LargeBody(BaseParser):
    """JSON of any size that `soc.body_limit` lets through: for addresses of `LARGER_BODIES` that take JSON."""

    media_type = "application/json"

    @override
    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        # DRF would ask Django for the body of what is a JSONParser, and Django knows one limit only.
        return Body().parse(io.BytesIO(stream.read()), media_type, parser_context)


def checked(form: Serializer[Any]) -> dict[str, Any]:
    """What was entered in a form, when all of it is valid.

    Raises:
        rest_framework.exceptions.ValidationError: it is not; `refusal` writes which fields and why.
    """
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def refusal(error: Exception, _context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: one shape for every error; what is not foreseen stays a 500 without a traceback."""
    if isinstance(error, Refusal):
        answer = _answer(error.status.value, error.code, error.sentence(), error.field_sentences())
        if error.retry_after_s is not None:
            answer["Retry-After"] = str(error.retry_after_s)
        return answer
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.ValidationError):
        return _answer(400, "invalid", _("Some of what was entered is not valid."), _flat(error.detail))
    if isinstance(error, exceptions.APIException):
        response = _answer(error.status_code, str(error.default_code), str(error.detail), {})
        if wait := getattr(error, "wait", None):
            response["Retry-After"] = str(int(wait) + 1)
        if auth := getattr(error, "auth_header", None):
            response["WWW-Authenticate"] = auth
        return response
    return None


def _answer(status: int, code: str, message: str, fields: dict[str, str]) -> Response:
    return Response({"code": code, "message": message, "fields": fields}, status=status)


def _flat(detail: Any, prefix: str = "") -> dict[str, str]:
    if isinstance(detail, dict):
        flat: dict[str, str] = {}
        for key, value in detail.items():
            flat |= _flat(value, f"{prefix}.{key}" if prefix else str(key))
        return flat
    if isinstance(detail, list) and detail and isinstance(detail[0], (dict, list)):
        flat = {}
        for index, value in enumerate(detail):
            flat |= _flat(value, f"{prefix}.{index}" if prefix else str(index))
        return flat
    text = " ".join(str(part) for part in detail) if isinstance(detail, list) else str(detail)
    return {prefix or "non_field_errors": text}
