"""SMS by a real gateway: Debian's Kannel, with its own fake network behind it, and gateways that misbehave."""

from __future__ import annotations

import socket
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.test import Client

from alerts.channels import callbacks, registry, secrets
from alerts.channels.base import (
    CallbackRequest,
    Channel,
    Failure,
    Provider,
    Receipt,
    ReceiptState,
    Reply,
    Retry,
    SendFailed,
)
from alerts.channels.models import ProviderAccount
from alerts.channels.sms import kannel as kannel_sms
from soc.config import config
from tests import factories
from tests.alerts.channels.conftest import opened, outgoing
from tests.peers.kannel import Kannel
from tools.bootstrap import debian

TO = "+33612345678"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Kannel, uuid.UUID]]:
    """A gateway that was told our address; and the id of the account that it is set up for."""
    programs = debian.kannel()
    if not programs:
        pytest.skip("Debian's packages kannel and kannel-extras are not there")
    account = uuid.uuid4()
    with Kannel(programs, tmp_path_factory.mktemp("kannel")) as kannel:
        entered = registry.account_settings(account, uuid.uuid4(), {"callback_url": kannel.callback_url}, {})
        (get_url,) = registry.kind_of("sms", "kannel").callback_addresses(entered).values()
        kannel.start(get_url)
        yield kannel, account


@pytest.fixture
def account(gateway: tuple[Kannel, uuid.UUID], db: None) -> ProviderAccount:
    kannel, pk = gateway
    made: ProviderAccount = factories.ProviderAccountFactory(
        id=pk,
        channel=Channel.SMS,
        kind="kannel",
        settings={"url": kannel.url, "user_name": kannel.USER, "callback_url": kannel.callback_url, "sender": "36180"},
        sealed=secrets.seal({"password": kannel.PASSWORD}),
    )
    return made


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Receipt | Reply]:
    """What the outbox would be told."""
    found: list[Receipt | Reply] = []
    monkeypatch.setattr(callbacks, "_listeners", [lambda _organisation, _account, events: found.extend(events)])
    return found


def test_an_sms_goes_through_the_gateway_and_its_report_comes_back(
    gateway: tuple[Kannel, uuid.UUID], account: ProviderAccount, heard: list[Receipt | Reply]
) -> None:
    kannel, _pk = gateway
    message = outgoing(TO, text="NC-4127 Évacuez {A} €")
    sent = registry.open_account(account).send(message)
    assert (sent.provider_id, sent.segments) == (str(message.attempt), 1)
    assert kannel.arrived()[-1] == ("36180", TO, message.text)

    browser = Client()
    reports = [kannel.call(), kannel.call()]
    for call in reports:
        assert browser.get(call).status_code == 200
    # Kannel's threads tell them in either order.
    states = {(one.provider_id, one.state) for one in heard if isinstance(one, Receipt)}
    assert states == {(sent.provider_id, ReceiptState.SENT), (sent.provider_id, ReceiptState.DELIVERED)}

    # A replay says the same; another message's report, or another status of nobody's, is forged.
    assert browser.get(reports[1]).status_code == 200
    assert heard[-1].provider_id == sent.provider_id
    count = len(heard)
    assert browser.get(reports[1].replace(sent.provider_id, str(uuid.uuid4()))).status_code == 403
    assert browser.get(reports[1].replace("/report/", "/incoming/")).status_code == 403
    assert browser.get(urlsplit(reports[1]).path + "?status=1").status_code == 403
    assert len(heard) == count


def test_a_text_outside_of_gsm_7_arrives_whole(gateway: tuple[Kannel, uuid.UUID], account: ProviderAccount) -> None:
    kannel, _pk = gateway
    before = len(kannel.arrived(0))
    sent = registry.open_account(account).send(outgoing(TO, text="Forêt : œuf 😀"))
    assert sent.segments == 1
    assert kannel.arrived(before + 1)[-1][2] == "Forêt : œuf 😀"
    sent = registry.open_account(account).send(outgoing(TO, text="é" * 161))
    assert sent.segments == 2
    assert len(kannel.arrived(before + 3)) == before + 3  # two parts
    for _report in range(4):
        kannel.call()


def test_an_sms_that_comes_in_keeps_its_id_and_its_signs(
    gateway: tuple[Kannel, uuid.UUID], account: ProviderAccount, heard: list[Receipt | Reply]
) -> None:
    kannel, _pk = gateway
    kannel.write("0612345678", "2 à l’aide, 3e étage 😀 & 50 % + d'eau")
    call = kannel.call()
    browser = Client()
    assert (browser.get(call).status_code, browser.get(call).content) == (200, b"")
    first, again = heard
    assert isinstance(first, Reply)
    assert (first.sender, first.text) == (TO, "2 à l’aide, 3e étage 😀 & 50 % + d'eau")
    assert str(uuid.UUID(first.provider_id)) == first.provider_id
    assert again == first
    assert browser.get(call.replace("key=", "key=x")).status_code == 403
    assert len(heard) == 2


def test_a_wrong_password_is_the_accounts_fault(gateway: tuple[Kannel, uuid.UUID]) -> None:
    kannel, _pk = gateway
    wrong = opened(Channel.SMS, "kannel", {"url": kannel.url, "user_name": kannel.USER}, password="wrong")
    with pytest.raises(SendFailed) as failed:
        wrong.send(outgoing(TO))
    assert (failed.value.failure, failed.value.retry) == (Failure.ACCOUNT, Retry.ELSEWHERE)


# Gateways that misbehave


