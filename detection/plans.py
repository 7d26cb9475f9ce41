"""A camera's plan: everything a watch must know of it, read from the database once per version."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from detection import lawful
from detection.credentials import open_credentials
from detection.models import Camera, SourceKind
from detection.observing import Scene, SceneLine, SceneZone
from detection.sources.spec import SourceSpec
from detection.vision.geometry import Point, Polygon, Segment


@dataclass(frozen=True, slots=True)
class CameraPlan:
    """What to watch and how.

    Attributes:
        version: the camera's version that this was read from.
        keep_s: seconds of encoded public frames that the ring keeps: the longest clip, before and after.
    """

    camera: UUID
    organisation: UUID
    site: UUID
    version: int
    spec: SourceSpec
    frames_per_second: float
    analysis_size: int
    scene: Scene
    keep_s: float


RING_MARGIN_S = 10.0
"""What the ring keeps beyond a clip's length: a rule may fire a few seconds after the frame that matters."""


def load_plan(camera_id: UUID) -> CameraPlan | None:
    """The plan of a camera, or ``None`` when it is not to be watched (any more)."""
    camera = (
        Camera.objects.filter(pk=camera_id, enabled=True)
        .select_related("organisation", "site")
        .prefetch_related("zones", "lines")
        .first()
    )
    if camera is None or lawful.refusals(camera):
        return None
    credentials = open_credentials(camera.credentials)
    return CameraPlan(
        camera=camera.pk,
        organisation=camera.organisation_id,
        site=camera.site_id,
        version=camera.version,
        spec=SourceSpec(
            kind=SourceKind(camera.source),
            address=camera.address,
            user_name=credentials.user_name,
            password=credentials.password,
        ),
        frames_per_second=camera.frames_per_second,
        analysis_size=camera.analysis_size,
        scene=_scene(camera),
        keep_s=camera.clip_before_s + camera.clip_after_s + RING_MARGIN_S,
    )


def current_versions(cameras: Collection[UUID]) -> dict[UUID, int]:
    """The versions of those of `cameras` that may still be watched: an authorisation can run out under a watch."""
    found = Camera.objects.filter(pk__in=cameras, enabled=True).select_related("organisation", "site")
    return {camera.pk: camera.version for camera in found if not lawful.refusals(camera)}


def _scene(camera: Camera) -> Scene:
    zones = list(camera.zones.all())
    return Scene(
        zones=tuple(SceneZone(zone.pk, Polygon.of(zone.polygon)) for zone in zones if not zone.private),
        private=tuple(Polygon.of(zone.polygon) for zone in zones if zone.private),
        lines=tuple(SceneLine(line.pk, Segment(Point(*line.start), Point(*line.end))) for line in camera.lines.all()),
    )
