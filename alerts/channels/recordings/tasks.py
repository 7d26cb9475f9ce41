"""The clock of recordings: what nothing has used for long is deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from celery import shared_task

from alerts.channels.recordings import services

log = structlog.get_logger(__name__)

_HOUR = 3600.0
BEAT: Mapping[str, Any] = {
    "sound-recordings-retention": {
        "task": "sound_recordings.retention",
        "schedule": _HOUR,
        "options": {"expires": _HOUR},
    },
}


@shared_task(name="sound_recordings.retention")
def retention() -> None:
    """Delete what is over."""
    if destroyed := services.destroy_unused():
        log.info("sound_recordings.destroyed", recordings=destroyed)
