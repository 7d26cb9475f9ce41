"""One row of a table of cameras as a form would send it: words of several languages, numbers and dates as people write them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from detection.csv_tables import Column, Row, plain
from detection.models import PlaceKind, SourceKind
from soc.csv_cells import NEITHER_YES_NOR_NO, TOO_MANY_CELLS, Problem, text_problem, yes_or_no

_PLACES: dict[str, PlaceKind] = {
    "private": PlaceKind.PRIVATE,
    "prive": PlaceKind.PRIVATE,
    "lieu prive": PlaceKind.PRIVATE,
    "workplace": PlaceKind.WORKPLACE,
    "work": PlaceKind.WORKPLACE,
    "travail": PlaceKind.WORKPLACE,
    "lieu de travail": PlaceKind.WORKPLACE,
    "public": PlaceKind.OPEN_TO_PUBLIC,
    "open to the public": PlaceKind.OPEN_TO_PUBLIC,
    "ouvert au public": PlaceKind.OPEN_TO_PUBLIC,
    "lieu ouvert au public": PlaceKind.OPEN_TO_PUBLIC,
    "public road": PlaceKind.PUBLIC_ROAD,
    "road": PlaceKind.PUBLIC_ROAD,
    "street": PlaceKind.PUBLIC_ROAD,
    "voie publique": PlaceKind.PUBLIC_ROAD,
    "rue": PlaceKind.PUBLIC_ROAD,
}
_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y")
_USER_INFO = re.compile(r"\A([a-z][a-z0-9+.-]*://)([^/?#]*)@(.*)\Z", re.IGNORECASE | re.DOTALL)
_TEXTS = (Column.NAME, Column.SITE, Column.PURPOSE, Column.LEGAL_BASIS, Column.AUTHORISATION)

_NO_SUCH_WORD = {
    Column.PLACE: _("“%(cell)s” is no kind of place. Write private, workplace, open to the public or public road."),
    Column.SOURCE: _("“%(cell)s” is no kind of source. Write rtsp, http or file, or leave it empty."),
    Column.NOTICE: NEITHER_YES_NOR_NO,
    Column.ENABLED: NEITHER_YES_NOR_NO,
    Column.AUTHORISED_UNTIL: _("“%(cell)s” is no date. Write it as 31/12/2027 or 2027-12-31."),
    Column.RATE: _("“%(cell)s” is no number."),
    Column.SIZE: _("“%(cell)s” is no number."),
    Column.RETENTION: _("“%(cell)s” is no number."),
}


@dataclass(slots=True)
class Entered:
    """A row as a form would send it.

    Attributes:
        fields: what was entered, by field; without the site, which is named and not chosen.
        site: the site's name; empty where the row has none.
        problems: what could not be understood.
    """

    fields: dict[str, Any]
    site: str
    problems: list[Problem] = field(default_factory=list)


def entered_of(row: Row[Column]) -> Entered:
    """What a row says of a camera. Credentials in its address are moved to their own fields."""
    cells = row.cells
    found = Entered({}, cells.get(Column.SITE, ""))
    if row.overflowing:
        found.problems.append(Problem("row", TOO_MANY_CELLS))
    for column, cell in cells.items():
        if column in _TEXTS:
            _text(found, column, cell)
        elif column not in (Column.ADDRESS, Column.USER_NAME, Column.PASSWORD, Column.SOURCE):
            _value(found, column, cell)
    _address(found, cells)
    return found


def shown_address(address: str) -> str:
    """An address as it may be shown although it is wrong: without anything that may be a password."""
    scheme, found, rest = address.partition("://")
    rest = rest if found else scheme
    if "@" in rest:
        rest = "…@" + rest.rpartition("@")[2]
    rest = rest.partition("?")[0] + ("?…" if "?" in rest else "")
    # A colon before anything but a port: the host may have been forgotten after a password.
    rest = re.sub(r"\A([^/:\[\]]*):(?!\d{1,5}(/|\Z))[^/]*", r"\1:…", rest)
    return f"{scheme}://{rest}" if found else rest


def _text(found: Entered, column: Column, cell: str) -> None:
    if problem := text_problem(column.field, cell):
        found.problems.append(problem)
    if column is not Column.SITE:
        found.fields[column.field] = cell


def _value(found: Entered, column: Column, cell: str) -> None:
    value = _meant(column, cell)
    if value is None:
        found.problems.append(Problem(column.field, _NO_SUCH_WORD[column], cell))
    else:
        found.fields[column.field] = value


def _meant(column: Column, cell: str) -> object | None:
    word = plain(cell)
    if column is Column.PLACE:
        return _place(word)
    if column in (Column.NOTICE, Column.ENABLED):
        return yes_or_no(cell)
    if column is Column.AUTHORISED_UNTIL:
        return _date(cell)
    number = cell.replace(",", ".").replace(" ", "")
    return number if re.fullmatch(r"\d{1,6}(\.\d{1,6})?", number) else None


def _place(word: str) -> PlaceKind | None:
    if word in PlaceKind.values:
        return PlaceKind(word)
    known = dict(_PLACES)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            known |= {plain(str(kind.label)): kind for kind in PlaceKind}
    return known.get(word) or next((kind for kind in PlaceKind if plain(kind.value) == word), None)


def _date(cell: str) -> str | None:
    for form in _DATES:
        try:
            return dt.datetime.strptime(cell, form).replace(tzinfo=dt.UTC).date().isoformat()
        except ValueError:
            continue
    return None


def _address(found: Entered, cells: dict[Column, str]) -> None:
    address = cells.get(Column.ADDRESS, "")
    user, password = cells.get(Column.USER_NAME, ""), cells.get(Column.PASSWORD, "")
    if match := _USER_INFO.match(address):
        scheme, info, rest = match.groups()
        address = scheme + rest
        named, _colon, secret = info.partition(":")
        if (user and user != unquote(named)) or (password and password != unquote(secret)):
            text = _("The address holds another user name or password than their columns. Keep one of the two.")
            found.problems.append(Problem("address", text))
        user, password = user or unquote(named), password or unquote(secret)
    found.fields["address"] = address
    if user:
        found.fields["user_name"] = user
    if password:
        found.fields["password"] = password
    kind = _source(cells.get(Column.SOURCE, ""), address)
    if kind is None:
        found.problems.append(Problem("source", _NO_SUCH_WORD[Column.SOURCE], cells[Column.SOURCE]))
    else:
        found.fields["source"] = kind.value


def _source(cell: str, address: str) -> SourceKind | None:
    word = plain(cell)
    if word:
        known = {
            "mjpeg": SourceKind.HTTP,
            "https": SourceKind.HTTP,
            "rtsps": SourceKind.RTSP,
            "fichier": SourceKind.FILE,
        }
        return SourceKind(word) if word in SourceKind.values else known.get(word)
    scheme = address.partition("://")[0].lower() if "://" in address else ""
    guessed = {"rtsp": SourceKind.RTSP, "rtsps": SourceKind.RTSP, "http": SourceKind.HTTP, "https": SourceKind.HTTP}
    return guessed.get(scheme, SourceKind.FILE if not scheme else SourceKind.RTSP)
