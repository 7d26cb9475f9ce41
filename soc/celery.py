"""The Celery application: which queues exist, how messages travel, what beat wakes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from celery import Celery, signals
from celery.apps.worker import Worker
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soc.settings")

from django.conf import settings

from soc.rounds import Act, Ears, Round

app = Celery("vigie")
app.conf.update(
    broker_url=settings.BROKER_URL,
    # A broker that is away is waited for, however long: watchers go on without it.
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # Without a socket timeout of None redis-py cuts idle connections of the broker.
    broker_transport_options={"socket_timeout": None, "visibility_timeout": 3600, "queue_order_strategy": "priority"},
    result_backend=None,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    task_default_queue="default",
    task_queues=[Queue(name) for name in ("detection", "urgent", "crisis", "default", "models")],
    # A watch lasts for days: acknowledged when taken, never fetched ahead. The lease, not the message, is the claim.
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    worker_disable_prefetch=True,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    timezone="UTC",
    enable_utc=True,
)
_EVERYWHERE = (
    "soc.people",
    "soc.people.directory",
    "soc.journal",
    "soc.broadcast",
    "detection",
    "alerts",
    "alerts.logbook",
)
_WHERE_PLANS_RUN = (
    "alerts.channels.recordings",
    "alerts.deliveries",
    "crisis.activations",
    "crisis.audits",
    "crisis.devices",
    "crisis.entrances",
)
"""Reach people and move things, by libraries that a watcher's image lacks."""
APPS_WITH_TASKS = _EVERYWHERE + (_WHERE_PLANS_RUN if find_spec("rest_framework") else ())
"""Each has a `tasks` module with a `BEAT` schedule and, where responders look for something by themselves, `ROUNDS`."""

app.autodiscover_tasks(list(APPS_WITH_TASKS))

_BEAT_LOCK = 0x5649_4749  # "VIGI": the advisory lock of the one beat


@signals.setup_logging.connect(weak=False)
def _keep_our_logs(**_: Any) -> None:
    """Be connected: Celery then leaves the logs as soc.logs set them up with the settings."""


@signals.import_modules.connect(weak=False)
def _compose_schedule(**_: Any) -> None:
    """Collect every app's schedule, once Django is set up (its fixup listens to the same signal, earlier)."""
    schedule: dict[str, Any] = {}
    for name in APPS_WITH_TASKS:
        entries: Mapping[str, Any] = import_module(f"{name}.tasks").BEAT
        schedule |= entries
    app.conf.beat_schedule = schedule


_RESPONDERS = "urgent"
"""Who consumes this queue is a responder."""
_rounds: list[Round] = []
_ears: list[Ears] = []


@signals.celeryd_after_setup.connect(weak=False)
def _begin_the_rounds(instance: Worker, **_: Any) -> None:
    """Before the broker answers: what does not need it does not wait for it."""
    if _RESPONDERS not in instance.app.amqp.queues.consume_from:
        return
    for app_name in APPS_WITH_TASKS:
        acts: Mapping[str, Act] = getattr(import_module(f"{app_name}.tasks"), "ROUNDS", {})
        _rounds.extend(Round(name, act) for name, act in acts.items())
    for each in _rounds:
        each.start()
    _ears.append(Ears(_rounds))
    _ears[0].start()


@signals.worker_shutdown.connect(weak=False)
def _end_the_rounds(**_: Any) -> None:
    for ears in _ears:
        ears.stop()
    for each in _rounds:
        each.stop()


@signals.beat_init.connect(weak=False)
def _be_the_only_beat(**_: Any) -> None:
    """Wait until no other beat runs: the lock is the session's, a beat that dies gives it back."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_BEAT_LOCK])
