"""What `/readyz` says of detection: whether watchers live, and how many cameras are watched of those that should be."""

from __future__ import annotations

from detection import selectors
from detection.expected import watchable
from soc.health import Check, register_check


def watchers() -> Check:
    """Whether a watcher lives, where there is something to watch."""
    fleet = selectors.fleet()
    details = {"living": fleet.living, "room": fleet.room}
    return Check(ok=fleet.living > 0 or not watchable(), details=details, vital=False)


def cameras() -> Check:
    """Whether every camera that should be watched is."""
    expected, watched = len(watchable()), selectors.fleet().held
    return Check(ok=watched >= expected, details={"watched": watched, "expected": expected}, vital=False)


def register() -> None:
    """Register both; called once, when the app is ready."""
    register_check("watchers", watchers)
    register_check("cameras", cameras)
