"""Fixtures that all tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from soc import clock


@pytest.fixture(autouse=True)
def _wall_clock() -> Iterator[None]:
    """Business time is the wall clock's at the start of every test."""
    yield
    clock.reset()
