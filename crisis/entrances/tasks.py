"""The clock of the ways in: beat erases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from celery import shared_task

from crisis.entrances import erasing

log = structlog.get_logger(__name__)

_HOUR = 3600.0
BEAT: Mapping[str, Any] = {
    "entrances-retention": {"task": "entrances.retention", "schedule": _HOUR, "options": {"expires": _HOUR}},
}


@shared_task(name="entrances.retention")
def retention() -> None:
    """Erase what was said by ways in when its time is over."""
    if calls := erasing.erase_old():
        log.info("entrances.retention", calls=calls)
