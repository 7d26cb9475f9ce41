"""What people draw on a camera's picture, zones and lines: one transaction each, journalled, told to who looks.

    zone = draw(ZONES, actor, camera_id, {"name": "Yard", "polygon": [[0, 0], [1, 0], [1, 1]]})

Both are drawn, changed and removed alike; what differs is in `ZONES` and `LINES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypedDict, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.utils.translation import gettext_lazy as _

from detection.models import Camera, Line, Zone
from detection.services import locked_camera, tell
from detection.shapes import checked_line, checked_polygon
from soc.journal import services as journal
from soc.journal.actions import Action
from soc.journal.services import Json
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped
from soc.refusals import Refusal, Status


class ZoneEntry(TypedDict, total=False):
    """What is entered about a zone; a field that is missing stays as it is."""

    name: str
    private: bool
    polygon: list[list[float]]


class LineEntry(TypedDict, total=False):
    """What is entered about a line; a field that is missing stays as it is."""

    name: str
    start: list[float]
    end: list[float]


Row = TypeVar("Row", Zone, Line)
Entry = TypeVar("Entry", ZoneEntry, LineEntry)
Facts = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Kind(Generic[Row, Entry]):
    """What differs between zones and lines.

    Attributes:
        model: its rows.
        apply: takes over what was entered; raises `Refusal` for what is no such shape.
        facts: what the journal keeps of a row.
    """

    model: type[Row]
    apply: Callable[[Row, Entry], None]
    facts: Callable[[Row], Facts]

    def of(self, member: Member, camera_id: UUID, right: Right = Right.SEE_CAMERAS) -> QuerySet[Row]:
        """Those of a camera that `member` reaches with `right`."""
        rows: QuerySet[Row] = self.model._default_manager.filter(camera_id=camera_id, camera__removed_at=None)
        return scoped(rows, member, right)


def draw(kind: Kind[Row, Entry], actor: Member, camera_id: UUID, entered: Entry) -> Row:
    """Draw one on a camera's picture.

    Raises:
        Refusal: the outline crosses itself, both ends lie in the same place, the name is taken, …
    """
    with transaction.atomic():
        camera = locked_camera(actor, camera_id)
        row: Row = kind.model(organisation_id=camera.organisation_id, camera=camera)
        kind.apply(row, entered)
        _save(actor, camera, row, None, kind.facts(row))
    return row


def redraw(kind: Kind[Row, Entry], actor: Member, camera_id: UUID, row_id: UUID, entered: Entry) -> Row:
    """Change one; as `draw`."""
    with transaction.atomic():
        camera = locked_camera(actor, camera_id)
        row = _one(kind, camera, row_id)
        before = kind.facts(row)
        kind.apply(row, entered)
        _save(actor, camera, row, before, kind.facts(row))
    return row


def erase(kind: Kind[Row, Entry], actor: Member, camera_id: UUID, row_id: UUID) -> None:
    """Remove one.

    Raises:
        Refusal: a rule uses it.
    """
    with transaction.atomic():
        camera = locked_camera(actor, camera_id)
        row = _one(kind, camera, row_id)
        before = kind.facts(row)
        used = False
        try:
            with transaction.atomic():
                row.delete()
        except ProtectedError:
            used = True
        if used:
            sentence = _("A rule uses this zone or line. Remove or change the rule first.")
            raise Refusal("in_use", sentence, status=Status.CONFLICT)
        row.pk = row_id  # the journal names what was removed
        _changed(actor, camera, row, {"before": before, "after": None})


def _one(kind: Kind[Row, Entry], camera: Camera, row_id: UUID) -> Row:
    row = kind.model._default_manager.filter(camera=camera, pk=row_id).first()
    if row is None:
        raise Refusal("not_found", _("There is no such zone or line."), status=Status.NOT_FOUND)
    return row


def _save(actor: Member, camera: Camera, row: Zone | Line, before: Facts | None, after: Facts) -> None:
    if before == after:
        return
    others = type(row)._default_manager.filter(camera=camera, name=row.name).exclude(pk=row.pk)
    if others.exists():
        sentence = _("This camera has a zone or line of this name already.")
        raise Refusal("name_taken", sentence, status=Status.CONFLICT, fields={"name": sentence})
    row.save()
    _changed(actor, camera, row, {"before": before, "after": after})


def _changed(actor: Member, camera: Camera, row: Zone | Line, details: Facts) -> None:
    camera.version += 1
    camera.save(update_fields=["version"])
    journal.record(
        camera.organisation_id,
        Action.ZONE_CHANGED,
        actor=actor,
        subject=row,
        site_id=camera.site_id,
        details={"camera": str(camera.pk), **details},
    )
    tell(camera)


def _apply_zone(zone: Zone, entered: ZoneEntry) -> None:
    zone.name = entered.get("name", zone.name)
    zone.private = entered.get("private", zone.private)
    if "polygon" in entered:
        zone.polygon = checked_polygon(entered["polygon"])


def _apply_line(line: Line, entered: LineEntry) -> None:
    line.name = entered.get("name", line.name)
    line.start, line.end = checked_line(entered.get("start", line.start), entered.get("end", line.end))


def _zone_facts(zone: Zone) -> Facts:
    return {"name": zone.name, "private": zone.private, "polygon": zone.polygon}


def _line_facts(line: Line) -> Facts:
    return {"name": line.name, "start": line.start, "end": line.end}


ZONES: Kind[Zone, ZoneEntry] = Kind(Zone, _apply_zone, _zone_facts)
LINES: Kind[Line, LineEntry] = Kind(Line, _apply_line, _line_facts)
