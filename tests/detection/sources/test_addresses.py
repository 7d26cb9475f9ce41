"""Addresses: parsed strictly, resolved once, all of what a name means checked, and only the checked one connected to."""

from __future__ import annotations

import socket
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.models import SourceKind
from detection.reasons import Reason
from detection.sources import address
from detection.sources.spec import SourceFault

RTSP, HTTP = SourceKind.RTSP, SourceKind.HTTP
LOCAL = (ip_network("192.168.0.0/16"), ip_network("fc00::/7"))
ALL = (ip_network("0.0.0.0/0"), ip_network("::/0"))


@pytest.mark.parametrize(
    ("kind", "text", "scheme", "host", "port", "target"),
    [
        (RTSP, "rtsp://192.168.1.5/live", "rtsp", "192.168.1.5", 554, "/live"),
        (RTSP, "RTSP://Cam.Local:8554/a/b?x=1&y=é", "rtsp", "cam.local", 8554, "/a/b?x=1&y=%C3%A9"),
        (RTSP, "rtsps://[fd00::1]/", "rtsps", "fd00::1", 322, "/"),
        (HTTP, "http://192.168.1.5:80/video.mjpg#part", "http", "192.168.1.5", 80, "/video.mjpg"),
        (HTTP, "https://cam", "https", "cam", 443, "/"),
        (HTTP, "http://cam/a%20b", "http", "cam", 80, "/a%20b"),
    ],
)
def test_addresses_that_are_understood(
    kind: SourceKind, text: str, scheme: str, host: str, port: int, target: str
) -> None:
    found = address.parse(kind, text)
    assert (found.scheme, found.host, found.port, found.target) == (scheme, host, port, target)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("http://viewer:secret@cam/", Reason.CREDENTIALS_IN_ADDRESS),
        ("http://viewer@cam/", Reason.CREDENTIALS_IN_ADDRESS),
        ("", Reason.NOT_ALLOWED_ADDRESS),
        ("cam", Reason.NOT_ALLOWED_ADDRESS),
        ("http://", Reason.NOT_ALLOWED_ADDRESS),
        ("http:///video", Reason.NOT_ALLOWED_ADDRESS),
        ("ftp://cam/", Reason.NOT_ALLOWED_ADDRESS),
        ("file:///etc/passwd", Reason.NOT_ALLOWED_ADDRESS),
        ("concat:a|b", Reason.NOT_ALLOWED_ADDRESS),
        ("http://cam:0/", Reason.NOT_ALLOWED_ADDRESS),
        ("http://cam:70000/", Reason.NOT_ALLOWED_ADDRESS),
        ("http://cam:x/", Reason.NOT_ALLOWED_ADDRESS),
        ("http://[fe80::1%eth0]/", Reason.NOT_ALLOWED_ADDRESS),
        ("http://[::1/", Reason.NOT_ALLOWED_ADDRESS),
        ("http://cam/a b", Reason.NOT_ALLOWED_ADDRESS),
        ("http://cam/\r\nX: y", Reason.NOT_ALLOWED_ADDRESS),
        ("http://cam\\@evil/", Reason.NOT_ALLOWED_ADDRESS),
        ("http://cam/" + "x" * 500, Reason.NOT_ALLOWED_ADDRESS),
    ],
)
def test_addresses_that_are_refused(text: str, reason: Reason) -> None:
    with pytest.raises(SourceFault) as caught:
        address.parse(HTTP, text)
    assert caught.value.reason is reason


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        found = address.parse(HTTP, "http://" + text)
    except SourceFault:
        return
    assert found.host
    assert 1 <= found.port <= 65535
    assert found.target.isascii()
    assert not any(ord(sign) <= 32 for sign in found.host + found.target)


@pytest.mark.parametrize(
    ("text", "networks", "inside"),
    [
        ("192.168.3.4", LOCAL, True),
        ("::ffff:192.168.3.4", LOCAL, True),
        ("fd12::1", LOCAL, True),
        ("127.0.0.1", LOCAL, False),
        ("::1", LOCAL, False),
        ("::ffff:127.0.0.1", LOCAL, False),
        ("169.254.169.254", LOCAL, False),
        ("10.0.0.1", LOCAL, False),
        ("8.8.8.8", LOCAL, False),
        ("8.8.8.8", ALL, True),
        ("169.254.169.254", ALL, False),
        ("::ffff:169.254.169.254", ALL, False),
        ("fe80::1", ALL, False),
        ("0.0.0.0", ALL, False),
        ("::", ALL, False),
        ("::ffff:0.0.0.0", ALL, False),
        ("224.0.0.1", ALL, False),
        ("169.254.1.2", (ip_network("169.254.0.0/16"),), True),
        ("192.168.3.4", (), False),
    ],
)
def test_which_addresses_are_allowed(text: str, networks: tuple[Any, ...], inside: bool) -> None:
    assert address.allowed(ip_address(text), networks) is inside


@pytest.mark.parametrize("written", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "localhost", "[::1]"])
def test_no_way_of_writing_this_machine_gets_through(written: str) -> None:
    with pytest.raises(SourceFault) as caught:
        address.connect(address.parse(HTTP, f"http://{written}/"), LOCAL, timeout=1)
    assert caught.value.reason is Reason.NOT_ALLOWED_NETWORK


def answers(*found: str) -> Any:
    def lookup(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, port)) for text in found]

    return lookup


def test_one_address_outside_refuses_the_whole_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answers("192.168.1.5", "169.254.169.254"))
    with pytest.raises(SourceFault) as caught:
        address.resolve(address.parse(HTTP, "http://cam/"), LOCAL)
    assert caught.value.reason is Reason.NOT_ALLOWED_NETWORK


def test_a_name_is_resolved_once_and_the_checked_address_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    lookup = socket.getaddrinfo
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def rebinding(host: str, port: int, *args: Any, **more: Any) -> Any:
            if host != "rebinding.test":
                return lookup(host, port, *args, **more)
            asked.append(host)
            return answers("127.0.0.1" if len(asked) == 1 else "192.0.2.1")(host, port)

        monkeypatch.setattr(socket, "getaddrinfo", rebinding)
        endpoint = address.parse(HTTP, f"http://rebinding.test:{port}/")
        with address.connect(endpoint, (ip_network("127.0.0.0/8"),), timeout=2) as connection:
            assert connection.getpeername() == ("127.0.0.1", port)
    assert asked == ["rebinding.test"]
