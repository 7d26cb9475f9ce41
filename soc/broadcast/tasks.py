"""The broadcast's clock: events that are older than a day are forgotten."""

from __future__ import annotations

import datetime as dt

from celery import shared_task

from soc import clock
from soc.broadcast.models import FeedEvent

KEPT_FOR = dt.timedelta(days=1)
BEAT = {
    "forget-old-events": {
        "task": "soc.broadcast.tasks.forget_old_events",
        "schedule": dt.timedelta(minutes=10),
        "options": {"queue": "default", "expires": 600},
    },
}


@shared_task
def forget_old_events() -> None:
    """Delete the events that nobody is owed any more: a client that was away longer reloads its lists."""
    FeedEvent.objects.filter(at__lt=clock.now() - KEPT_FOR).delete()
