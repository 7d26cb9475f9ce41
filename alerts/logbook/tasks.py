"""The clock of the logbook: what was written is erased when its time is over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from celery import shared_task

from alerts.logbook import words

log = structlog.get_logger(__name__)

_HOUR = 3600.0
BEAT: Mapping[str, Any] = {
    "logbook-retention": {"task": "logbook.retention", "schedule": _HOUR, "options": {"expires": _HOUR}},
}


@shared_task(name="logbook.retention")
def retention() -> None:
    """Erase the words whose time is over."""
    if erased := words.erase_old():
        log.info("logbook.erased", entries=erased)
