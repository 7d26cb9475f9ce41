"""Which cameras should be watched now: switched on, and lawful to watch."""

from __future__ import annotations

from detection import lawful
from detection.models import Camera


def watchable() -> list[Camera]:
    """Cameras of all organisations that should be watched, the ones waiting longest first."""
    cameras = Camera.objects.filter(enabled=True).select_related("organisation", "site").order_by("created_at", "pk")
    return [camera for camera in cameras if not lawful.refusals(camera)]
