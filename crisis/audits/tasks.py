"""The clock of audits: people are told when one is to be reviewed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from celery import shared_task

from crisis.audits import reminders

log = structlog.get_logger(__name__)

_HOUR = 3600.0
BEAT: Mapping[str, Any] = {
    # Each hour, because a day begins at another one in each time zone; what was told is not told again.
    "audits-review": {"task": "audits.review", "schedule": _HOUR, "options": {"expires": _HOUR}},
}


@shared_task(name="audits.review")
def review() -> None:
    """Tell of audits that end soon."""
    if told := reminders.remind():
        log.info("audits.review_due", audits=told)
