"""What the clock does for the journal: a seal each second; and the responder runs the verifications that were asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

import structlog
from celery import shared_task, signals
from celery.apps.worker import Worker
from django.db import DatabaseError, connection

from soc.journal import sealing, verifying

log = structlog.get_logger()

QUEUE = "default"
LOOKED_FOR_EVERY_S = 1.0

BEAT: Mapping[str, Any] = {
    "journal.seal": {"task": "journal.seal", "schedule": 1.0, "options": {"queue": "default", "expires": 1}},
}


@shared_task(name="journal.seal")
def seal() -> None:
    """Seal what waits. A disk that takes no head is said; the seals stand and the head goes with the next one."""
    try:
        sealing.seal_all()
    except OSError:
        log.exception("journal.head_not_exported")


@signals.celeryd_after_setup.connect(weak=False)
def _become_a_verifier(instance: Worker, **_: Any) -> None:
    """Start looking for verifications in workers of the queue `default`, also while the broker is away."""
    if QUEUE in instance.app.amqp.queues.consume_from:
        threading.Thread(target=_verify_what_is_asked, name="journal-verifications", daemon=True).start()


def _verify_what_is_asked() -> None:
    """Run what waits, for as long as the process lives. Who dies in one leaves it to another."""
    while True:
        try:
            verifying.run_due()
        except DatabaseError:
            log.exception("journal.verification_failed")  # the next round tries again
        finally:
            connection.close()
        time.sleep(LOOKED_FOR_EVERY_S)
