"""The clock of connected objects: nothing waits for the broker, each responder looks into the database each second by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from celery import signals

from crisis.devices import engine, listening
from soc.rounds import Act

BEAT: Mapping[str, Any] = {}
ROUNDS: Mapping[str, Act] = {"devices-scripts": engine.tick, "devices-listening": listening.look}


@signals.worker_shutdown.connect
def _stop_listening(**_: Any) -> None:
    """Let another process listen at once."""
    listening.close()
