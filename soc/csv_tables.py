"""A table as a spreadsheet saves it, read: encoding and separator found out, columns known by their names in every language.

    columns = Columns(tuple(Column), needed=(Column.NAME,), also={Column.NAME: "nom"})
    table = read(b"\\xef\\xbb\\xbfNom;Adresse\\r\\nParvis;rtsp://192.168.1.20/live\\r\\n", columns)
    table.rows[0].cells    # {Column.NAME: "Parvis", Column.ADDRESS: "rtsp://192.168.1.20/live"}

What is read is text and stays text: nothing of it is ever evaluated. No more is read than the rows that are accepted.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, Protocol, TypeVar

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from soc.refusals import Refusal

_SEPARATORS = ";,\t|"
_HINT = re.compile(r"\Asep=.\r?\n", re.IGNORECASE)  # what Excel writes first to name the separator
_FIRST_LINE = re.compile(r"^.*\S.*$", re.MULTILINE)
_LOOKED_AT = 4096


class Column(Protocol):
    """A column: the field that it fills, and its name, which is also read in every language. Made as an enumeration."""

    @property
    def field(self) -> str:
        """The name of the field."""

    @property
    def title(self) -> Promise:
        """What people call it."""

    def __hash__(self) -> int:
        """Cells are kept by their columns."""


C = TypeVar("C", bound=Column)


@dataclass(frozen=True)
class Columns(Generic[C]):
    """The columns that a kind of table has.

    Attributes:
        all: every one of them, in the order of the template.
        needed: those without which it is no such table.
        also: other names under which lists have these columns, with commas between them.
        untrimmed: those in which a space at the begin or end means something.
        most_rows: how many rows are read at most.
    """

    all: tuple[C, ...]
    needed: tuple[C, ...]
    also: Mapping[C, str] = field(default_factory=dict)
    untrimmed: frozenset[C] = frozenset()
    most_rows: int = 2000

    @cached_property
    def known_titles(self) -> dict[str, C]:
        """Every name under which a column is known, as `plain` writes it."""
        known: dict[str, C] = {}
        for column in self.all:
            names = [column.field, *self.also.get(column, "").split(",")]
            for language, _name in settings.LANGUAGES:
                with translation.override(language):
                    names.append(str(column.title))
            known |= {plain(name): column for name in names if name.strip()}
        return known


@dataclass(frozen=True, slots=True)
class Row(Generic[C]):
    """One row.

    Attributes:
        line: its first line in the file, as an editor or a spreadsheet numbers it.
        cells: what stands in the known columns; empty cells are left out.
        overflowing: whether it has more cells than the header.
    """

    line: int
    cells: dict[C, str]
    overflowing: bool


@dataclass(frozen=True, slots=True)
class Table(Generic[C]):
    """What was read.

    Attributes:
        encoding: what the bytes were taken for.
        separator: what stands between cells.
        unknown: titles of columns that nobody knows; they are not read.
    """

    encoding: str
    separator: str
    unknown: tuple[str, ...]
    rows: tuple[Row[C], ...]


def plain(text: str) -> str:
    """Text as titles and words are compared: small letters and digits without accents, single spaces."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return re.sub(r"[^a-z0-9]+", " ", bare.casefold()).strip()


def read(content: bytes, columns: Columns[C]) -> Table[C]:
    """Read a table.

    Raises:
        Refusal: it is no table of this kind; the sentence says why.
    """
    encoding, text = _decoded(content)
    text = _HINT.sub("\n", text, count=1)  # an empty line, so that lines keep their numbers
    if "\0" in text:
        raise Refusal("not_text", _("This file is not text. Save the sheet as CSV and choose that file."))
    separator, titles = _header(text, columns)
    found = [columns.known_titles.get(plain(title)) for title in titles]
    _must_be_usable(found, columns)
    unknown = tuple(title.strip() for title, column in zip(titles, found, strict=True) if title.strip() and not column)
    return Table(encoding, separator, unknown, tuple(_rows(text, separator, found, columns)))


def template(titles: Iterable[str], example: Iterable[str], language: str) -> bytes:
    """A table to fill in, as the spreadsheets of this language open it: the titles and one example."""
    # Where a comma separates decimals, a spreadsheet separates cells with a semicolon.
    separator = "," if language.startswith("en") else ";"
    sheet = io.StringIO()
    csv.writer(sheet, delimiter=separator, lineterminator="\r\n").writerows([list(titles), list(example)])
    return b"\xef\xbb\xbf" + sheet.getvalue().encode()


def _decoded(content: bytes) -> tuple[str, str]:
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16", content.decode("utf-16")
        if half := _half_empty(content):
            return "utf-16", content.decode(half)
        try:
            return "utf-8", content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return "windows-1252", content.decode("cp1252")  # what Excel writes in the west of Europe
    except UnicodeDecodeError as error:
        sentence = _("The letters of this file cannot be read. Save the sheet as “CSV UTF-8” and choose that file.")
        raise Refusal("unknown_encoding", sentence) from error


def _half_empty(content: bytes) -> str:
    """Which UTF-16 it is that says so nowhere: of western text every other byte is empty. None: empty."""
    begin = content[:_LOOKED_AT]
    even, odd = begin[::2], begin[1::2]
    if odd.count(0) > len(odd) * 0.7 and not even.count(0):
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > len(even) * 0.7 and not odd.count(0) else ""


def _header(text: str, columns: Columns[C]) -> tuple[str, list[str]]:
    """The separator that makes most known titles of the first line, and the titles."""
    line = _FIRST_LINE.search(text)
    first = line.group().rstrip("\r") if line else ""
    known = columns.known_titles

    def titles(separator: str) -> list[str]:
        try:
            return next(csv.reader([first], delimiter=separator), [])
        except csv.Error as error:
            raise _unreadable(1) from error

    separator = max(_SEPARATORS, key=lambda one: sum(plain(title) in known for title in titles(one)))
    return separator, titles(separator)


def _must_be_usable(found: list[C | None], columns: Columns[C]) -> None:
    for column in columns.needed:
        if column not in found:
            sentence = _("There is no column “%(title)s”. The first line names the columns: see the template.")
            raise Refusal("no_such_column", sentence, params={"title": str(column.title)})
    for one in found:
        if one is not None and found.count(one) > 1:
            sentence = _("Two columns mean “%(title)s”. Keep one of them.")
            raise Refusal("column_twice", sentence, params={"title": str(one.title)})


def _rows(text: str, separator: str, found: list[C | None], columns: Columns[C]) -> Iterator[Row[C]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    line, header, count = 1, True, 0
    try:
        for cells in reader:
            began, line = line, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if header:
                header = False
                continue
            count += 1
            if count > columns.most_rows:
                sentence = _("The file has more than %(most)d rows. Divide it.")
                raise Refusal("too_many_rows", sentence, params={"most": columns.most_rows})
            known = {
                column: cell if column in columns.untrimmed else cell.strip()
                for column, cell in zip(found, cells, strict=False)
                if column is not None and cell.strip()
            }
            yield Row(began, known, any(cell.strip() for cell in cells[len(found) :]))
    except csv.Error as error:
        raise _unreadable(line) from error


def _unreadable(line: int) -> Refusal:
    # The library's text may quote a cell; the line says enough.
    sentence = _("Line %(line)d cannot be read: a quotation mark is not closed, or a cell is too long.")
    return Refusal("unreadable_line", sentence, params={"line": line})
