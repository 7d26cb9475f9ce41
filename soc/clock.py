"""The only source of business time; tests move it for all processes at once.

Timeouts, leases and delays inside one process use `time.monotonic` or the database's clock. What a person reads and what a
rule, a retention or a deadline decides on is read here.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from soc.config import config

_OFFSET_FILE = "clock-offset"


def now() -> dt.datetime:
    """The time of day that business decisions use, in UTC, aware."""
    return dt.datetime.now(dt.UTC) + _offset()


def move(by: dt.timedelta) -> None:
    """Move business time of every process that shares this VIGIE_VAR. Tests only.

    Raises:
        RuntimeError: when VIGIE_TEST_CLOCK is not set.
    """
    if not config().test_clock:
        raise RuntimeError("Business time can be moved in tests only (VIGIE_TEST_CLOCK).")
    total = _offset() + by
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(str(total.total_seconds()))
    draft.replace(path)


def reset() -> None:
    """Give business time back to the wall clock. Tests only."""
    _path().unlink(missing_ok=True)


def _path() -> Path:
    return config().var / _OFFSET_FILE


def _offset() -> dt.timedelta:
    if not config().test_clock:
        return dt.timedelta()
    try:
        return dt.timedelta(seconds=float(_path().read_text()))
    except FileNotFoundError:
        return dt.timedelta()
