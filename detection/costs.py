"""What one more camera would cost here, worked out from what is measured of the cameras that are watched now."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from django.db import connection

from detection import leases, selectors
from detection.models import Camera
from soc.people.models import Member

LEAST_ANALYSED = 0.2
"""Frames a second under which a camera's figures say nothing: it has only just begun, or its source stands still."""


KEEPS_UP = 0.8
"""Share of the asked frames a second from which a camera counts as one that keeps up."""


class Basis(StrEnum):
    """What a cost is worked out from."""

    ITSELF = "itself"
    OTHERS = "others"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a camera costs, and whether there is room for it.

    Attributes:
        cores: processor cores that it uses or would use, about; ``None`` where nothing is measured.
        basis: what that is worked out from.
        measured: how many cameras were measured for it.
        free_cores: cores of the watchers' machines that nobody uses, without the camera's own; ``None`` without a watcher.
        places: how many more cameras the watchers may take.
        room: how many more cameras like this one they have room for, by places and by cores.
        fits: whether this one finds both.
    """

    cores: float | None
    basis: Basis
    measured: int
    free_cores: float | None
    places: int
    room: int
    fits: bool


@dataclass(frozen=True, slots=True)
class _Sample:
    """A watched camera's figures."""

    size: int
    per_frame: float
    cores: float


def cost_of(member: Member, frames_per_second: float, analysis_size: int, camera: Camera | None = None) -> Cost:
    """What a camera with these settings costs.

    Args:
        member: who asks; only cameras within reach are looked at.
        frames_per_second: to be analysed, at most.
        analysis_size: longer side of the picture that the model sees, pixels.
        camera: the camera that is being changed, if it is one.
    """
    rows = list(selectors.cameras(member))
    situations = selectors.situations(rows)
    samples: dict[object, _Sample] = {}
    for row in rows:
        found = situations[row.pk]
        if found.cores is not None and found.analysed_per_second >= LEAST_ANALYSED:
            samples[row.pk] = _Sample(row.analysis_size, found.cores / found.analysed_per_second, found.cores)
    own = samples.get(camera.pk) if camera is not None else None
    used = [own] if own is not None else list(samples.values())
    cores = _cores(used, frames_per_second, analysis_size)
    if own is not None and camera is not None:
        unchanged = (camera.frames_per_second, camera.analysis_size) == (frames_per_second, analysis_size)
        # What it costs now, unless it is analysed less often than it should be: a full machine makes it look cheap.
        keeps_up = own.cores / own.per_frame >= KEEPS_UP * frames_per_second if own.per_frame else True
        cores = own.cores if unchanged and keeps_up else cores
    basis = Basis.ITSELF if own is not None else Basis.OTHERS if samples else Basis.NOTHING
    watched = camera is not None and situations[camera.pk].state in selectors.HELD
    return _with_room(cores, basis, len(used), own.cores if own is not None else 0.0, watched=watched)


def _cores(samples: list[_Sample], frames_per_second: float, size: int) -> float | None:
    """The middle one of what the samples' frames cost, at this rate; scaled by the picture's area where no size is the same."""
    alike = [sample.per_frame for sample in samples if sample.size == size]
    scaled = alike or [sample.per_frame * (size / sample.size) ** 2 for sample in samples]
    return median(scaled) * frames_per_second if scaled else None


def _with_room(cores: float | None, basis: Basis, measured: int, already: float, *, watched: bool) -> Cost:
    fleet = selectors.fleet()
    free = _free_cores()
    free = None if free is None else free + already
    places = fleet.room
    by_cores = math.floor(free / cores) if free is not None and cores else None
    # What is watched holds a place and its cores already.
    others = None if by_cores is None else max(0, by_cores - 1) if watched else by_cores
    room = places if others is None else min(places, others)
    fits = fleet.living > 0 and (watched or places > 0) and (by_cores is None or by_cores > 0)
    return Cost(cores, basis, measured, free, places, room, fits)


def _free_cores() -> float | None:
    """Cores that the living watchers' machines may use and their watchers did not use lately; ``None`` without a watcher."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(greatest(0, cores - load)) FROM ("
            "SELECT max(cores) AS cores, sum(load) AS load FROM detection_watcher "
            "WHERE seen_at > clock_timestamp() - make_interval(secs => %s) GROUP BY split_part(name, ':', 1)) AS machine",
            [leases.LEASE_S],
        )
        row = cursor.fetchone()
    return None if row is None or row[0] is None else float(row[0])
