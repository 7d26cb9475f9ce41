"""Long answers as files, streamed: CSV that a spreadsheet opens without running what somebody wrote, or JSON Lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from typing_extensions import override

from soc.journal.services import Json
from soc.refusals import Refusal

T = TypeVar("T")
_BATCH = 500
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
#: A spreadsheet takes a file for UTF-8 only behind this mark.
_BOM = "\ufeff"
_LINE_ENDS = {code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)}
CSV, JSON_LINES = "csv", "jsonl"
_PAGES = ("as", "cursor", "page_size")
_LONGEST_VALUE = 200
_TYPES = {CSV: "text/csv; charset=utf-8", JSON_LINES: "application/x-ndjson; charset=utf-8"}


class Download(StreamingHttpResponse):
    """A file that is written while it is sent.

    Django collects an ordinary iterator whole before it sends it over ASGI. This one is read part by part in the thread that
    holds the request's database connection.
    """

    def __init__(self, parts: Iterator[str], name: str, kind: str) -> None:
        super().__init__((part.encode() for part in parts), content_type=_TYPES[kind])
        self["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
        self["Cache-Control"] = "no-store"

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        parts = iter(self)

        def following() -> bytes | None:
            return next(parts, None)

        while (part := await sync_to_async(following)()) is not None:
            yield part


def wanted(request: Request) -> str:
    """In which form an export was asked for.

    Raises:
        Refusal: in one that there is not.
    """
    kind = request.query_params.get("as", CSV)
    if kind not in (CSV, JSON_LINES):
        raise Refusal("no_such_format", _("It can be exported as csv or jsonl."))
    return kind


def asked(request: Request, filters: Iterable[str]) -> dict[str, Json]:
    """What was asked for, for the journal and the file's head: these filters, and which page. What else was sent is left out.

    Args:
        request: the question.
        filters: names of the list's filters. Who has one for free text keeps that apart: it may name somebody.
    """
    known = {*filters, *_PAGES}
    return {
        name: ", ".join(values).replace("\0", "")[:_LONGEST_VALUE]
        for name, values in sorted(request.query_params.lists())
        if name in known
    }


def safe_cell(value: object) -> str:
    """The value as a spreadsheet shows it and never runs it: what could be a formula stands behind an apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_parts(
    titles: Callable[[], list[str]], rows: Iterable[T], cells: Callable[[T], list[object]], language: str
) -> Iterator[str]:
    """A CSV file in parts, with the separator that spreadsheets of this language expect."""
    separator = "," if language == "en" else ";"

    def lines(of: Iterable[list[object]]) -> str:
        text = io.StringIO()
        csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows([map(safe_cell, row) for row in of])
        return text.getvalue()

    with translation.override(language):
        head = lines([list(titles())])
    yield _BOM + head
    for batch in _batches(rows):
        # Not around the yield: the language is the thread's, and between two parts the thread serves others.
        with translation.override(language):
            part = lines([cells(row) for row in batch])
        yield part


def json_parts(rows: Iterable[T], written: Callable[[T], dict[str, Any]]) -> Iterator[str]:
    """A JSON Lines file in parts: one object a line, no matter what stands in it."""
    for batch in _batches(rows):
        yield "".join(json_line(written(row)) for row in batch)


def json_line(value: dict[str, Any]) -> str:
    """One object on one line, also for readers who take Unicode's own line ends for such."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.translate(_LINE_ENDS) + "\n"


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    left = iter(rows)
    while batch := list(islice(left, _BATCH)):
        yield batch
