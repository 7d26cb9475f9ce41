"""A start that would be unsafe is refused, and says why."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from soc.config import ROOT, Config, UnsafeConfiguration, describe

SAFE = {
    "VIGIE_MODE": "production",
    "VIGIE_SECRET_KEY": "s" * 50,
    "VIGIE_CREDENTIAL_KEY": "c" * 50,
    "VIGIE_JOURNAL_KEY": "j" * 50,
    "VIGIE_ALLOWED_HOSTS": "vigie.example.org",
    "DATABASE_URL": "postgres://db/vigie",
    "REDIS_URL": "redis://broker/0",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for field in Config.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    for name, value in SAFE.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_a_safe_production_starts(environment: pytest.MonkeyPatch) -> None:
    Config().refuse_if_unsafe()


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("VIGIE_SECRET_KEY", None, "VIGIE_SECRET_KEY is unset"),
        ("VIGIE_SECRET_KEY", "short", "shorter than 32 characters"),
        ("VIGIE_SECRET_KEY", "not-a-secret", "VIGIE_SECRET_KEY is unset, a default"),
        ("VIGIE_CREDENTIAL_KEY", None, "VIGIE_CREDENTIAL_KEY is unset"),
        ("VIGIE_JOURNAL_KEY", None, "VIGIE_JOURNAL_KEY is unset"),
        ("VIGIE_DEBUG", "1", "VIGIE_DEBUG shows the inside"),
        ("VIGIE_ALLOWED_HOSTS", None, "VIGIE_ALLOWED_HOSTS must name"),
        ("VIGIE_ALLOWED_HOSTS", "*", "VIGIE_ALLOWED_HOSTS must name"),
        ("VIGIE_ALLOWED_HOSTS", "vigie.example.org, *", "VIGIE_ALLOWED_HOSTS must name"),
        ("VIGIE_ALLOWED_HOSTS", " , ", "VIGIE_ALLOWED_HOSTS must name"),
        ("VIGIE_TEST_CLOCK", "1", "VIGIE_TEST_CLOCK lets anyone move the time"),
        ("DATABASE_URL", None, "DATABASE_URL is unset"),
        ("REDIS_URL", None, "REDIS_URL is unset"),
    ],
)
def test_an_unsafe_production_is_refused(
    environment: pytest.MonkeyPatch, name: str, value: str | None, reason: str
) -> None:
    if value is None:
        environment.delenv(name)
    else:
        environment.setenv(name, value)
    with pytest.raises(UnsafeConfiguration, match=reason) as refused:
        Config().refuse_if_unsafe()
    assert str(refused.value).count("\n  - ") == 1


def test_every_reason_is_named_at_once(environment: pytest.MonkeyPatch) -> None:
    for name in SAFE:
        environment.delenv(name)
    with pytest.raises(UnsafeConfiguration) as refused:
        Config().refuse_if_unsafe()
    assert str(refused.value).count("\n  - ") == 6


def test_the_embedded_start_needs_no_servers_or_hosts_but_secrets(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("VIGIE_MODE", "embedded")
    for name in ("VIGIE_ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"):
        environment.delenv(name)
    Config().refuse_if_unsafe()
    environment.delenv("VIGIE_JOURNAL_KEY")
    with pytest.raises(UnsafeConfiguration, match="VIGIE_JOURNAL_KEY"):
        Config().refuse_if_unsafe()


def _start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("VIGIE_", "DJANGO_"))}
    for name in ("DATABASE_URL", "REDIS_URL"):
        clean.pop(name, None)
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=clean | environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "arguments",
    [("manage.py", "migrate"), ("-m", "soc.web"), ("-m", "celery", "-A", "soc.celery", "worker")],
    ids=["command", "web", "worker"],
)
def test_whatever_starts_unsafely_ends_with_the_sentence_and_no_traceback(arguments: tuple[str, ...]) -> None:
    ended = _start(*arguments)
    assert ended.returncode == 1
    assert "Vigie does not start, because:\n  - VIGIE_SECRET_KEY is unset" in ended.stderr
    assert "Traceback" not in ended.stderr + ended.stdout


def test_a_value_that_cannot_be_is_named() -> None:
    ended = _start("manage.py", "check", VIGIE_MODE="test", PORT="eighty")
    assert ended.returncode == 1
    assert "PORT: Input should be a valid integer" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_show_config_works_before_anything_is_set_and_hides_secrets() -> None:
    shown = _start("manage.py", "show_config", VIGIE_JOURNAL_KEY="a-key-that-nobody-should-read")
    assert shown.returncode == 0
    assert "VIGIE_JOURNAL_KEY=set" in shown.stdout
    assert "VIGIE_SECRET_KEY=unset" in shown.stdout
    assert "a-key-that-nobody-should-read" not in shown.stdout


def test_every_variable_is_described() -> None:
    for field in Config.model_fields.values():
        assert field.alias
        assert field.description
        assert f"{field.alias}=" in describe()
