"""The HTTP driver against a real server: one request, nothing repeated, nothing followed, nothing outside the networks."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

import pytest

from crisis.devices.drivers.base import Deadline, DeviceFault, Fault, Result, Sending, Target
from crisis.devices.drivers.http import Http, HttpSettings
from crisis.devices.drivers.pointers import value_at
from crisis.devices.policy import Policy
from crisis.devices.secrets import Secrets
from soc.endpoints import networks_of
from tests import factories
from tests.peers.http_device import HttpDevice

LOCAL = Policy(networks_of("127.0.0.0/8"))


def target(
    address: str, policy: Policy = LOCAL, secrets: Secrets | None = None, **settings: Any
) -> Target[HttpSettings]:
    built = factories.DeviceFactory.build(site=None, organisation=None)
    described = HttpSettings.model_validate({**built.settings, **settings})
    return Target(built.pk, described, address, policy, secrets or Secrets())


def tell(to: Target[HttpSettings], seconds: float = 5.0) -> Result:
    return Http().set_state(to, "on", Deadline(seconds))


@pytest.mark.parametrize(
    ("status", "sending", "fault"),
    [
        (204, Sending.SENT, None),
        (301, Sending.NOT_SENT, Fault.REDIRECT),
        (401, Sending.NOT_SENT, Fault.WRONG_PASSWORD),
        (404, Sending.NOT_SENT, Fault.REJECTED),
        (500, Sending.UNKNOWN, Fault.DEVICE_ERROR),
        (503, Sending.UNKNOWN, Fault.DEVICE_ERROR),
    ],
)
def test_what_an_answer_means(relay: HttpDevice, status: int, sending: Sending, fault: Fault | None) -> None:
    relay.status = status
    result = tell(target(relay.address))
    assert (result.sending, result.fault) == (sending, fault)
    assert len(relay.told) == 1


def test_a_device_that_does_not_answer_in_time_may_have_done_it(relay: HttpDevice) -> None:
    relay.holding.set()
    result = tell(target(relay.address), 0.5)
    assert (result.sending, result.fault) == (Sending.UNKNOWN, Fault.TIMEOUT)
    relay.holding.clear()
    assert relay.told == [True]


def test_a_device_that_is_off_was_certainly_not_moved() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert tell(target(f"http://127.0.0.1:{port}")) == Result.not_sent(Fault.REFUSED)


def test_an_answer_that_drips_is_bounded_by_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        began = time.monotonic()
        result = tell(target(f"http://127.0.0.1:{server.getsockname()[1]}"), 1.0)
        assert time.monotonic() - began < 5 * 1.0
        assert result == Result.unknown(Fault.TIMEOUT)
        thread.join()


def drip(server: socket.socket) -> None:
    """An answer that begins and never ends."""
    connection, _ = server.accept()
    with connection:
        connection.settimeout(10)
        try:
            for sign in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1000:
                connection.sendall(bytes([sign]))
                time.sleep(0.1)
        except OSError:
            return


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("http://192.0.2.1/", Fault.NOT_ALLOWED_NETWORK),
        ("http://169.254.169.254/latest", Fault.NOT_ALLOWED_NETWORK),
        ("http://me:secret@127.0.0.1/", Fault.CREDENTIALS_IN_ADDRESS),
        ("ftp://127.0.0.1/", Fault.NOT_ALLOWED_ADDRESS),
        ("http://no-such-host.invalid/", Fault.UNREACHABLE),
    ],
)
def test_addresses_that_are_not_connected_to(address: str, fault: Fault) -> None:
    assert tell(target(address)) == Result.not_sent(fault)


def test_a_name_is_resolved_once_and_the_checked_address_is_connected_to(
    relay: HttpDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookup, asked = socket.getaddrinfo, []

    def rebinding(host: Any, *args: Any, **more: Any) -> Any:
        if host != "relay.test":
            return lookup(host, *args, **more)
        asked.append(host)
        return lookup("127.0.0.1" if len(asked) == 1 else "192.0.2.1", *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    assert tell(target(f"http://relay.test:{relay.port}")) == Result.sent()
    assert asked == ["relay.test"]
    assert relay.headers[0]["Host"] == f"relay.test:{relay.port}"


def test_proxies_of_the_environment_are_not_used(relay: HttpDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert tell(target(relay.address)) == Result.sent()


def test_secrets_go_in_a_header_and_are_in_no_repr() -> None:
    with HttpDevice(token="s3cret") as relay:
        assert tell(target(relay.address)) == Result.not_sent(Fault.WRONG_PASSWORD)
        opened = target(relay.address, secrets=Secrets(token="s3cret"))
        assert tell(opened) == Result.sent()
        assert "s3cret" not in repr(opened)


def test_its_state_is_read(relay: HttpDevice) -> None:
    read = target(relay.address)
    assert Http().read_state(read, Deadline(5)).state == "off"
    relay.on = True
    assert Http().read_state(read, Deadline(5)).state == "on"


@pytest.mark.parametrize(
    ("answer", "status", "fault"),
    [
        (b"not JSON", 200, Fault.UNKNOWN_STATE),
        (b'{"relay": {"on": "maybe"}}', 200, Fault.UNKNOWN_STATE),
        (b"[" * 60_000, 200, Fault.UNKNOWN_STATE),
        (b"x" * 1_000_000, 200, Fault.UNKNOWN_STATE),
        (None, 500, Fault.DEVICE_ERROR),
        (None, 302, Fault.REDIRECT),
        (None, 401, Fault.WRONG_PASSWORD),
    ],
)
def test_an_answer_that_is_no_state(relay: HttpDevice, answer: bytes | None, status: int, fault: Fault) -> None:
    relay.answer, relay.state_status = answer, status
    with pytest.raises(DeviceFault) as refused:
        Http().read_state(target(relay.address), Deadline(5))
    assert refused.value.fault is fault


@pytest.mark.parametrize(
    ("answer", "pointer", "value"),
    [
        (b'{"a": {"b/c": [1, 2]}}', "/a/b~1c/1", "2"),
        (b'{"a~b": "x"}', "/a~0b", "x"),
        (b'{"on": true}', "/on", "true"),
        (b'{"on": null}', "/on", None),
        (b'{"on": {}}', "/on", None),
        (b"[5]", "/1", None),
        (b"[5]", "/-1", None),
        (b" ON ", "", "ON"),
    ],
)
def test_a_pointer_finds_a_value(answer: bytes, pointer: str, value: str | None) -> None:
    assert value_at(answer, pointer) == value
