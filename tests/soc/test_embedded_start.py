"""One command starts everything and one stop ends it, without a process left behind."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from soc.config import Config, config
from soc.embedded import place, secret_files
from soc.embedded.__main__ import Refusal, only_one, refuse_a_taken_port
from tests.embedded import CEILING_S, Installation


@pytest.fixture
def var() -> Iterator[Path]:
    """A VIGIE_VAR that PostgreSQL's account can reach, which pytest's own temporary folders are not."""
    with tempfile.TemporaryDirectory(prefix="vigie-start-") as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "schema").symlink_to(config().schema_folder)
        yield Path(folder)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "a system that stops it"])
def test_it_comes_up_and_a_stop_leaves_no_process(var: Path, number: signal.Signals) -> None:
    installation = Installation(var)
    try:
        installation.until_up()
        family = installation.family()
        demo = json.loads((var / "demo.json").read_text())
    finally:
        status = installation.end(number)
    assert status == 0
    _gone, alive = psutil.wait_procs(family, timeout=CEILING_S)
    assert alive == []
    assert len(family) >= 6  # web, watcher, responder, beat, PostgreSQL, Valkey
    assert demo["address"] == f"http://127.0.0.1:{installation.port}"
    roles = [account["role"] for account in demo["accounts"]]
    assert roles == ["agent", "supervisor", "administrator", "auditor", "responder"]
    assert all(any(account["password"] in line for line in installation.lines) for account in demo["accounts"])
    assert stat.S_IMODE((var / "demo.json").stat().st_mode) == 0o600
    assert {stat.S_IMODE(path.stat().st_mode) for path in (var / "secrets").iterdir()} == {0o600}
    assert not any("Traceback" in line for line in installation.lines)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_killed_it_leaves_no_process_and_starts_again_with_the_same_accounts(var: Path) -> None:
    installation = Installation(var)
    try:
        installation.until_up()
        family = installation.family()
        accounts = json.loads((var / "demo.json").read_text())["accounts"]
    finally:
        installation.end(signal.SIGKILL)
    _gone, alive = psutil.wait_procs(family, timeout=CEILING_S)
    assert alive == []
    again = Installation(var)
    try:
        again.until_up()
        assert json.loads((var / "demo.json").read_text())["accounts"] == accounts
    finally:
        assert again.end(signal.SIGINT) == 0


def test_a_taken_port_is_a_sentence_that_proposes_another() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(
            Refusal, match=rf"Port {port} is in use by another program. Choose another: PORT={port + 1}"
        ):
            refuse_a_taken_port(Config(PORT=port))


def test_an_address_of_another_machine_is_a_sentence() -> None:
    with pytest.raises(Refusal, match=r"192\.0\.2\.1 is no address of this machine"):
        refuse_a_taken_port(Config(HOST="192.0.2.1"))


def test_a_second_start_with_the_same_data_is_refused(tmp_path: Path) -> None:
    settings = Config(VIGIE_VAR=tmp_path)
    with only_one(settings), pytest.raises(Refusal, match="Vigie runs already"), only_one(settings):
        pass
    with only_one(settings):
        pass


def test_secrets_are_made_once_long_and_for_their_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in secret_files.NAMES:
        monkeypatch.delenv(name, raising=False)
    first = secret_files.load(tmp_path / "secrets")
    assert first == secret_files.load(tmp_path / "secrets")
    assert len(set(first.values())) == 3
    assert all(re.fullmatch(r"\S{50,}", secret) for secret in first.values())
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    monkeypatch.setenv("VIGIE_JOURNAL_KEY", "from a vault")
    assert secret_files.load(tmp_path / "secrets")["VIGIE_JOURNAL_KEY"] == "from a vault"


@pytest.mark.skipif(os.geteuid() != 0, reason="only as root does PostgreSQL need another account")
def test_data_that_another_account_cannot_reach_go_elsewhere_and_no_folder_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    folder = place.data_folder(home / "vigie" / "var")
    try:
        assert not folder.is_relative_to(home)
        assert place.reachable_by_others(folder)
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
    finally:
        folder.rmdir()


def test_sockets_lie_where_their_path_is_short_enough(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    folder = place.socket_folder(deep)
    try:
        assert len(os.fsencode(folder / "postgresql" / ".s.PGSQL.5432")) < 104
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    finally:
        folder.rmdir()
