"""The clocks of activations: responders carry plans out by themselves, each second, with or without the broker; beat erases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from celery import shared_task

from crisis.activations import erasing, outside
from crisis.activations.engine import advance
from crisis.activations.rounds import ROUND
from crisis.emergency.cap import erasing as cap
from soc.rounds import Act

log = structlog.get_logger(__name__)

_HOUR = 3600.0
BEAT: Mapping[str, Any] = {
    "activations-retention": {"task": "activations.retention", "schedule": _HOUR, "options": {"expires": _HOUR}},
}
ROUNDS: Mapping[str, Act] = {ROUND: advance, outside.ROUND: outside.ping_due}


@shared_task(name="activations.retention")
def retention() -> None:
    """Erase names, numbers and words of plans that are over, and CAP messages, when their time is over."""
    activations, messages = erasing.erase_old(), cap.erase_old()
    if activations or messages:
        log.info("activations.retention", activations=activations, cap_messages=messages)
