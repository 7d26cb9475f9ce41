"""The clocks of the outbox: responders send and reconcile by themselves, each second, with or without the broker; beat erases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

import structlog
from celery import shared_task, signals

from alerts.channels.voice import speech
from alerts.deliveries import erasing, notices
from alerts.deliveries.reconciling import reconcile
from alerts.deliveries.sender import send_due, senders
from alerts.deliveries.services import ROUND
from soc.rounds import Act

log = structlog.get_logger(__name__)

SPEECH_KEPT: Final = dt.timedelta(days=erasing.SHORTEST_DAYS)
"""A sound that is wanted again is made again: none is kept longer than words ever have to be."""

_HOUR = 3600.0
BEAT: Mapping[str, Any] = {
    "deliveries-retention": {"task": "deliveries.retention", "schedule": _HOUR, "options": {"expires": _HOUR}},
}
ROUNDS: Mapping[str, Act] = {
    ROUND: send_due,
    "deliveries-reconciliation": reconcile,
    notices.ROUND: notices.tell_due,
}


@shared_task(name="deliveries.retention")
def retention() -> None:
    """Erase words and numbers whose time is over, and sounds that nobody asked for lately."""
    messages, sounds = erasing.erase_old(), speech.forget_older(SPEECH_KEPT)
    if messages or sounds:
        log.info("deliveries.retention", messages=messages, sounds=sounds)


@signals.worker_shutting_down.connect(weak=False)
def _stop_sending(**_: Any) -> None:
    senders().stop()
