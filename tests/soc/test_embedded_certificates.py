"""Other machines are served HTTPS by an authority of the installation's own."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import stat
import threading
from pathlib import Path

import pytest

from soc.embedded import certificates

NOW = dt.datetime.now(dt.UTC)
NAMES = ["vigie.example.org", "localhost", "127.0.0.1"]


def _shake_hands(made: certificates.Certificate, name: str) -> None:
    """Connect with TLS to a server that has the certificate, under `name`, trusting the authority only."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(made.certificate, made.key)
    client = ssl.create_default_context(cafile=str(made.authority))
    here, there = socket.socketpair()

    def answer() -> None:
        try:
            with server.wrap_socket(there, server_side=True) as connection:
                connection.recv(1)
        except (ssl.SSLError, OSError):
            there.close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        with client.wrap_socket(here, server_hostname=name) as connection:
            connection.sendall(b"x")
    finally:
        here.close()
        thread.join()


@pytest.mark.parametrize("name", NAMES)
def test_a_browser_that_knows_the_authority_trusts_every_name(tmp_path: Path, name: str) -> None:
    _shake_hands(certificates.ensure(tmp_path / "tls", NAMES, NOW), name)


def test_another_name_is_not_trusted(tmp_path: Path) -> None:
    made = certificates.ensure(tmp_path / "tls", NAMES, NOW)
    with pytest.raises(ssl.SSLCertVerificationError):
        _shake_hands(made, "bank.example.org")


def test_it_is_kept_while_it_is_good_and_renewed_by_the_same_authority(tmp_path: Path) -> None:
    made = certificates.ensure(tmp_path / "tls", NAMES, NOW)
    first, authority = made.certificate.read_bytes(), made.authority.read_bytes()
    assert certificates.ensure(tmp_path / "tls", list(reversed(NAMES)), NOW).certificate.read_bytes() == first
    certificates.ensure(tmp_path / "tls", NAMES, NOW + dt.timedelta(days=361))
    assert made.certificate.read_bytes() != first
    second = made.certificate.read_bytes()
    certificates.ensure(tmp_path / "tls", [*NAMES, "10.1.2.3"], NOW)
    assert made.certificate.read_bytes() != second
    assert made.authority.read_bytes() == authority
    _shake_hands(made, "10.1.2.3")


def test_keys_are_for_their_owner_only(tmp_path: Path) -> None:
    made = certificates.ensure(tmp_path / "tls", NAMES, NOW)
    keys = [made.key, tmp_path / "tls" / "ca.key"]
    assert [stat.S_IMODE(key.stat().st_mode) for key in keys] == [0o600, 0o600]


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("10.1.2.3", False)],
)
def test_only_this_machine_needs_none(host: str, local: bool) -> None:
    assert certificates.is_local(host) is local


def test_a_process_that_listens_everywhere_answers_to_the_machines_names() -> None:
    names = certificates.names_of("0.0.0.0")
    assert {"localhost", "127.0.0.1", socket.gethostname()} <= set(names)
    assert certificates.names_of("10.1.2.3")[0] == "10.1.2.3"
