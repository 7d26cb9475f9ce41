"""Fixtures that all tests share."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import psycopg
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.db import connection, transaction
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker
from typing_extensions import override
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from soc import clock
from soc.config import ROOT, config
from soc.embedded.schema import KeptSchema
from tests.servers_plugin import SERVERS

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile(
    "vigie", hypothesis.settings(), deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("vigie")


class ByFile(LoadScopeScheduling):
    """Where several processes test (`make test`), one has each file, and one each folder of browsers: they share an installation.

    pytest-xdist's own groups do nothing under pytest 9.2, which keeps the names of tests elsewhere.
    """

    @override
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file.rpartition("/")[0] if file.startswith("tests/e2e/") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """Hand the tests out by file."""
    return ByFile(config, log)


_BEGUN_WITH = (
    ("tests/e2e/cameras/",),
    ("tests/alerts/", "tests/crisis/", "tests/test_"),
    ("tests/e2e/crisis/",),
    ("tests/e2e/", "tests/demo/"),
)
"""What several processes begin with: each folder of browsers takes one of them long.

Cameras and what watches them need both of two processors: other browsers beside them, and they are analysed once in seconds
(seen). So what comes next is what one processor is enough for, and takes longer than they do.
"""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several processes test, put the tests in the order in which they are handed out."""

    def turn(item: pytest.Item) -> int:
        for number, places in enumerate(_BEGUN_WITH):
            if item.nodeid.startswith(places):
                return number
        return len(_BEGUN_WITH)

    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=turn)


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
            draft = compiled.with_suffix(f".{os.getpid()}.draft")  # another run may begin beside this one
            with source.open("rb") as read, draft.open("wb") as written:
                write_mo(written, read_po(read))
            draft.replace(compiled)


_compile_catalogues()

# Each test client makes Django's middleware anew, and WhiteNoise would list every static file each time: it looks when asked.
settings.WHITENOISE_AUTOREFRESH = True

# A password's hash takes its time on purpose, and the tests make and read thousands. Vigie's own processes keep to 2 ** 14.
ScryptPasswordHasher.work_factor = 2**6


_REMADE = frozenset({"django_content_type", "auth_permission"})
"""What Django writes after each migration, and would after each emptying: it stays, as no test changes it."""


def _empty(_case: TransactionTestCase) -> None:
    """After a test that commits: delete what there is, past the triggers that keep the journal.

    Django empties two hundred tables of which ten have rows, and writes its permissions anew: that takes ten times as long.
    """
    quoted = connection.ops.quote_name
    tables = [name for name in connection.introspection.django_table_names(only_existing=True) if name not in _REMADE]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        filled = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM {quoted(name)})" for name in tables)
        cursor.execute(" UNION ALL ".join(filled))
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {quoted(name)}")


_TEMPLATE = "vigie_template"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The test database begins with what migrations make of an empty one: kept until one of them changes.

    Of several processes that test one carries the migrations out, and the others wait for what it keeps: all at once it takes
    each of them longer than that.
    """
    with psycopg.connect(SERVERS.database_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {_TEMPLATE}")
    template = SERVERS.database_url.replace("/vigie?", f"/{_TEMPLATE}?")
    kept = KeptSchema.of(config())
    assert kept is not None
    with (config().schema_folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.take(template):
            migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
            subprocess.run(migrate, cwd=ROOT, env=os.environ | {"DATABASE_URL": template}, check=True)
            kept.keep(template)
    connection.settings_dict["TEST"]["TEMPLATE"] = _TEMPLATE


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database, and how it is emptied."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in JOURNAL_TABLES + LOGBOOK_TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_truncate")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", _empty)
        yield


@pytest.fixture(autouse=True)
def _wall_clock() -> Iterator[None]:
    """Business time is the wall clock's at the start of every test."""
    yield
    clock.reset()
