"""What migrations make of an empty database is kept, and the next empty one takes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from soc.config import Config, Mode, config
from soc.embedded.schema import KeptSchema, SchemaFault, client_programs
from tests.servers_plugin import SERVERS
from tests.system import System

MADE = "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
GUARDS = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
RULES = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2
"""
APPLIED = "SELECT app, name FROM django_migrations ORDER BY 1, 2"


def ask(database: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(address(database)) as connection:
        return connection.execute(question.encode()).fetchall()


def address(database: str) -> str:
    return SERVERS.database_url.replace("/vigie?", f"/{database}?")


@pytest.fixture
def empty() -> Iterator[list[str]]:
    """Two databases in which nothing is."""
    names = ["schema_one", "schema_two"]
    with psycopg.connect(SERVERS.database_url, autocommit=True) as server:
        for name in names:
            server.execute(f"CREATE DATABASE {name}".encode())
        yield names
        for name in names:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def kept(tmp_path: Path) -> KeptSchema:
    """With a folder of its own and this installation's programs."""
    of_this = KeptSchema.of(config().model_copy(update={"var": tmp_path}))
    assert of_this is not None
    return of_this


@pytest.mark.django_db
def test_an_empty_database_takes_what_another_ones_migrations_made(empty: list[str], kept: KeptSchema) -> None:
    first, second = empty
    own = KeptSchema.of(config())
    assert own is not None
    assert own.take(address(first))  # the fixtures of the test database have kept it
    assert not kept.take(address(second))
    kept.keep(address(first))
    assert kept.take(address(second))
    for question in (MADE, GUARDS, RULES, APPLIED):
        made = ask(first, question)
        assert made
        assert ask(second, question) == made
    assert [path.suffix for path in kept.file.parent.iterdir()] == [".dump"]


@pytest.mark.django_db
def test_the_database_of_an_installation_is_made_ready_from_it(empty: list[str]) -> None:
    with System({"DATABASE_URL": address(empty[0])}) as system:
        program = system.start("prepare", ["manage.py", "prepare"])
        assert program.process.wait(120) == 0, program.output
        assert "as the migrations made it before" in program.output
        again = system.start("prepare", ["manage.py", "prepare"])
        assert again.process.wait(120) == 0, again.output
        assert "database" not in again.output
    assert ask(empty[0], APPLIED)


def test_what_cannot_be_used_is_thrown_away_and_the_database_stays_empty(empty: list[str], kept: KeptSchema) -> None:
    kept.file.parent.mkdir()
    kept.file.write_bytes(b"PGDMP, and then nothing of an archive")
    with pytest.raises(SchemaFault, match="pg_restore failed"):
        kept.take(address(empty[0]))
    assert not kept.file.exists()
    assert ask(empty[0], MADE) == []


def test_what_cannot_be_kept_leaves_nothing(kept: KeptSchema) -> None:
    with pytest.raises(SchemaFault, match=r"pg_dump failed: .*no_such_database"):
        kept.keep(address("no_such_database"))
    assert list(kept.file.parent.iterdir()) == []


def test_another_migration_is_another_name_and_what_was_kept_before_goes(empty: list[str], tmp_path: Path) -> None:
    code = tmp_path / "code"
    migrations = code / "soc" / "people" / "migrations"
    migrations.mkdir(parents=True)
    first = migrations / "0001_initial.py"
    first.write_text("")
    programs = client_programs()
    assert programs is not None
    kept = KeptSchema(tmp_path / "schema", programs, code)
    kept.keep(address(empty[0]))
    before = kept.file
    assert before.exists()
    (migrations / "0002_more.py").write_text("")
    assert kept.file != before
    assert not kept.take(address(empty[1]))
    kept.keep(address(empty[0]))
    assert [kept.file] == list((tmp_path / "schema").iterdir())


def test_a_database_of_production_is_always_migrated(tmp_path: Path) -> None:
    assert KeptSchema.of(Config(VIGIE_MODE=Mode.PRODUCTION, VIGIE_VAR=tmp_path)) is None
