"""E-mail by a real SMTP server: what arrives, what a refusal means, and what a bounce says."""

from __future__ import annotations

import socket
import uuid
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from django.test import Client

from alerts.channels import callbacks
from alerts.channels.base import (
    Channel,
    Failure,
    Outgoing,
    Provider,
    Receipt,
    ReceiptState,
    Reply,
    Retry,
    SendFailed,
)
from alerts.channels.email.bounces import receipts
from alerts.channels.models import ProviderAccount
from alerts.channels.registry import settings_of
from soc.config import config
from soc.journal.models import Entry
from tests import factories
from tests.alerts.channels.conftest import opened, outgoing
from tests.peers.mail_server import MailServer

TO = "camille@example.org"


def provider(port: int, **settings: str) -> Provider:
    known = {"host": "127.0.0.1", "port": port, "encryption": "none", "sender": "vigie@town.example"}
    password = settings.pop("password", "")
    return opened(Channel.EMAIL, "smtp", {**known, **settings}, **({"password": password} if password else {}))


def test_what_arrives_is_what_was_written() -> None:
    message = outgoing(
        TO, link="https://vigie.example.org/a/1", text="NC-4127 <b>Évacuez</b>\n\nhttps://vigie.example.org/a/1"
    )
    with MailServer() as server:
        sent = provider(server.port, sender_name='Ville d’Évian "Sécurité"').send(message)
    (mail,) = server.kept
    assert mail["Message-ID"] == f"<{sent.provider_id}>" == f"<{message.attempt}@town.example>"
    assert mail["Subject"] == "NC-4127 : évacuez"
    assert mail["From"].addresses[0].display_name == 'Ville d’Évian "Sécurité"'
    assert mail["From"].addresses[0].addr_spec == "vigie@town.example"
    assert mail["To"] == TO
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in mail
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().splitlines() == message.text.splitlines()
    assert "&lt;b&gt;Évacuez" in html.get_content()
    assert '<a href="https://vigie.example.org/a/1">' in html.get_content()
    assert not sent.delivered


def test_a_bounce_comes_back_under_the_attempts_id() -> None:
    message = outgoing(TO)
    with MailServer() as server:
        provider(server.port, bounce_address="bounces@town.example").send(message)
    assert server.envelopes[0].mail_from == f"bounces+{message.attempt.hex}@town.example"
    assert server.kept[0]["From"] == "vigie@town.example"


@pytest.mark.parametrize(
    ("answer", "failure", "retry"),
    [
        ("550 5.1.1 no such user", Failure.BAD_ADDRESS, Retry.NEVER),
        ("550 nobody here", Failure.BAD_ADDRESS, Retry.NEVER),
        ("550 5.7.1 relaying denied", Failure.REFUSED, Retry.ELSEWHERE),
        ("554 5.0.0 no", Failure.REFUSED, Retry.ELSEWHERE),
        ("451 4.7.1 greylisted", Failure.PROVIDER_BUSY, Retry.LATER),
        ("452 4.2.2 mailbox full", Failure.PROVIDER_BUSY, Retry.LATER),
    ],
)
def test_a_refused_addressee_says_whether_to_try_again(answer: str, failure: Failure, retry: Retry) -> None:
    with MailServer(refused={TO: answer}) as server, pytest.raises(SendFailed) as failed:
        provider(server.port).send(outgoing(TO))
    assert (failed.value.failure, failed.value.retry) == (failure, retry)
    assert server.kept == []


@pytest.mark.parametrize(
    ("answer", "failure", "retry"),
    [
        ("554 5.6.0 spam", Failure.REFUSED, Retry.ELSEWHERE),
        ("451 4.3.0 later", Failure.PROVIDER_BUSY, Retry.LATER),
        ("HANG UP", Failure.PROVIDER_DOWN, Retry.UNKNOWN),  # it was read whole: nobody knows whether it leaves
    ],
)
def test_a_message_that_is_refused_whole(answer: str, failure: Failure, retry: Retry) -> None:
    with MailServer(refused={"DATA": answer}) as server, pytest.raises(SendFailed) as failed:
        provider(server.port).send(outgoing(TO))
    assert (failed.value.failure, failed.value.retry) == (failure, retry)


