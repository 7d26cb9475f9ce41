"""Web Push, against a push service whose browsers really decrypt: subscribing, what arrives, and what is dropped."""

from __future__ import annotations

import socket
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pydantic import SecretStr

from alerts.channels import network, registry, selectors
from alerts.channels.base import Channel, Failure, Outgoing, Provider, Retry, SendFailed
from alerts.channels.models import ProviderAccount, PushKey, PushSubscription
from alerts.channels.push import vapid
from soc.config import Mode, config
from soc.journal.models import Entry
from soc.people.models import Member
from soc.people.rights import Role
from tests import factories
from tests.alerts.channels.conftest import outgoing
from tests.peers.push_service import Browser, PushService

DOOR = "/api/me/push/"


@pytest.fixture
def service() -> Iterator[PushService]:
    with PushService() as running:
        yield running


@pytest.fixture
def member(db: None) -> Member:
    return factories.MemberFactory(roles=[Role.RESPONDER])


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def subscribed(member: Member, service: PushService) -> tuple[Browser, str]:
    """A browser of the member's, and the id of its subscription."""
    client = client_of(member)
    browser = service.subscribe(client.get(DOOR).json()["public_key"])
    answer = client.post(DOOR, browser.subscription(), "application/json", headers={"User-Agent": "Phone"})
    assert answer.status_code == 201, answer.content
    return browser, answer.json()["id"]


def push(member: Member) -> Provider:
    (account,) = selectors.accounts(member.organisation_id, Channel.PUSH)
    return registry.open_account(account)


def message(member: Member, to: str, **values: Any) -> Outgoing:
    return outgoing(to, organisation=member.organisation_id, **values)


def test_the_browser_reads_what_was_written(service: PushService, member: Member) -> None:
    browser, pk = subscribed(member, service)
    sent = push(member).send(message(member, pk, link="https://vigie.example.org/a/x", exercise=True))
    assert (sent.provider_id, sent.delivered) == ("", False)
    assert browser.got == [
        {
            "reference": "NC-4127",
            "title": "NC-4127 : évacuez",
            "body": "NC-4127 Évacuez par l'escalier B.\n\nRépondez : 1 en sécurité, 2 à l'aide.",
            "link": "https://vigie.example.org/a/x",
            "language": "fr",
            "exercise": True,
        }
    ]
    headers = browser.headers[0]
    assert (headers["Urgency"], headers["TTL"]) == ("high", str(4 * 3600))
    row = PushSubscription.objects.get(pk=pk)
    assert row.last_worked_at is not None
    assert row.user_agent == "Phone"


def test_a_try_that_is_repeated_replaces_the_one_before(service: PushService, member: Member) -> None:
    browser, pk = subscribed(member, service)
    sender = push(member)
    sender.send(message(member, pk))
    sender.send(message(member, pk))
    sender.send(message(member, pk, reference="NC-4128", urgent=False))
    topics = [headers["Topic"] for headers in browser.headers]
    assert topics[0] == topics[1] != topics[2]
    assert browser.headers[2]["Urgency"] == "normal"
    tokens = {headers["Authorization"] for headers in browser.headers}
    assert len(tokens) == 1  # signed once for a push service


def test_a_text_that_is_too_long_is_cut(service: PushService, member: Member) -> None:
    browser, pk = subscribed(member, service)
    push(member).send(message(member, pk, text='é"😀' * 5000))
    (got,) = browser.got
    assert got["body"].endswith("…")
    assert len(got["body"]) > 1000


def test_each_member_has_own_browsers(service: PushService, member: Member) -> None:
    colleague = factories.MemberFactory(organisation=member.organisation, roles=[Role.RESPONDER])
    _browser, first = subscribed(member, service)
    _browser, second = subscribed(member, service)
    _browser, hers = subscribed(colleague, service)
    found = selectors.subscriptions([member.pk, colleague.pk, uuid.uuid4()])
    assert found == {member.pk: [uuid.UUID(first), uuid.UUID(second)], colleague.pk: [uuid.UUID(hers)]}
    assert [one["id"] for one in client_of(member).get(DOOR).json()["devices"]] == [first, second]
    assert client_of(member).delete(f"{DOOR}{hers}/").status_code == 404
    assert client_of(member).delete(f"{DOOR}{first}/").status_code == 204
    assert selectors.subscriptions([member.pk]) == {member.pk: [uuid.UUID(second)]}
    actions = list(Entry.objects.filter(actor_id=member.pk).order_by("pk").values_list("action", flat=True))
    assert actions == ["push_subscribed", "push_subscribed", "push_unsubscribed"]
    member.is_active = False
    member.save()
    assert selectors.subscriptions([member.pk]) == {}


