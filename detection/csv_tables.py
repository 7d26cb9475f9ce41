"""A table as a spreadsheet saves it, read: encoding and separator found out, columns known by their names in every language.

    table = read(b"\\xef\\xbb\\xbfNom;Adresse\\r\\nParvis;rtsp://192.168.1.20/live\\r\\n")
    table.rows[0].cells    # {Column.NAME: "Parvis", Column.ADDRESS: "rtsp://192.168.1.20/live"}

What is read is text and stays text: nothing of it is ever evaluated.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from soc.refusals import Refusal

MOST_ROWS = 2000
_SEPARATORS = ";,\t|"
_HINT = re.compile(r"\Asep=.\r?\n", re.IGNORECASE)  # what Excel writes first to name the separator


class Column(Enum):
    """A column: the field of a camera that it fills, and its name, which is also read in every language."""

    NAME = ("name", _("Name"))
    SITE = ("site", _("Site"))
    SOURCE = ("source", _("Kind of source"))
    ADDRESS = ("address", _("Address"))
    USER_NAME = ("user_name", _("User name"))
    PASSWORD = ("password", _("Password"))
    PLACE = ("place", _("Kind of place"))
    PURPOSE = ("purpose", _("Purpose"))
    LEGAL_BASIS = ("legal_basis", _("Legal basis"))
    AUTHORISATION = ("authorisation", _("Authorisation number"))
    AUTHORISED_UNTIL = ("authorised_until", _("Authorised until"))
    NOTICE = ("notice_displayed", _("Notice displayed"))
    RATE = ("frames_per_second", _("Frames a second"))
    SIZE = ("analysis_size", _("Analysis size"))
    RETENTION = ("retention_days", _("Retention in days"))
    ENABLED = ("enabled", _("Watch"))

    def __init__(self, field: str, title: Promise) -> None:
        self.field = field
        self.title = title


_ALSO: dict[Column, str] = {
    Column.NAME: "camera, camera name, caméra, nom de la caméra, libellé",
    Column.SITE: "lieu-dit, établissement, building, bâtiment",
    Column.SOURCE: "source, type, kind",
    Column.ADDRESS: "url, uri, rtsp, stream, flux, file, fichier",
    Column.USER_NAME: "user, username, login, utilisateur, identifiant",
    Column.PASSWORD: "pass, pwd, mdp",
    Column.PLACE: "place, lieu",
    Column.AUTHORISATION: "authorisation, authorization, autorisation, numéro d'autorisation",
    Column.AUTHORISED_UNTIL: "valid until, expires, échéance, expiration",
    Column.NOTICE: "notice, sign, panneau, affiche",
    Column.RATE: "fps, images par seconde, frames per second",
    Column.SIZE: "size, taille",
    Column.RETENTION: "retention, conservation, days, jours",
    Column.ENABLED: "enabled, on, active, activée",
}
"""Other names under which lists of cameras have these columns."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        line: its first line in the file, as an editor or a spreadsheet numbers it.
        cells: what stands in the known columns; empty cells are left out.
        overflowing: whether it has more cells than the header.
    """

    line: int
    cells: dict[Column, str]
    overflowing: bool


@dataclass(frozen=True, slots=True)
class Table:
    """What was read.

    Attributes:
        encoding: what the bytes were taken for.
        separator: what stands between cells.
        unknown: titles of columns that nobody knows; they are not read.
    """

    encoding: str
    separator: str
    unknown: tuple[str, ...]
    rows: tuple[Row, ...]


def plain(text: str) -> str:
    """Text as titles and words are compared: small letters and digits without accents, single spaces."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return re.sub(r"[^a-z0-9]+", " ", bare.casefold()).strip()


def read(content: bytes) -> Table:
    """Read a table.

    Raises:
        Refusal: it is no table of cameras; the sentence says why.
    """
    encoding, text = _decoded(content)
    text = _HINT.sub("\n", text, count=1)  # an empty line, so that lines keep their numbers
    if "\0" in text:
        raise Refusal("not_text", _("This file is not text. Save the sheet as CSV and choose that file."))
    separator, titles = _header(text)
    columns = [_known_titles().get(plain(title)) for title in titles]
    _must_be_usable(columns)
    unknown = tuple(
        title.strip() for title, column in zip(titles, columns, strict=True) if title.strip() and not column
    )
    return Table(encoding, separator, unknown, tuple(_rows(text, separator, columns)))


def _decoded(content: bytes) -> tuple[str, str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", content.decode("utf-16", errors="replace")
    try:
        return "utf-8", content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What Excel writes in the west of Europe; every byte means something in it, or is replaced.
        return "windows-1252", content.decode("cp1252", errors="replace")


def _header(text: str) -> tuple[str, list[str]]:
    """The separator that makes most known titles of the first line, and the titles."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    known = _known_titles()

    def titles(separator: str) -> list[str]:
        return next(csv.reader([first], delimiter=separator), [])

    separator = max(_SEPARATORS, key=lambda one: sum(plain(title) in known for title in titles(one)))
    return separator, titles(separator)


def _must_be_usable(columns: list[Column | None]) -> None:
    found = [column for column in columns if column is not None]
    for column in (Column.NAME, Column.ADDRESS):
        if column not in found:
            sentence = _("There is no column “%(title)s”. The first line names the columns: see the template.")
            raise Refusal("no_such_column", sentence, params={"title": str(column.title)})
    for column in found:
        if found.count(column) > 1:
            sentence = _("Two columns mean “%(title)s”. Keep one of them.")
            raise Refusal("column_twice", sentence, params={"title": str(column.title)})


def _rows(text: str, separator: str, columns: list[Column | None]) -> Iterator[Row]:
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
            if count > MOST_ROWS:
                sentence = _("The file has more than %(most)d rows. Divide it.")
                raise Refusal("too_many_rows", sentence, params={"most": MOST_ROWS})
            known = {
                # A password may begin or end with a space; nothing else means one.
                column: cell if column is Column.PASSWORD else cell.strip()
                for column, cell in zip(columns, cells, strict=False)
                if column is not None and cell.strip()
            }
            yield Row(began, known, any(cell.strip() for cell in cells[len(columns) :]))
    except csv.Error as error:
        # The library's text may quote a cell; the line says enough.
        sentence = _("Line %(line)d cannot be read: a quotation mark is not closed, or a cell is too long.")
        raise Refusal("unreadable_line", sentence, params={"line": line}) from error


@cache
def _known_titles() -> dict[str, Column]:
    known: dict[str, Column] = {}
    for column in Column:
        names = [column.field, *_ALSO.get(column, "").split(",")]
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                names.append(str(column.title))
        known |= {plain(name): column for name in names if name.strip()}
    return known