def test_a_server_that_is_not_there_did_not_send() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(SendFailed) as failed:
        provider(port).send(outgoing(TO))
    assert (failed.value.failure, failed.value.retry) == (Failure.PROVIDER_DOWN, Retry.LATER)


def test_a_wrong_password_is_the_accounts_fault() -> None:
    with MailServer(account=("vigie", "right")) as server:
        provider(server.port, user_name="vigie", password="right").send(outgoing(TO))
        with pytest.raises(SendFailed) as failed:
            provider(server.port, user_name="vigie", password="wrong").send(outgoing(TO))
    assert (failed.value.failure, failed.value.retry) == (Failure.ACCOUNT, Retry.ELSEWHERE)
    assert len(server.kept) == 1


@pytest.mark.parametrize(
    "to", ["", "camille", "a@b@c", "x@example.org\r\nBcc: all@example.org", "x@example.org, y@example.org"]
)
def test_what_is_no_address_is_never_sent(to: str) -> None:
    with MailServer() as server, pytest.raises(SendFailed) as failed:
        provider(server.port).send(outgoing(to))
    assert (failed.value.failure, failed.value.retry) == (Failure.BAD_ADDRESS, Retry.NEVER)
    assert server.kept == []


def test_a_server_out_of_bounds_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    with MailServer() as server:
        monkeypatch.setattr(config(), "provider_networks", "10.0.0.0/8")
        with pytest.raises(SendFailed) as failed:
            provider(server.port).send(outgoing(TO))
    assert (failed.value.failure, failed.value.detail) == (Failure.ACCOUNT, "not_allowed_network")


# Bounces


def report(action: str, status: str, *, to: str = "vigie@town.example", original: str = "") -> bytes:
    """A mail server's report on a mail that it could not deliver, as RFC 3464 has it."""
    lines = [
        "From: MAILER-DAEMON@mx.example",
        f"To: {to}",
        "Subject: Undelivered Mail Returned to Sender",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"',
        "MIME-Version: 1.0",
        "",
        "--B",
        "Content-Type: text/plain",
        "",
        "I am sorry.",
        "",
        "--B",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example",
        "",
        f"Final-Recipient: rfc822; {TO}",
        f"Action: {action}",
        f"Status: {status}",
        "",
        "--B",
        "Content-Type: text/rfc822-headers",
        "",
        f"Message-ID: <{original}>",
        "Subject: NC-4127",
        "",
        "--B--",
        "",
    ]
    return "\r\n".join(lines).encode()


ATTEMPT = uuid.UUID("6b7d9a56-0b9d-4e6e-9a39-6a1f2f6f0a11")


@pytest.mark.parametrize(
    ("action", "status", "state", "failure"),
    [
        ("failed", "5.1.1", ReceiptState.FAILED, Failure.BAD_ADDRESS),
        ("failed", "5.7.1", ReceiptState.FAILED, Failure.REFUSED),
        ("failed", "4.4.7", ReceiptState.FAILED, Failure.UNREACHABLE),
        ("Failed", "5.2.2 (mailbox full)", ReceiptState.FAILED, Failure.UNREACHABLE),
        ("delivered", "2.0.0", ReceiptState.DELIVERED, None),
        ("relayed", "2.0.0", ReceiptState.SENT, None),
    ],
)
def test_a_report_is_read(action: str, status: str, state: ReceiptState, failure: Failure | None) -> None:
    quoted = f"{ATTEMPT}@town.example"
    by_quote = receipts(report(action, status, original=quoted), "town.example")
    by_address = receipts(report(action, status, to=f"bounces+{ATTEMPT.hex}@town.example"), "town.example")
    for (receipt,) in (by_quote, by_address):
        assert (receipt.provider_id, receipt.state, receipt.failure) == (quoted, state, failure)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff" * 100,
        b"Subject: Out of office\r\n\r\nBack on Monday.",
        report("delayed", "4.4.1", original=f"{ATTEMPT}@town.example"),
        report("failed", "5.1.1", original=f"{ATTEMPT}@elsewhere.example"),
        report("failed", "5.1.1", original="not-ours@town.example"),
    ],
)
def test_what_is_no_bounce_of_ours_says_nothing(raw: bytes) -> None:
    assert receipts(raw, "town.example") == ()


