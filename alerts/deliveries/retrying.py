"""When a delivery is tried again, and by whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from alerts.channels.base import Channel, Failure, Retry, SendFailed
from alerts.deliveries.carriers import Carrier
from alerts.deliveries.models import Attempt, Message
from soc import clock

MOST_TRIES = 8
_BACKOFF_S = (2, 5, 15, 30, 60)
"""After which pauses the same provider is tried again: a message that is minutes late may still save somebody."""
_SILENT_AFTER = dt.timedelta(minutes=2)
_ASK_AFTER: dict[Channel, dt.timedelta] = {
    Channel.SMS: dt.timedelta(seconds=30),
    Channel.VOICE: dt.timedelta(seconds=20),
    Channel.EMAIL: dt.timedelta(minutes=5),
}
_ELSEWHERE = (Failure.PROVIDER_DOWN, Failure.PROVIDER_BUSY, Failure.ACCOUNT, Failure.REFUSED, Failure.LOST)


def choose(carriers: Sequence[Carrier], tried: Sequence[Attempt]) -> Carrier:
    """Who carries the next try: the first provider that did not fail, then the one that failed least often.

    Args:
        carriers: at least one, first choice first.
        tried: the delivery's tries so far.
    """
    failures: dict[UUID | None, int] = {}
    for attempt in tried:
        if attempt.failure in _ELSEWHERE or attempt.outcome == "":
            failures[attempt.account] = failures.get(attempt.account, 0) + 1
    return min(carriers, key=lambda carrier: failures.get(carrier.account, 0))


def again_at(failure: SendFailed, *, tries: int, providers: int, message: Message) -> dt.datetime | None:
    """When a try that failed is made again; null: never.

    Args:
        failure: how it failed.
        tries: how many there were, this one included.
        providers: how many could carry it.
        message: of which it is a delivery.
    """
    now = clock.now()
    if failure.retry is Retry.NEVER or tries >= MOST_TRIES or message.withdrawn_at is not None:
        return None
    if failure.retry is Retry.ELSEWHERE and tries >= providers:
        return None
    at_once = failure.retry is Retry.ELSEWHERE or (tries < providers and failure.failure in _ELSEWHERE)
    pause = 0.0 if at_once else failure.retry_after_s or _BACKOFF_S[min(tries - 1, len(_BACKOFF_S) - 1)]
    at = now + dt.timedelta(seconds=pause)
    return None if message.wanted_until is not None and at > message.wanted_until else at


def ask_at(channel: Channel) -> dt.datetime:
    """When the receipt of what just left is asked for, if none came by itself."""
    return clock.now() + _ASK_AFTER.get(channel, _SILENT_AFTER)
