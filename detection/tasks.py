"""Thin clocks: the Celery tasks of detection, and the node of a watcher process.

`watch_camera` watches one camera until told to stop. It is acknowledged when taken and expires in 5 s: the lease, not the
message, says who watches. A watcher is a worker that consumes the queue `detection`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from celery import shared_task, signals
from celery.apps.worker import Worker
from django.conf import settings

from detection import leases, outages, reports

if TYPE_CHECKING:
    from detection.node import Node  # its plans need the vision stack, which responders and beat have not

log = structlog.get_logger(__name__)

QUEUE = "detection"
MESSAGE_EXPIRES_S = 5

BEAT = {
    "wake-watchers": {"task": "detection.tasks.wake", "schedule": 2.0, "options": {"queue": "default", "expires": 2}},
    "sweep-outages": {"task": "detection.tasks.sweep", "schedule": 5.0, "options": {"queue": "default", "expires": 5}},
    "forget-outages": {
        "task": "detection.tasks.forget",
        "schedule": 3600.0,
        "options": {"queue": "default", "expires": 3600},
    },
}
"""What beat wakes, collected in soc.celery."""

_node: Node | None = None


@shared_task(name="detection.tasks.watch_camera")
def watch_camera(camera_id: str) -> None:
    """Watch a camera under a lease, here, until told to stop; nothing when it is watched already or there is no room."""
    if _node is not None:
        _node.watch(UUID(camera_id))


@shared_task(name="detection.tasks.probe")
def probe(probe_id: str) -> None:
    """Test a camera that is not saved yet: one blurred picture, or what is wrong."""
    from detection.probe import run_probe  # the vision stack is a watcher's only

    run_probe(UUID(probe_id))


@shared_task(name="detection.tasks.wake")
def wake() -> None:
    """Send a message for every camera that should be watched and is not."""
    for camera in leases.free_cameras():
        watch_camera.apply_async(args=(str(camera.pk),), queue=QUEUE, expires=MESSAGE_EXPIRES_S)


@shared_task(name="detection.tasks.sweep")
def sweep() -> None:
    """Write down which cameras nobody watches: a watcher that died does not say so."""
    for camera in outages.sweep():
        reports.announce_unwatched(camera)


@shared_task(name="detection.tasks.forget")
def forget() -> None:
    """Delete outages and frame counts that are older than they are kept."""
    outages.forget()


@signals.celeryd_after_setup.connect
def _become_a_watcher(instance: Worker, **_: Any) -> None:
    """Start the node before the broker answers: a watcher pulls cameras by itself while the broker is away."""
    global _node
    if QUEUE not in instance.app.amqp.queues.consume_from:
        return
    try:
        from detection.watch import open_node  # the vision stack is a watcher's only

        _node = open_node(settings.CONFIG.watcher_capacity)
    except Exception as error:
        # Celery logs what a handler raises and goes on: a watcher that cannot watch must not stay and look alive.
        log.exception("watcher.cannot_start")
        raise SystemExit(1) from error
    _node.start()


@signals.worker_shutting_down.connect
def _stop_watching(**_: Any) -> None:
    """End the loops at once, so that the warm shutdown has no task to wait for."""
    if _node is not None:
        _node.stop_watching()


@signals.worker_shutdown.connect
def _give_back(**_: Any) -> None:
    """Give every lease back before the process ends."""
    if _node is not None:
        _node.stop()
