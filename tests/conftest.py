"""Fixtures that all tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.db import connection
from pytest_django import DjangoDbBlocker

from soc import clock

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile(
    "vigie", hypothesis.settings(), deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("vigie")

JOURNAL_TABLES = ("soc_journal_entry", "soc_journal_seal", "soc_journal_personal")
LOGBOOK_TABLES = (
    "alerts_logbook_logbookentry",
    "alerts_logbook_logbookwords",
    "alerts_logbook_alertlink",
    "alerts_logbook_cameralink",
    "alerts_logbook_handover",
)


def _compile_catalogues() -> None:
    """Compile the languages' catalogues that are newer than what was compiled of them (git keeps no compiled ones)."""
    for folder in settings.LOCALE_PATHS:
        for source in Path(folder).glob("*/LC_MESSAGES/django.po"):
            compiled = source.with_suffix(".mo")
            if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
                continue
            draft = compiled.with_suffix(".draft")
            with source.open("rb") as read, draft.open("wb") as written:
                write_mo(written, read_po(read))
            draft.replace(compiled)


_compile_catalogues()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The test database, which Django empties with TRUNCATE: the refusals of that are off, but for their own tests."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in JOURNAL_TABLES + LOGBOOK_TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_truncate")


@pytest.fixture(autouse=True)
def _wall_clock() -> Iterator[None]:
    """Business time is the wall clock's at the start of every test."""
    yield
    clock.reset()
