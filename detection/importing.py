"""Cameras from a table: every row checked and shown first; what is confirmed is added, one transaction a row.

Nothing is kept between the two: the table is sent again with the lines that were chosen. Passwords go in and never come out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from detection import lawful, selectors, services
from detection.addresses import check_address
from detection.csv_cells import Entered, entered_of, shown_address
from detection.csv_tables import Column, Table, read
from detection.lawful import LegalRefusal
from detection.models import Camera, SourceKind
from detection.serializers import CameraFields
from soc.csv_cells import Problem
from soc.people.models import Member, Site
from soc.people.rights import Right
from soc.people.scope import Everywhere, reach, scoped
from soc.people.sites import create_site
from soc.refusals import Refusal


class Twin(StrEnum):
    """How a row repeats something that is there already."""

    NAME = "name"
    ADDRESS = "address"


@dataclass(slots=True)
class RowSeen:
    """A row as it would be added.

    Attributes:
        line: its line in the file.
        fields: as a form would send them, checked; the site is apart. Holds the password: never shown.
        site: where it would stand; ``None`` where there is no such site yet.
        site_name: its name as it is kept or, of a new one, as it was written.
        problems: why it cannot be added.
        twin: how it repeats a camera or an earlier row, and that one's name.
        missing: what the law will ask for before it is watched.
    """

    line: int
    fields: dict[str, Any]
    site: Site | None
    site_name: str
    problems: list[Problem] = field(default_factory=list)
    twin: tuple[Twin, str] | None = None
    missing: tuple[LegalRefusal, ...] = ()

    @property
    def shown_address(self) -> str:
        """Its address, as far as it may be shown."""
        address = str(self.fields.get("address", ""))
        return shown_address(address) if any(one.field == "address" for one in self.problems) else address


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of one row that was confirmed."""

    line: int
    camera: Camera | None
    sentences: tuple[str, ...] = ()


def seen(actor: Member, content: bytes, *, create_sites: bool) -> tuple[Table[Column], list[RowSeen]]:
    """What a table would add; nothing is written.

    Args:
        actor: who asks.
        content: the file as it lies on the disk.
        create_sites: whether sites that do not exist may be added.

    Raises:
        Refusal: it is no table of cameras.
    """
    table = read(content)
    return table, list(_checked(actor, table, create_sites=create_sites))


def bring_in(actor: Member, content: bytes, lines: Collection[int], *, create_sites: bool) -> list[Brought]:
    """Add the cameras of the chosen lines. One that is refused stops no other.

    Raises:
        Refusal: as `seen`.
    """
    _table, rows = seen(actor, content, create_sites=create_sites)
    return [_added(actor, row) for row in rows if row.line in lines]


def _added(actor: Member, row: RowSeen) -> Brought:
    if row.problems:
        return Brought(row.line, None, tuple(one.sentence for one in row.problems))
    try:
        with transaction.atomic():
            site = row.site or _site(actor, row.site_name)
            entered = {**row.fields, "site": site.pk}
            camera = services.add_camera(actor, cast("services.CameraEntry", entered))
    except Refusal as refusal:
        return Brought(row.line, None, (refusal.sentence(),))
    return Brought(row.line, camera)


def _site(actor: Member, name: str) -> Site:
    """The site of this name, which a row before may have added."""
    known = scoped(Site.objects.all(), actor, Right.MANAGE_CAMERAS).filter(name__iexact=name).first()
    return known or create_site(actor.organisation, name, actor=actor)


def _checked(actor: Member, table: Table[Column], *, create_sites: bool) -> Iterator[RowSeen]:
    sites = {site.name.casefold(): site for site in scoped(Site.objects.all(), actor, Right.MANAGE_CAMERAS)}
    may_create = create_sites and isinstance(reach(actor, Right.MANAGE_SITES), Everywhere)
    twins = _Twins(actor)
    for row in table.rows:
        found = _row(entered_of(row), row.line, sites, may_create=may_create)
        twins.look(found)
        found.missing = _missing(actor, found.fields)
        yield found


def _row(entered: Entered, line: int, sites: dict[str, Site], *, may_create: bool) -> RowSeen:
    site = sites.get(entered.site.casefold()) if entered.site else None
    if not entered.site and len(sites) == 1:
        site = next(iter(sites.values()))
    found = RowSeen(line, entered.fields, site, site.name if site else entered.site, list(entered.problems))
    if site is None:
        if not entered.site:
            found.problems.append(Problem("site", _("Name the site where the camera stands.")))
        elif not may_create:
            text = _("There is no site named “%(cell)s”. Add it first, or let missing sites be added.")
            found.problems.append(Problem("site", text, entered.site))
        elif len(entered.site) > 120:
            found.problems.append(Problem("site", _("A site's name has at most 120 characters.")))
    known = {one.field for one in found.problems}
    form = CameraFields(data={**entered.fields, "name": entered.fields.get("name", "")})
    if form.is_valid():
        found.fields = dict(form.validated_data)
        _check_address(found)
    else:
        texts = {name: " ".join(str(one) for one in errors) for name, errors in form.errors.items()}
        found.problems += [Problem(name, text) for name, text in texts.items() if name not in known]
    return found


def _check_address(found: RowSeen) -> None:
    try:
        check_address(SourceKind(found.fields["source"]), found.fields["address"])
    except Refusal as refusal:
        found.problems.append(Problem("address", refusal.sentence()))


def _missing(actor: Member, fields: dict[str, Any]) -> tuple[LegalRefusal, ...]:
    names = ("place", "purpose", "legal_basis", "authorisation", "authorised_until", "notice_displayed")
    stated = {name: fields[name] for name in names if name in fields}
    if isinstance(stated.get("authorised_until"), str):  # of a row that is not valid
        del stated["authorised_until"]
    return tuple(lawful.refusals(Camera(organisation=actor.organisation, **stated)))


class _Twins:
    """Cameras that are there already, and the rows before: by site and name, and by address."""

    def __init__(self, actor: Member) -> None:
        cameras = list(selectors.cameras(actor, Right.MANAGE_CAMERAS))
        self._names = {(camera.site.name.casefold(), camera.name.casefold()): camera.name for camera in cameras}
        self._addresses = {_key(camera.source, camera.address): camera.name for camera in cameras}

    def look(self, row: RowSeen) -> None:
        """Say how `row` repeats something, and remember it."""
        name, address = str(row.fields.get("name", "")), str(row.fields.get("address", ""))
        if not name or not address:
            return
        by_name = (row.site_name.casefold(), name.casefold())
        by_address = _key(str(row.fields.get("source", "")), address)
        if by_name in self._names:
            row.twin = (Twin.NAME, self._names[by_name])
            row.problems.append(Problem("name", _("There is a camera of this name at this site already.")))
        elif by_address in self._addresses:
            row.twin = (Twin.ADDRESS, self._addresses[by_address])
        self._names.setdefault(by_name, name)
        self._addresses.setdefault(by_address, name)


def _key(source: str, address: str) -> tuple[str, str]:
    return source, address.strip().rstrip("/").casefold()
