"""Fixtures that all tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from soc import clock

JOURNAL_TABLES = ("soc_journal_entry", "soc_journal_seal", "soc_journal_personal")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The test database, which Django empties with TRUNCATE: the journal's refusal of it is off, but for its own tests."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in JOURNAL_TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_truncate")


@pytest.fixture(autouse=True)
def _wall_clock() -> Iterator[None]:
    """Business time is the wall clock's at the start of every test."""
    yield
    clock.reset()