def test_a_forwarded_message_is_quoted_whole() -> None:
    original = EmailMessage()
    original["Message-ID"] = f"<{ATTEMPT}@town.example>"
    original.set_content("NC-4127")
    raw = report("failed", "5.1.1", original="x").replace(
        b"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <x>\r\nSubject: NC-4127\r\n",
        b"Content-Type: message/rfc822\r\n\r\n" + original.as_bytes().replace(b"\n", b"\r\n"),
    )
    assert [receipt.provider_id for receipt in receipts(raw, "town.example")] == [f"{ATTEMPT}@town.example"]


# The door


@pytest.fixture
def account(db: None, public_url: str) -> ProviderAccount:
    return factories.ProviderAccountFactory(
        settings={"host": "127.0.0.1", "port": 9, "encryption": "none", "sender": "v@town.example"}
    )


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Receipt | Reply]:
    """What the outbox would be told."""
    found: list[Receipt | Reply] = []
    monkeypatch.setattr(callbacks, "_listeners", [lambda _organisation, _account, events: found.extend(events)])
    return found


def test_a_bounce_reaches_the_outbox_by_its_address_only(
    account: ProviderAccount, heard: list[Receipt | Reply]
) -> None:
    address = urlsplit(callbacks.address(settings_of(account), "bounces"))
    raw = report("failed", "5.1.1", original=f"{ATTEMPT}@town.example")
    client = Client()
    for _twice in range(2):
        answer = client.post(f"{address.path}?{address.query}", raw, content_type="message/rfc822")
        assert answer.status_code == 200, answer.content
    assert [(one.provider_id, one.__class__) for one in heard] == [(f"{ATTEMPT}@town.example", Receipt)] * 2

    for wrong in ("", "?key=x", f"?{address.query}x"):
        answer = client.post(address.path + wrong, raw, content_type="message/rfc822")
        assert (answer.status_code, answer.json()["code"]) == (403, "forged")
    other = factories.ProviderAccountFactory(settings=account.settings)
    there = address.path.replace(str(account.pk), str(other.pk))
    assert client.post(f"{there}?{address.query}", raw, content_type="message/rfc822").status_code == 403
    assert (
        client.post(address.path.replace("bounces", "other") + "?" + address.query, raw, "message/rfc822").status_code
        == 403
    )
    nobody = address.path.replace(str(account.pk), str(uuid.uuid4()))
    assert client.post(f"{nobody}?{address.query}", raw, content_type="message/rfc822").status_code == 404
    assert len(heard) == 2


def test_forged_calls_are_journalled_once_a_minute(account: ProviderAccount, heard: list[Receipt | Reply]) -> None:
    for _many in range(5):
        Client().post(f"/api/callbacks/{account.pk}/bounces/", b"x", content_type="message/rfc822")
    (entry,) = Entry.objects.filter(organisation=account.organisation, action="callback_forged")
    assert (entry.subject_id, entry.details) == (str(account.pk), {"callback": "bounces"})
    assert heard == []


def test_what_the_outbox_cannot_keep_is_asked_for_again(
    account: ProviderAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the database is away")

    monkeypatch.setattr(callbacks, "_listeners", [broken])
    address = urlsplit(callbacks.address(settings_of(account), "bounces"))
    client = Client(raise_request_exception=False)
    raw = report("failed", "5.1.1", original=f"{ATTEMPT}@town.example")
    assert client.post(f"{address.path}?{address.query}", raw, content_type="message/rfc822").status_code == 500


def test_a_message_says_nothing_of_itself_in_errors() -> None:
    message: Outgoing = outgoing(TO)
    with MailServer(refused={TO: f"550 5.1.1 <{TO}> is unknown"}) as server, pytest.raises(SendFailed) as failed:
        provider(server.port).send(message)
    assert TO not in failed.value.detail
