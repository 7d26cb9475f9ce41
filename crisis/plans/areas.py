"""Whether an area of the map is one: an outline of which nobody can say what is within is refused when it is entered.

The screen that draws it refuses the same, in the same words (`frontend/src/response/area.ts`). What was entered before is read as
it is: a plan under way stops at no outline.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crisis.plans.content import Audience, InArea
from detection.vision.geometry import Point, touches_itself

Corner = tuple[float, float]
"""Latitude and longitude in degrees, which are taken as a plane."""

_REPEATED: Final = _("Two corners in a row are the same place. Take one away.")
_EDGE: Final = _("It reaches over a pole or the 180th meridian. Make two areas of it.")
_CROSSING: Final = _("Its sides cross or touch. Pull the corners apart.")
_FLAT: Final = _("It covers nothing. Pull the corners apart.")

_LEAST_M2: Final = 1
_METRES_A_DEGREE: Final = math.radians(1) * 6_371_008.8


def faults(audience: Audience) -> Iterator[tuple[str, Promise]]:
    """What is wrong with areas of an audience: where (``groups.0.outline``), and a sentence."""
    for index, group in enumerate(audience.groups):
        if isinstance(group, InArea) and (said := fault(group.outline)) is not None:
            yield f"groups.{index}.outline", said


def fault(outline: Sequence[Corner]) -> Promise | None:
    """Why nobody can say who is within an outline of three corners or more; null: it is one."""
    if any(one == other for one, other in zip(outline, [*outline[1:], outline[0]], strict=True)):
        return _REPEATED
    longitudes = [longitude for _latitude, longitude in outline]
    if max(longitudes) - min(longitudes) > 180:  # taken as a plane it would be all the rest of the world
        return _EDGE
    if touches_itself([Point(longitude, latitude) for latitude, longitude in outline]):
        return _CROSSING
    return _FLAT if _square_metres(outline) < _LEAST_M2 else None


def _square_metres(outline: Sequence[Corner]) -> float:
    """How large an outline is: reckoned from its own middle, so that small ones keep their digits."""
    north = (min(one[0] for one in outline) + max(one[0] for one in outline)) / 2
    east = (min(one[1] for one in outline) + max(one[1] for one in outline)) / 2
    width = _METRES_A_DEGREE * math.cos(math.radians(north))
    flat = [((one[1] - east) * width, (one[0] - north) * _METRES_A_DEGREE) for one in outline]
    twice = sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in zip(flat, [*flat[1:], flat[0]], strict=True))
    return abs(twice) / 2