class Answering:
    """A gateway that answers what it is told, and keeps what it was asked."""

    def __init__(self, status: int, body: str, *, cut: bool = False) -> None:
        outer, self.asked = self, list[str]()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                if cut:
                    return
                self.send_response(status)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/cgi-bin/sendsms"

    def __enter__(self) -> Answering:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def provider(url: str, **settings: str) -> Provider:
    return opened(Channel.SMS, "kannel", {"url": url, "user_name": "vigie", **settings}, password="secret")


@pytest.mark.parametrize(
    ("status", "body", "failure", "retry"),
    [
        (403, "Authorization failed for sendsms", Failure.ACCOUNT, Retry.ELSEWHERE),
        (400, "Number(s) has/have been denied by white- and/or black-lists.", Failure.REFUSED, Retry.ELSEWHERE),
        (503, "Temporal failure, try again later.", Failure.PROVIDER_BUSY, Retry.LATER),
        (429, "", Failure.PROVIDER_BUSY, Retry.LATER),
        (500, "", Failure.PROVIDER_DOWN, Retry.UNKNOWN),
        (302, "", Failure.REFUSED, Retry.ELSEWHERE),
        (200, "<html>Sign in to this network</html>", Failure.PROVIDER_DOWN, Retry.UNKNOWN),
        (200, "x" * 1_000_000, Failure.PROVIDER_DOWN, Retry.UNKNOWN),
    ],
)
def test_what_an_answer_means(status: int, body: str, failure: Failure, retry: Retry) -> None:
    with Answering(status, body) as there, pytest.raises(SendFailed) as failed:
        provider(there.url).send(outgoing(TO))
    assert (failed.value.failure, failed.value.retry) == (failure, retry)
    assert len(there.asked) == 1


@pytest.mark.parametrize("body", ["0: Accepted for delivery", "3: Queued for later delivery", "Sent.", "OK 17"])
def test_what_takes_a_message(body: str) -> None:
    with Answering(202, body) as there:
        sent = provider(there.url, sender="Ville").send(outgoing(TO, text="à & b", urgent=False))
    assert sent.provider_id == ""  # without an address of ours no report comes
    (asked,) = (parse_qs(urlsplit(path).query) for path in there.asked)
    assert asked == {
        "username": ["vigie"],
        "password": ["secret"],
        "from": ["Ville"],
        "to": [TO],
        "text": ["à & b"],
        "charset": ["UTF-8"],
        "coding": ["0"],
        "priority": ["0"],
    }


def test_who_hears_nothing_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    with Answering(200, "", cut=True) as there, pytest.raises(SendFailed) as failed:
        provider(there.url).send(outgoing(TO))
    assert (failed.value.failure, failed.value.retry) == (Failure.PROVIDER_DOWN, Retry.UNKNOWN)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(SendFailed) as failed:
        provider(f"http://127.0.0.1:{port}/sendsms").send(outgoing(TO))
    assert (failed.value.failure, failed.value.retry) == (Failure.PROVIDER_DOWN, Retry.LATER)


def test_a_gateway_out_of_bounds_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with Answering(202, "0: Accepted for delivery") as there:
        by_name = provider(there.url.replace("127.0.0.1", "localhost"))
        monkeypatch.setattr(config(), "provider_networks", "10.0.0.0/8")
        with pytest.raises(SendFailed) as failed:
            by_name.send(outgoing(TO))
    assert (failed.value.failure, failed.value.detail) == (Failure.ACCOUNT, "not_allowed_network")
    assert there.asked == []


@pytest.mark.parametrize(
    "url",
    ["ftp://sms.example.org/", "http://user:pass@sms.example.org/", "http://", "sms", "http://169.254.169.254/latest"],
)
def test_what_is_no_address_of_a_gateway_is_not_kept(url: str, browser: Client) -> None:
    settings = {"url": url, "user_name": "vigie", "password": "secret"}
    body = {"channel": "sms", "kind": "kannel", "name": "Ours", "settings": settings}
    answer = browser.post("/api/providers/", body, "application/json")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["settings.url"])


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+33612345678", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("33612345678", "+33612345678"),
        ("0612345678", "+33612345678"),
        (" 06 12 34 56 78", "+33612345678"),
        ("+442079460958", "+442079460958"),
        ("36180", "36180"),
        ("Ville", "Ville"),
        ("", ""),
    ],
)
def test_a_number_that_comes_in_is_written_in_one_way(written: str, number: str) -> None:
    assert kannel_sms._number(written, "FR") == number


def test_who_writes_in_any_charset_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    sms = provider("http://127.0.0.1:9/sendsms", callback_url="https://vigie.example.org")
    assert isinstance(sms, kannel_sms.Kannel)
    address = callbacks.address(sms.account, "incoming")
    for raw, charset, text in (
        (quote("1 forêt + œuf"), "UTF-8", "1 forêt + œuf"),
        ("1+for%EAt", "", "1 forêt"),
        ("%00f%00o%00r%00%EA%00t", "UTF-16BE", "forêt"),
        ("%D8", "UTF-16BE", "�"),
    ):
        url = f"{address}&sender=%2B33612345678&text={raw}&charset={charset}&at=2026-11-30+04:14:12"
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query, encoding="latin-1").items()}
        (reply,) = sms.read(CallbackRequest("GET", url, {}, {}, query, b"")).events
        assert isinstance(reply, Reply)
        assert reply.text == text
        assert reply.at.isoformat() == "2026-11-30T04:14:12+00:00"
        assert reply.provider_id == sms.read(CallbackRequest("GET", url, {}, {}, query, b"")).events[0].provider_id
