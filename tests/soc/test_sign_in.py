"""Signing in: the same answer to every stranger, guessing slowed down, and nobody locked out by another's guesses."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.test import Client

from soc import clock
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.people import sign_in, throttle
from soc.people.models import Member, SignInTry
from soc.people.rights import Role
from tests.factories import PASSWORD, MemberFactory

pytestmark = pytest.mark.django_db

STRANGER, HOME = "203.0.113.9", "198.51.100.7"


@pytest.fixture(autouse=True)
def _no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "ANSWERED_AFTER_S", 0.0)


@pytest.fixture
def anne() -> Member:
    return MemberFactory(name="Anne", roles=[Role.AGENT])


def enter(client: Client, name: str, password: str, address: str = HOME) -> int:
    body = {"name": name, "password": password}
    answer = client.post("/api/session/", body, content_type="application/json", REMOTE_ADDR=address)
    return answer.status_code


def test_who_is_signed_in_and_what_they_may_do(anne: Member) -> None:
    client = Client()
    before = client.get("/api/session/").json()
    assert before["member"] is None
    assert before["csrf_token"]
    assert enter(client, "anne", PASSWORD) == 200
    view = client.get("/api/session/").json()
    assert view["member"]["name"] == "Anne"
    assert view["organisation"]["name"] == anne.organisation.name
    assert {"right": "see_live", "sites": None} in view["member"]["rights"]
    assert client.delete("/api/session/").status_code == 204
    assert client.get("/api/sites/").status_code == 401
    journalled = Entry.objects.filter(actor_id=anne.pk).values_list("action", flat=True)
    assert list(journalled) == [Action.SIGNED_IN, Action.SIGNED_OUT]


def test_the_session_key_is_rotated(anne: Member) -> None:
    client = Client()
    session = client.session
    session["set by"] = "an attacker"
    session.save()
    assert enter(client, "Anne", PASSWORD) == 200
    assert client.session.session_key != session.session_key


def test_a_form_of_another_site_signs_nobody_in(anne: Member) -> None:
    client = Client(enforce_csrf_checks=True)
    body = {"name": "Anne", "password": PASSWORD}
    assert client.post("/api/session/", body, content_type="application/json").status_code == 403
    token = client.get("/api/session/").json()["csrf_token"]
    headers = {"x-csrftoken": token}
    assert client.post("/api/session/", body, content_type="application/json", headers=headers).status_code == 200


def test_unknown_name_wrong_password_and_switched_off_are_told_alike_after_the_same_work(
    anne: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    MemberFactory(name="gone", is_active=False)
    hashed: list[str] = []
    encode = ScryptPasswordHasher.encode

    def counted(self: ScryptPasswordHasher, password: str, *args: Any, **kwargs: Any) -> str:
        hashed.append(password)
        return encode(self, password, *args, **kwargs)

    monkeypatch.setattr(ScryptPasswordHasher, "encode", counted)
    answers = [
        Client().post("/api/session/", {"name": name, "password": password}, content_type="application/json")
        for name, password in (("nobody", PASSWORD), ("anne", "wrong"), ("gone", PASSWORD))
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(400, answers[0].content)}
    assert hashed == [PASSWORD, "wrong", PASSWORD]
    assert Entry.objects.filter(action=Action.SIGN_IN_REFUSED).count() == 2


def test_guessing_a_name_is_slowed_down_and_says_for_how_long(anne: Member) -> None:
    client = Client()
    addresses = (f"203.0.113.{n}" for n in range(100))
    assert [enter(client, "anne", "wrong", next(addresses)) for _ in range(10)] == [400] * 10
    body = {"name": "ANNE", "password": PASSWORD}
    answer = client.post("/api/session/", body, content_type="application/json", REMOTE_ADDR=next(addresses))
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 61
    assert answer["Retry-After"] in answer.json()["message"]
    clock.move(dt.timedelta(seconds=62))
    assert enter(client, "anne", PASSWORD, next(addresses)) == 200


def test_a_strangers_guesses_do_not_lock_a_member_out_of_her_own_browser(anne: Member) -> None:
    hers = Client()
    assert enter(hers, "anne", PASSWORD) == 200
    hers.delete("/api/session/")
    stranger = Client()
    while enter(stranger, "anne", "guess", HOME) != 429:  # even from the same address
        pass
    assert enter(Client(), "anne", PASSWORD, HOME) == 429
    assert enter(hers, "anne", PASSWORD, HOME) == 200


def test_a_device_cookie_helps_with_its_own_name_only_and_is_limited_too(anne: Member) -> None:
    MemberFactory(name="Boris")
    hers = Client()
    assert enter(hers, "anne", PASSWORD) == 200
    while enter(Client(), "boris", "guess") != 429:
        pass
    assert enter(hers, "boris", PASSWORD) == 429
    assert [enter(hers, "anne", "wrong") for _ in range(11)] == [400] * 10 + [429]


def test_one_address_guessing_at_many_names_is_slowed_down(anne: Member) -> None:
    answers = [enter(Client(), f"name{n}", "guess", STRANGER) for n in range(31)]
    assert answers == [400] * 30 + [429]
    assert enter(Client(), "anne", PASSWORD, HOME) == 200


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::5", "2001:db8:1:2:ffff::1", True),
        ("2001:db8:1:2::5", "2001:db8:1:3::5", False),
        ("10.0.0.1", "10.0.0.2", False),
        ("unix", "unix", True),
    ],
)
def test_a_subscriber_of_ipv6_is_one_address(one: str, other: str, same: bool) -> None:
    assert (throttle.network(one) == throttle.network(other)) is same


def test_tries_that_count_no_more_are_forgotten(anne: Member) -> None:
    enter(Client(), "anne", "wrong")
    assert SignInTry.objects.count() == 2
    clock.move(throttle.LONGEST + dt.timedelta(seconds=1))
    assert throttle.forget_old_tries() == 2


def test_a_refusal_is_never_answered_earlier_than_the_floor(anne: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    floor_s = 2.0
    monkeypatch.setattr(sign_in, "ANSWERED_AFTER_S", floor_s)
    for name in ("anne", "nobody"):
        begun = time.monotonic()
        assert enter(Client(), name, "wrong") == 400
        assert time.monotonic() - begun >= floor_s


def test_a_body_nested_deeper_than_python_goes_is_refused_like_any_that_cannot_be_read() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    answer = Client().post("/api/session/", data=deep, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
