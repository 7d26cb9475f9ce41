"""The columns of a table of people, and what a row of one means: numbers, languages, groups and places as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from soc.csv_cells import NEITHER_YES_NOR_NO, TOO_MANY_CELLS, Problem, text_problem, without_shield, yes_or_no
from soc.csv_tables import Columns, Row
from soc.people.directory import languages, ways
from soc.people.directory.models import WayKind
from soc.people.directory.ways import CheckedWay, WayEntry

MOST_ROWS = 20_000
_LONGEST_NAME = 150
_LONGEST_GROUP = 80
_MOST_GROUPS = 20


class Column(Enum):
    """A column: the field that it fills, and its name, which is also read in every language."""

    NAME = ("display_name", _("Name"))
    FIRST_NAME = ("first_name", _("First name"))
    LANGUAGE = ("language", _("Language"))
    PHONE = ("phone", _("Phone"))
    SECOND_PHONE = ("second_phone", _("Second phone"))
    EMAIL = ("email", _("E-mail"))
    SITE = ("site", _("Site"))
    PROFILES = ("profiles", _("Profiles"))
    LISTS = ("lists", _("Lists"))
    INSIDE = ("inside", _("Of the organisation"))
    LATITUDE = ("latitude", _("Latitude"))
    LONGITUDE = ("longitude", _("Longitude"))

    def __init__(self, field: str, title: Promise) -> None:
        self.field = field
        self.title = title


OFFERED = tuple(column for column in Column if column is not Column.FIRST_NAME)
"""The columns of the template and of exports. First names apart are read where somebody has them so."""

COLUMNS = Columns(
    tuple(Column),
    needed=(Column.NAME,),
    also={
        Column.NAME: "full name, last name, surname, person, nom complet, nom de famille, nom et prénom, personne, nom usuel",
        Column.FIRST_NAME: "given name, forename",
        Column.LANGUAGE: "lang, langue parlée",
        Column.PHONE: "phone number, mobile, mobile phone, cell, tel, gsm, portable, téléphone portable, tél, numéro, "
        "numéro de téléphone, phone 1, téléphone 1",
        Column.SECOND_PHONE: "phone 2, other phone, landline, home phone, téléphone 2, autre téléphone, fixe, téléphone fixe",
        Column.EMAIL: "mail, email, e-mail address, email address, courriel, adresse mail, adresse e-mail, mél",
        Column.SITE: "building, établissement, bâtiment, place of work, lieu de travail",
        Column.PROFILES: "profile, profil, role, rôle, function, fonction",
        Column.LISTS: "list, liste, group, groups, groupe, groupes",
        Column.INSIDE: "inside, internal, staff, interne",
        Column.LATITUDE: "lat",
        Column.LONGITUDE: "lon, lng, long",
    },
    most_rows=MOST_ROWS,
)


@dataclass(slots=True)
class Entered:
    """What a row says of a person. What it says nothing of is ``None`` or empty, and stays as it is where somebody is changed."""

    line: int
    name: str = ""
    language: str | None = None
    ways: list[CheckedWay] = field(default_factory=list)
    site: str = ""
    profiles: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    inside: bool | None = None
    latitude: float | None = None
    longitude: float | None = None
    problems: list[Problem] = field(default_factory=list)


def entered_of(row: Row[Column], region: str | None) -> Entered:
    """What a row says.

    Args:
        row: which.
        region: the country whose numbers need no code: `phones.region_of`.
    """
    found = Entered(row.line)
    if row.overflowing:
        found.problems.append(Problem("row", TOO_MANY_CELLS))
    cells = {column: without_shield(cell) for column, cell in row.cells.items()}
    _name(found, cells)
    _ways(found, cells, region)
    if cell := cells.get(Column.LANGUAGE):
        found.language = languages.known(cell)
        if found.language is None:
            text = _("“%(cell)s” is no language that we know. Write its code or its name, such as fr or French.")
            found.problems.append(Problem("language", text, cell))
    found.site = cells.get(Column.SITE, "")
    found.profiles = _groups(found, Column.PROFILES, cells)
    found.lists = _groups(found, Column.LISTS, cells)
    if cell := cells.get(Column.INSIDE):
        found.inside = yes_or_no(cell)
        if found.inside is None:
            found.problems.append(Problem("inside", NEITHER_YES_NOR_NO, cell))
    _place(found, cells)
    return found


def _name(found: Entered, cells: dict[Column, str]) -> None:
    names = [cells.get(column, "") for column in (Column.FIRST_NAME, Column.NAME)]
    found.name = " ".join(name for name in names if name)
    if not found.name:
        found.problems.append(Problem("display_name", _("Enter a name.")))
    elif len(found.name) > _LONGEST_NAME:
        found.problems.append(Problem("display_name", _("A name has at most 150 characters.")))
    elif problem := text_problem("display_name", found.name):
        found.problems.append(problem)


def _ways(found: Entered, cells: dict[Column, str], region: str | None) -> None:
    kinds = {Column.PHONE: WayKind.PHONE, Column.SECOND_PHONE: WayKind.PHONE, Column.EMAIL: WayKind.EMAIL}
    for column, kind in kinds.items():
        if cell := cells.get(column):
            way = ways.looked_at(WayEntry(kind, cell), region)
            if not isinstance(way, CheckedWay):
                found.problems.append(Problem(column.field, way))
            elif way not in found.ways:
                found.ways.append(way)


def _groups(found: Entered, column: Column, cells: dict[Column, str]) -> list[str]:
    """Names with semicolons between them, each once."""
    names: dict[str, str] = {}
    for name in re.split(r"[;\n]", cells.get(column, "")):
        if clean := " ".join(name.split()):
            names.setdefault(clean.casefold(), clean)
    if len(names) > _MOST_GROUPS:
        found.problems.append(Problem(column.field, _("At most 20 can be named in a row.")))
    for name in names.values():
        if len(name) > _LONGEST_GROUP:
            found.problems.append(Problem(column.field, _("“%(cell)s” is too long: at most 80 characters."), name))
        elif problem := text_problem(column.field, name):
            found.problems.append(problem)
    return list(names.values())


def _place(found: Entered, cells: dict[Column, str]) -> None:
    latitude = _degrees(found, Column.LATITUDE, cells, 90)
    longitude = _degrees(found, Column.LONGITUDE, cells, 180)
    if (latitude is None) != (longitude is None):
        if not any(one.field in ("latitude", "longitude") for one in found.problems):
            text = _("Enter both latitude and longitude, or neither.")
            found.problems.append(Problem("latitude" if latitude is None else "longitude", text))
        return
    found.latitude, found.longitude = latitude, longitude


def _degrees(found: Entered, column: Column, cells: dict[Column, str], most: int) -> float | None:
    cell = cells.get(column)
    if not cell:
        return None
    number = cell.replace(",", ".")
    if re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,15})?", number) and abs(float(number)) <= most:
        return float(number)
    text = _("“%(cell)s” is no number of degrees. Write it as 48.8566.")
    found.problems.append(Problem(column.field, text, cell))
    return None
