"""Real processes for tests of plans under way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.system import System, database_url


@pytest.fixture
def system() -> Iterator[System]:
    """Vigie's own processes, stopped at the end."""
    with System() as running:
        yield running


@pytest.fixture
def broken_broker() -> Iterator[System]:
    """A responder whose broker is not there."""
    with System({"DATABASE_URL": database_url(), "REDIS_URL": "redis://127.0.0.1:1/0"}) as running:
        running.responder()
        yield running