def test_nothing_that_lets_somebody_write_comes_out(service: PushService, member: Member) -> None:
    browser, _pk = subscribed(member, service)
    written = browser.subscription()
    shown = client_of(member).get(DOOR).content.decode()
    row = PushSubscription.objects.get()
    for secret in (written["endpoint"], written["keys"]["auth"], written["keys"]["p256dh"]):
        assert secret not in shown
        assert secret.encode() not in bytes(row.sealed)


def test_a_browser_that_is_gone_is_forgotten(service: PushService, member: Member) -> None:
    browser, pk = subscribed(member, service)
    browser.gone = True
    with pytest.raises(SendFailed) as failed:
        push(member).send(message(member, pk))
    assert (failed.value.failure, failed.value.retry) == (Failure.BAD_ADDRESS, Retry.NEVER)
    assert not PushSubscription.objects.exists()
    with pytest.raises(SendFailed) as failed:
        push(member).send(message(member, pk))
    assert (failed.value.failure, failed.value.retry) == (Failure.NO_ADDRESS, Retry.NEVER)


@pytest.mark.parametrize(
    ("status", "failure", "retry"),
    [
        (400, Failure.REFUSED, Retry.ELSEWHERE),
        (403, Failure.ACCOUNT, Retry.ELSEWHERE),
        (413, Failure.REFUSED, Retry.ELSEWHERE),
        (301, Failure.REFUSED, Retry.ELSEWHERE),
        (429, Failure.PROVIDER_BUSY, Retry.LATER),
        (500, Failure.PROVIDER_DOWN, Retry.UNKNOWN),
        (503, Failure.PROVIDER_BUSY, Retry.LATER),
    ],
)
def test_what_an_answer_means(
    service: PushService, member: Member, status: int, failure: Failure, retry: Retry
) -> None:
    browser, pk = subscribed(member, service)
    service.failing.append((status, {"Retry-After": "9", "Location": "http://127.0.0.1:1/"}))
    with pytest.raises(SendFailed) as failed:
        push(member).send(message(member, pk))
    assert (failed.value.failure, failed.value.retry) == (failure, retry)
    assert failed.value.retry_after_s == (9 if failure is Failure.PROVIDER_BUSY else None)
    assert browser.got == []
    assert PushSubscription.objects.get(pk=pk).last_failed_at is not None


def test_a_push_service_that_is_away_did_not_take_it(service: PushService, member: Member) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    browser = service.subscribe("x")
    body = {**browser.subscription(), "endpoint": f"http://127.0.0.1:{port}/push/1"}
    pk = client_of(member).post(DOOR, body, "application/json").json()["id"]
    with pytest.raises(SendFailed) as failed:
        push(member).send(message(member, pk))
    assert (failed.value.failure, failed.value.retry) == (Failure.PROVIDER_DOWN, Retry.LATER)


def test_another_organisations_browser_is_not_written_to(service: PushService, member: Member) -> None:
    stranger = factories.MemberFactory(roles=[Role.RESPONDER])
    browser, pk = subscribed(stranger, service)
    with pytest.raises(SendFailed) as failed:
        push(member).send(message(member, pk))
    assert failed.value.failure is Failure.NO_ADDRESS
    assert browser.got == []


def test_a_browser_is_kept_once_and_is_who_used_it_lasts(service: PushService, member: Member) -> None:
    browser, first = subscribed(member, service)
    again = client_of(member).post(DOOR, browser.subscription(), "application/json").json()["id"]
    assert again == first
    colleague = factories.MemberFactory(roles=[Role.RESPONDER])
    hers = client_of(colleague).post(DOOR, browser.subscription(), "application/json").json()["id"]
    assert hers != first
    assert selectors.subscriptions([member.pk, colleague.pk]) == {colleague.pk: [uuid.UUID(hers)]}


