"""The Celery application: which queues exist, how messages travel, what beat wakes."""

from __future__ import annotations

import os

from celery import Celery
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soc.settings")

from django.conf import settings

app = Celery("vigie")
app.conf.update(
    broker_url=settings.BROKER_URL,
    broker_connection_retry_on_startup=True,
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
app.autodiscover_tasks(["soc.people", "soc.journal", "soc.broadcast", "detection", "alerts"])
