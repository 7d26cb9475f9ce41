"""What the rooms below tell activations. The watcher raises alerts and lacks the libraries by which plans are carried out, so who
needs them is imported when it is told something.
"""

from __future__ import annotations

from collections.abc import Sequence

from alerts.deliveries.models import Answer
from crisis.devices.models import ScriptRun


def answered(answers: Sequence[Answer]) -> None:
    """People answered messages."""
    from crisis.activations import answering

    answering.answered(answers)


def run_changed(run: ScriptRun) -> None:
    """A script's run ended, or asks somebody."""
    from crisis.activations import things

    things.run_changed(run)
