"""The directory as a file: what a filter finds, by name. As CSV it has the columns of a table that can be brought in again."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from soc import clock
from soc.exports import CSV, Download, csv_parts, json_parts
from soc.people.directory.columns import OFFERED, Column
from soc.people.directory.models import Person, WayKind
from soc.people.directory.serializers import PersonSerializer
from soc.people.models import Member

_CHUNK = 500
_PHONES = 2
_EMAILS = 1


def download(people: QuerySet[Person], member: Member, kind: str) -> Download:
    """A file of these people, in the member's language."""
    zone = ZoneInfo(member.organisation.timezone)
    rows = people.iterator(chunk_size=_CHUNK)
    parts = csv_parts(_titles, rows, _cells, member.language) if kind == CSV else json_parts(rows, _written)
    return Download(parts, f"directory-{clock.now().astimezone(zone):%Y-%m-%d}", kind)


def _titles() -> list[str]:
    return [*(str(column.title) for column in OFFERED), _("Other ways"), _("Removed")]


def _cells(person: Person) -> list[object]:
    ways = list(person.ways.all())
    phones = [way.address for way in ways if way.kind == WayKind.PHONE]
    emails = [way.address for way in ways if way.kind == WayKind.EMAIL]
    cells: dict[Column, object] = {
        Column.NAME: str(person),
        Column.LANGUAGE: person.language,
        Column.PHONE: phones[0] if phones else "",
        Column.SECOND_PHONE: phones[1] if len(phones) > 1 else "",
        Column.EMAIL: emails[0] if emails else "",
        Column.SITE: person.site.name if person.site else "",
        Column.PROFILES: "; ".join(sorted(one.name for one in person.profiles.all())),
        Column.LISTS: "; ".join(sorted(one.name for one in person.lists.all())),
        Column.INSIDE: _yes_or_no(person.inside),
        Column.LATITUDE: person.latitude,
        Column.LONGITUDE: person.longitude,
    }
    others = [*phones[_PHONES:], *emails[_EMAILS:]]
    return [*(cells[column] for column in OFFERED), " ".join(others), _yes_or_no(person.removed_at is not None)]


def _yes_or_no(value: bool) -> str:
    return _("yes") if value else _("no")


def _written(person: Person) -> dict[str, Any]:
    return {name: _plain(value) for name, value in PersonSerializer(person).data.items()}


def _plain(value: Any) -> Any:
    """What JSON has no word for, as text."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)
