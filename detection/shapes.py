"""What people draw on a camera's picture, checked; what is wrong with it is said in their language."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from detection.vision.geometry import Fault, Point, Polygon, Segment, ShapeRefused
from soc.refusals import Refusal

Coordinates = list[float]

_SENTENCES: dict[Fault, Promise] = {
    Fault.POINTS: _("A zone has from 3 to 64 points."),
    Fault.OUTSIDE: _("Every point must lie in the picture: both coordinates from 0 to 1."),
    Fault.REPEATED: _("Two points that follow each other lie in the same place. Remove one of them."),
    Fault.CROSSING: _("The zone's outline crosses or touches itself. Move its points so that it does not."),
    Fault.FLAT: _("The zone has no area. Move its points apart."),
}


def checked_polygon(points: Sequence[Sequence[float]]) -> list[Coordinates]:
    """A zone's outline as it is kept: ``[[x, y], …]``.

    Raises:
        Refusal: it is no outline; the sentence says why.
    """
    try:
        polygon = Polygon.of(points)
    except ShapeRefused as refused:
        fault = refused.fault
    else:
        return [[point.x, point.y] for point in polygon.points]
    raise Refusal(f"shape_{fault.value}", _SENTENCES[fault], fields={"polygon": _SENTENCES[fault]})


def checked_line(start: Sequence[float], end: Sequence[float]) -> tuple[Coordinates, Coordinates]:
    """A line's ends as they are kept: ``[x, y]`` each.

    Raises:
        Refusal: it is no line; the sentence says why.
    """
    try:
        segment = Segment(Point(*start), Point(*end))
    except ShapeRefused as refused:
        fault = refused.fault
    else:
        return [segment.start.x, segment.start.y], [segment.end.x, segment.end.y]
    sentence = _("A line's ends lie in different places.") if fault is Fault.REPEATED else _SENTENCES[fault]
    raise Refusal(f"shape_{fault.value}", sentence, fields={"end": sentence})
