"""Commits what a process that died had accepted: any process that sees its spool may adopt it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import structlog

from alerts import raising
from alerts.firing import Firing, load
from alerts.spool import orphans, set_aside
from alerts.workers import AWAY

log = structlog.get_logger(__name__)


def adopt(folder: Path, *, commit: Callable[[Firing], UUID] = raising.commit) -> int:
    """Commit the firings in every spool of `folder` that nobody owns, and remove those spools. How many firings.

    A record that cannot be read or committed whatever one tries is logged and set aside.

    Raises:
        OSError: the disk refuses.
        django.db.OperationalError: the database is away; what is left stays in its spool.
    """
    adopted = 0
    for orphan in orphans(folder):
        for raw in orphan.records():
            try:
                commit(load(raw))
            except AWAY:
                raise
            except Exception:
                log.exception("alert.unraisable", spool=orphan.path.name)
                set_aside(folder, raw)
            else:
                adopted += 1
        orphan.discard()
    if adopted:
        log.warning("spool.adopted", firings=adopted)
    return adopted
