"""Who watches which camera: leases in PostgreSQL, on the database's clock, with a fencing token.

A lease lasts `LEASE_S` and is renewed each second. A watcher that dies stops renewing; whoever has room takes the camera over.
The token grows with every new holder, so that a watcher that was away notices that the camera is no longer its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from detection.expected import watchable
from detection.models import Camera, Lease

LEASE_S = 4.0
"""How long a lease lasts. With a renewal each second and a pull each second, a dead watcher's camera is watched
elsewhere after about 6 s, the opening of the stream included."""

DEATHS_BEFORE_ALONE = 2
"""A camera with which this many watchers died is watched in a process of its own."""


@dataclass(frozen=True, slots=True)
class Held:
    """A lease that this watcher holds."""

    camera_id: UUID
    token: int
    deaths: int


def register(watcher: str, capacity: int, engine: str, *, cores: float = 0.0, load: float = 0.0) -> None:
    """Say that this watcher lives, what room it has, and how busy it is. Called each second."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO detection_watcher (name, capacity, engine, cores, load, seen_at, started_at) "
            "VALUES (%s, %s, %s, %s, %s, clock_timestamp(), clock_timestamp()) "
            "ON CONFLICT (name) DO UPDATE SET capacity = excluded.capacity, engine = excluded.engine, "
            "cores = excluded.cores, load = excluded.load, seen_at = clock_timestamp()",
            [watcher, capacity, engine, cores, load],
        )


def forget(watcher: str) -> None:
    """Take a watcher that stops off the list, and every one that has not been seen for a minute."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM detection_watcher WHERE name = %s OR seen_at < clock_timestamp() - interval '1 minute'",
            [watcher],
        )


def living() -> int:
    """How many watchers were seen within a lease's time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM detection_watcher WHERE seen_at > clock_timestamp() - make_interval(secs => %s)",
            [LEASE_S],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def free_cameras() -> list[Camera]:
    """Cameras that should be watched and that nobody holds a living lease on, longest unwatched first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT camera_id FROM detection_lease WHERE expires_at > clock_timestamp()")
        taken = {row[0] for row in cursor.fetchall()}
    return [camera for camera in watchable() if camera.pk not in taken]


def take(camera: Camera, watcher: str) -> Held | None:
    """Take the lease of `camera`, or ``None`` when another watcher was faster.

    A lease that ran out without having been given back is a death of its watcher: the camera is counted as a suspect.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO detection_lease AS held (camera_id, organisation_id, watcher, token, expires_at, deaths) "
            "VALUES (%(camera)s, %(organisation)s, %(watcher)s, 1, "
            "clock_timestamp() + make_interval(secs => %(lease)s), 0) "
            "ON CONFLICT (camera_id) DO UPDATE SET watcher = excluded.watcher, token = held.token + 1, "
            "expires_at = excluded.expires_at, "
            "deaths = held.deaths + CASE WHEN held.watcher = '' THEN 0 ELSE 1 END "
            "WHERE held.expires_at IS NULL OR held.expires_at < clock_timestamp() "
            "RETURNING token, deaths",
            {
                "camera": camera.pk,
                "organisation": camera.organisation_id,
                "watcher": watcher,
                "lease": LEASE_S,
            },
        )
        row = cursor.fetchone()
    return Held(camera.pk, int(row[0]), int(row[1])) if row else None


def renew(watcher: str, held: Iterable[Held]) -> frozenset[UUID]:
    """Prolong the leases in one statement; the cameras whose lease is still this watcher's.

    A lease that ran out while the database was away is renewed too, if nobody took it in the meantime.
    """
    tokens = {lease.camera_id: lease.token for lease in held}
    if not tokens:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE detection_lease SET expires_at = clock_timestamp() + make_interval(secs => %s) "
            "FROM unnest(%s::uuid[], %s::bigint[]) AS mine(camera, token) "
            "WHERE camera_id = mine.camera AND detection_lease.token = mine.token AND watcher = %s "
            "RETURNING camera_id",
            [LEASE_S, list(tokens), list(tokens.values()), watcher],
        )
        return frozenset(row[0] for row in cursor.fetchall())


def give_back(watcher: str, held: Collection[Held]) -> None:
    """End leases at once, so that another watcher takes the cameras without waiting."""
    with transaction.atomic():
        for lease in held:
            Lease.objects.filter(camera_id=lease.camera_id, token=lease.token, watcher=watcher).update(
                watcher="", expires_at=None
            )


def acquit(camera_id: UUID) -> None:
    """A camera was watched alone for long enough without harm: it is no suspect any more."""
    Lease.objects.filter(camera_id=camera_id).update(deaths=0)


def held_count() -> int:
    """How many cameras are watched now, by whomever."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM detection_lease WHERE expires_at > clock_timestamp()")
        row = cursor.fetchone()
    return int(row[0]) if row else 0
