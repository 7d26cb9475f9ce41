"""Accounts with providers: who sets them up, in which order they are tried, and that no secret ever comes out again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.translation import gettext_lazy
from pydantic import SecretStr

from alerts.channels import registry, selectors, services
from alerts.channels.base import Channel, Failure, Retry, SendFailed
from alerts.channels.email.smtp import Smtp
from alerts.channels.models import ProviderAccount
from soc import clock
from soc.config import config
from soc.journal import fields
from soc.journal.models import Entry, Personal
from soc.people.models import Member
from soc.people.rights import Role
from tests import factories
from tests.peers.mail_server import MailServer

LIST = "/api/providers/"
MAIL = {
    "host": "mx.example.org",
    "port": 465,
    "encryption": "tls",
    "user_name": "vigie",
    "sender": "vigie@town.example",
}
SECRET = "hunter2-hunter2"


def add(browser: Client, name: str = "Our mail", **settings: Any) -> dict[str, Any]:
    body = {"channel": "email", "kind": "smtp", "name": name, "settings": {**MAIL, "password": SECRET, **settings}}
    answer = browser.post(LIST, body, "application/json")
    assert answer.status_code == 201, answer.content
    assert SECRET not in answer.content.decode()
    made: dict[str, Any] = answer.json()
    return made


def patch(browser: Client, pk: str, **body: Any) -> Any:
    return browser.patch(
        f"{LIST}{pk}/", {"version": ProviderAccount.objects.get(pk=pk).version, **body}, "application/json"
    )


def names(member: Member) -> list[str]:
    return [account.name for account in selectors.accounts(member.organisation_id, Channel.EMAIL)]


@pytest.fixture(autouse=True)
def _many_tries_are_allowed() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def test_every_setting_of_every_kind_is_described_and_has_words_in_the_journal() -> None:
    for kind in registry.KINDS.values():
        for name, field in kind.settings_model.model_fields.items():
            assert field.title, (kind.key, name)
            assert field.description, (kind.key, name)
            kept_out = field.annotation is SecretStr or name in services._PERSONAL
            assert kept_out or name in fields.FIELDS, (kind.key, name)
        assert kind.aimed_at <= kind.settings_model.model_fields.keys()


def test_the_form_is_described_in_the_readers_language(browser: Client, administrator: Member) -> None:
    administrator.language = "fr"
    administrator.save()
    (smtp,) = [one for one in browser.get("/api/provider-kinds/").json() if one["kind"] == "smtp"]
    assert smtp["label"] == "Serveur de messagerie (SMTP)"
    fields = smtp["settings"]["properties"]
    assert fields["sender"]["title"] == "Expéditeur"
    assert fields["password"]["writeOnly"] is True
    assert fields["encryption"]["x-labels"]["none"] == "Aucun"
    assert smtp["settings"]["required"] == ["host", "sender"]


def test_a_secret_goes_in_and_never_comes_out(browser: Client, administrator: Member) -> None:
    made = add(browser)
    assert made["secrets"] == ["password"]
    account = ProviderAccount.objects.get(pk=made["id"])
    assert SECRET.encode() not in bytes(account.sealed or b"")
    assert registry.settings_of(account).secrets == {"password": SECRET}
    assert SECRET not in repr(registry.settings_of(account))
    everywhere = [
        browser.get(LIST).content,
        browser.get(f"{LIST}{made['id']}/").content,
        browser.get("/api/journal/").content,
    ]
    assert not [one for one in everywhere if SECRET.encode() in one]

    (entry,) = Entry.objects.filter(organisation=administrator.organisation, action="provider_added")
    assert (entry.actor_id, entry.subject_id) == (administrator.pk, made["id"])
    assert entry.details["after"] == {
        "name": "Our mail",
        "kind": "smtp",
        "channel": "email",
        "enabled": True,
        "per_second": None,
        "position": 1,
        "host": "mx.example.org",
        "port": 465,
        "encryption": "tls",
        "sender": "vigie@town.example",
        "sender_name": "",
    }


def test_a_secret_stays_when_it_is_left_out_and_goes_nowhere_else(browser: Client) -> None:
    made = add(browser)
    answer = patch(browser, made["id"], settings={**MAIL, "sender_name": "Ville"})
    assert answer.status_code == 200, answer.content
    assert registry.settings_of(ProviderAccount.objects.get(pk=made["id"])).secrets == {"password": SECRET}

    elsewhere = {**MAIL, "host": "thief.example.org"}
    answer = patch(browser, made["id"], settings=elsewhere)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["settings.password"])
    body = {"channel": "email", "kind": "smtp", "settings": elsewhere, "to": "x@example.org", "account": made["id"]}
    answer = browser.post(f"{LIST}test/", body, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "secret_needed")

    assert patch(browser, made["id"], settings={**elsewhere, "password": "another"}).status_code == 200
    account = ProviderAccount.objects.get(pk=made["id"])
    assert registry.settings_of(account).secrets == {"password": "another"}
    entry = Entry.objects.filter(action="provider_changed").latest("pk")
    assert entry.details["secrets_renewed"] is True
    assert entry.details["after"] == {"host": "thief.example.org", "sender_name": ""}


@pytest.mark.parametrize(
    ("settings", "field", "sentence"),
    [
        ({"host": ""}, "settings.host", "This is needed."),
        ({"port": 70000}, "settings.port", "This must be at most 65535."),
        ({"sender": "nobody"}, "settings.sender", "This is no e-mail address."),
        ({"encryption": "rot13"}, "settings.encryption", "Choose one of: 'starttls', 'tls' or 'none'."),
        ({"colour": "red"}, "settings.colour", "This provider has no such setting."),
        ({"sender_name": "x\r\nBcc: all@example.org"}, "settings.sender_name", "This value is not valid."),
        ({"password": "x" * 501}, "settings.password", "Write at most 500 characters."),
    ],
)
def test_what_is_wrong_is_said_field_by_field(
    browser: Client, settings: dict[str, Any], field: str, sentence: str
) -> None:
    body = {"channel": "email", "kind": "smtp", "name": "Ours", "settings": {**MAIL, **settings}}
    answer = browser.post(LIST, body, "application/json")
    assert answer.status_code == 400
    assert answer.json()["fields"] == {field: sentence}
    assert not ProviderAccount.objects.filter(kind="smtp").exists()


def test_a_kind_belongs_to_its_channel(browser: Client) -> None:
    body = {"channel": "voice", "kind": "smtp", "name": "Ours", "settings": MAIL}
    answer = browser.post(LIST, body, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_kind")


def test_they_are_tried_in_their_order(browser: Client, administrator: Member) -> None:
    first, second, third = (add(browser, name) for name in ("first", "second", "third"))
    assert names(administrator) == ["first", "second", "third"]
    assert patch(browser, third["id"], position=1).status_code == 200
    assert names(administrator) == ["third", "first", "second"]
    assert patch(browser, first["id"], enabled=False).status_code == 200
    assert names(administrator) == ["third", "second"]
    assert browser.delete(f"{LIST}{third['id']}/").status_code == 204
    assert names(administrator) == ["second"]
    gone = ProviderAccount.objects.get(pk=third["id"])
    assert gone.sealed is None
    assert [one["id"] for one in browser.get(LIST).json() if one["channel"] == "email"] == [first["id"], second["id"]]


def test_a_name_is_given_once_and_is_free_again(browser: Client) -> None:
    made = add(browser)
    body = {"channel": "email", "kind": "smtp", "name": "Our mail", "settings": MAIL}
    assert browser.post(LIST, body, "application/json").status_code == 409
    browser.delete(f"{LIST}{made['id']}/")
    assert browser.post(LIST, body, "application/json").status_code == 201


def test_who_was_second_is_told(browser: Client) -> None:
    made = add(browser)
    assert patch(browser, made["id"], name="Mine").status_code == 200
    answer = browser.patch(f"{LIST}{made['id']}/", {"version": 1, "name": "Hers"}, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "changed_meanwhile")


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR, Role.AUDITOR, Role.RESPONDER])
def test_only_administrators_see_them(db: None, role: Role) -> None:
    client = Client()
    client.force_login(factories.MemberFactory(roles=[role]))
    assert client.get(LIST).status_code == 403
    assert client.post(f"{LIST}test/", {}, "application/json").status_code == 403


def test_a_test_message_is_really_sent_and_journalled(browser: Client, administrator: Member) -> None:
    with MailServer() as server:
        settings = {"host": "127.0.0.1", "port": server.port, "encryption": "none", "sender": "vigie@town.example"}
        body = {"channel": "email", "kind": "smtp", "settings": settings, "to": "ada@example.org"}
        answer = browser.post(f"{LIST}test/", body, "application/json")
    assert answer.json() == {"ok": True, "failure": None, "message": "", "detail": "", "segments": 1}
    (mail,) = server.kept
    text = mail.get_body(("plain",))
    assert text
    assert "nothing is happening" in text.get_content()
    assert not ProviderAccount.objects.filter(kind="smtp").exists()
    entry = Entry.objects.get(action="provider_tested")
    assert entry.details == {"channel": "email", "kind": "smtp", "ok": True}
    assert "ada@example.org" in Personal.objects.get(entry=entry).text


def test_a_test_says_why_nothing_came(browser: Client, administrator: Member) -> None:
    administrator.language = "fr"
    administrator.save()
    with MailServer(refused={"ada@example.org": "550 5.1.1 unknown"}) as server:
        settings = {"host": "127.0.0.1", "port": server.port, "encryption": "none", "sender": "vigie@town.example"}
        body = {"channel": "email", "kind": "smtp", "settings": settings, "to": "ada@example.org"}
        answer = browser.post(f"{LIST}test/", body, "application/json")
    said = answer.json()
    assert (said["ok"], said["failure"], said["detail"]) == (False, "bad_address", "smtp 550")
    assert said["message"] == "le numéro ou l’adresse n’existe pas"


def test_an_account_is_opened_once_for_many_threads_and_anew_when_it_changes(db: None) -> None:
    account = factories.ProviderAccountFactory()
    start = threading.Barrier(8)

    def open_it(_: int) -> Any:
        start.wait(10)
        return registry.open_account(account)

    with ThreadPoolExecutor(8) as threads:
        found = set(map(id, threads.map(open_it, range(8))))
    assert len(found) == 1
    before = registry.open_account(account)
    account.version += 1
    after = registry.open_account(account)
    assert after is not before
    account.version -= 1
    registry.open_account(account)  # a thread that read the row earlier
    account.version += 1
    assert registry.open_account(account) is after


def test_secrets_under_another_key_are_the_accounts_fault(
    db: None, monkeypatch: pytest.MonkeyPatch, browser: Client
) -> None:
    account = ProviderAccount.objects.get(pk=add(browser)["id"])
    monkeypatch.setattr(config(), "credential_key", SecretStr("another-key-that-is-long-enough-0123456789"))
    with pytest.raises(SendFailed) as failed:
        registry.open_account(account)
    assert (failed.value.failure, failed.value.retry) == (Failure.ACCOUNT, Retry.ELSEWHERE)
    assert browser.get(f"{LIST}{account.pk}/").json()["secrets"] == []


def test_what_worked_is_noted_seldom(db: None, django_assert_num_queries: Any) -> None:
    account = factories.ProviderAccountFactory()
    services.note(account.pk)
    account.refresh_from_db()
    first = account.last_worked_at
    assert first is not None
    services.note(account.pk)
    account.refresh_from_db()
    assert account.last_worked_at == first
    services.note(account.pk, Failure.PROVIDER_DOWN)
    account.refresh_from_db()
    assert account.last_failure == Failure.PROVIDER_DOWN
    services.note(account.pk)
    account.refresh_from_db()
    assert account.last_worked_at is not None
    assert account.last_worked_at > first  # it works again: that is news
    assert account.last_worked_at <= clock.now()


def test_who_administers_one_site_sets_up_none(db: None) -> None:
    client = Client()
    client.force_login(factories.MemberFactory(roles=[Role.ADMINISTRATOR], site=factories.SiteFactory()))
    body = {"channel": "email", "kind": "smtp", "name": "Ours", "settings": MAIL}
    assert client.post(LIST, body, "application/json").json()["code"] == "of_all_sites"
    trial = {"channel": "email", "kind": "smtp", "settings": MAIL, "to": "x@example.org"}
    assert client.post(f"{LIST}test/", trial, "application/json").json()["code"] == "of_all_sites"
    assert client.get(LIST).json() == []


def test_a_stand_in_is_used_only_while_nothing_else_is(
    browser: Client, administrator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Simulated(Smtp):
        key, label, built_in, stand_in = "simulated", gettext_lazy("Simulation"), True, True

    monkeypatch.setitem(registry.KINDS, (Channel.EMAIL, "simulated"), Simulated())
    assert names(administrator) == ["Simulation"]
    real = add(browser)
    assert names(administrator) == ["Our mail"]
    patch(browser, real["id"], enabled=False)
    assert names(administrator) == ["Simulation"]