def test_the_oldest_browser_makes_room(service: PushService, member: Member) -> None:
    made = [subscribed(member, service)[1] for _ in range(11)]
    assert selectors.subscriptions([member.pk])[member.pk] == [uuid.UUID(one) for one in made[1:]]


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.org/x",
        "https://127.0.0.1/x",
        "https://10.0.0.5/x",
        "https://192.168.1.1:8443/admin",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/x",
        "https://[::ffff:10.0.0.5]/x",
        "https://user:secret@push.example.org/x",
        "ftp://push.example.org/x",
        "https://",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_push_service_is_refused(
    service: PushService, member: Member, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The default networks hold 10.0.0.0/8 for an administrator's gateway: a member's browser does not lead there."""
    client = client_of(member)
    body = {**service.subscribe("x").subscription(), "endpoint": endpoint}
    monkeypatch.setattr(config(), "mode", Mode.PRODUCTION)
    monkeypatch.setattr(config(), "provider_networks", "10.0.0.0/8,192.168.0.0/16")
    answer = client.post(DOOR, body, "application/json")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["endpoint"])
    assert not PushSubscription.objects.exists()


def test_a_name_that_leads_inside_is_found_out_when_it_is_used(
    service: PushService, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = service.subscribe("x")
    by_name = {
        **browser.subscription(),
        "endpoint": browser.subscription()["endpoint"].replace("127.0.0.1", "localhost"),
    }
    pk = client_of(member).post(DOOR, by_name, "application/json").json()["id"]
    monkeypatch.setattr(config(), "mode", Mode.PRODUCTION)
    with pytest.raises(SendFailed) as failed:
        push(member).send(message(member, pk))
    assert (failed.value.failure, failed.value.detail) == (Failure.BAD_ADDRESS, "not_allowed_network")
    with pytest.raises(network.NotAllowed):
        network.pinned("https://localhost/x", internet=True)


@pytest.mark.parametrize(
    "keys",
    [
        {"p256dh": "", "auth": ""},
        {"p256dh": "AAAA", "auth": "AAAA"},
        {"p256dh": "B" * 87, "auth": "A" * 22},  # no point of the curve
        {"p256dh": "é" * 20, "auth": "A" * 22},
    ],
)
def test_what_are_no_keys_are_refused(service: PushService, member: Member, keys: dict[str, str]) -> None:
    body = {**service.subscribe("x").subscription(), "keys": keys}
    assert client_of(member).post(DOOR, body, "application/json").status_code == 400
    assert not PushSubscription.objects.exists()


def test_who_is_not_signed_in_gets_no_key(db: None) -> None:
    assert Client().get(DOOR).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_the_installations_key_is_made_once() -> None:
    start = threading.Barrier(6)

    def ask(_: int) -> str:
        try:
            start.wait(10)
            return vapid.public_key()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        keys = set(threads.map(ask, range(6)))
    assert len(keys) == 1
    row = PushKey.objects.get()
    assert row.public == keys.pop()
    assert b"PRIVATE" not in bytes(row.sealed)


def test_push_is_there_from_the_start_until_somebody_removes_it(member: Member) -> None:
    (account,) = selectors.accounts(member.organisation_id, Channel.PUSH)
    assert selectors.accounts(member.organisation_id, Channel.PUSH) == [account]
    administrator = factories.MemberFactory(organisation=member.organisation, roles=[Role.ADMINISTRATOR])
    listed = client_of(administrator).get("/api/providers/").json()
    assert [(one["kind"], one["id"]) for one in listed] == [("webpush", str(account.pk))]
    assert client_of(administrator).delete(f"/api/providers/{account.pk}/").status_code == 204
    assert selectors.accounts(member.organisation_id, Channel.PUSH) == []
    assert ProviderAccount.objects.filter(organisation=member.organisation).count() == 1


def test_a_key_that_cannot_be_opened_is_the_accounts_fault(
    service: PushService, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    _browser, pk = subscribed(member, service)
    monkeypatch.setattr(config(), "credential_key", SecretStr("another-key-that-is-long-enough-0123456789"))
    with pytest.raises(SendFailed) as failed:
        push(member).send(message(member, pk))
    assert (failed.value.failure, failed.value.detail) == (Failure.ACCOUNT, "secrets_unreadable")
