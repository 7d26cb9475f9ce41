"""What the clock does for the journal: a seal each second; and each responder runs the verifications that were asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from celery import shared_task

from soc.journal import sealing, verifying
from soc.rounds import Act

log = structlog.get_logger()

BEAT: Mapping[str, Any] = {
    "journal.seal": {"task": "journal.seal", "schedule": 1.0, "options": {"queue": "default", "expires": 1}},
}
ROUNDS: Mapping[str, Act] = {"journal-verifications": verifying.run_due}


@shared_task(name="journal.seal")
def seal() -> None:
    """Seal what waits. A disk that takes no head is said; the seals stand and the head goes with the next one."""
    try:
        sealing.seal_all()
    except OSError:
        log.exception("journal.head_not_exported")
