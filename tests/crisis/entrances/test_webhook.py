"""Another system calls: signed by the book, once, a moment ago; what is forged, old or replayed does nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from alerts.channels.base import Channel
from crisis.activations.kinds import ActivationState, Cause, StepState
from crisis.activations.models import Activation
from crisis.entrances.models import EntranceCall
from crisis.plans.content import Contacting, EmergencyStep
from crisis.plans.models import PlanVersion
from soc import clock
from tests.crisis.entrances.conftest import Site, outcomes
from tests.crisis.story import message, words


class System:
    """An outside system that signs by the description and not by our code."""

    def __init__(self, entrance: Any) -> None:
        self.id, self.secret = str(entrance.pk), entrance.secret

    def call(
        self, body: bytes = b"", *, nonce: str = "", at: dt.datetime | None = None, secret: str = "", **changed: str
    ) -> Any:
        nonce = nonce or uuid4().hex
        stamp = str(int((at or clock.now()).timestamp()))
        key = (secret or self.secret).encode()
        digest = hmac.new(key, stamp.encode() + b"." + nonce.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers = {
            "Vigie-Entrance": self.id,
            "Vigie-Timestamp": stamp,
            "Vigie-Nonce": nonce,
            "Vigie-Signature": f"sha256={digest}",
        }
        headers |= {name.replace("_", "-"): value for name, value in changed.items()}
        return Client().post("/api/webhook/", body, content_type="application/json", headers=headers)


@pytest.mark.django_db
def test_a_signed_call_starts_the_plan_and_waits_for_a_verification(site: Site) -> None:
    police = EmergencyStep(key="police", name="Police", how=Contacting.CAP)
    said = message("staff", site.story.profile("Staff"), words("Stay inside.", "Restez."))
    site.plan = site.story.plan(said, police)
    entrance = site.entrance("webhook")
    answer = System(entrance).call(b'{"text": "Gas alarm, hall 2"}')
    activation = Activation.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {"outcome": "started", "known": False, "reference": activation.reference}
    assert (activation.cause, activation.needs_verification) == (Cause.WEBHOOK, True)
    site.story.work()
    site.story.expect(site.staff, Channel.SMS, "Stay inside.")
    assert site.story.step(activation, "police").state == StepState.UNVERIFIED
    assert EntranceCall.objects.get().said == "Gas alarm, hall 2"
    assert site.journalled() == ["entrance_called"]


@pytest.mark.django_db
def test_the_same_call_again_does_nothing(site: Site) -> None:
    entrance = site.entrance("webhook", "ask")
    system = System(entrance)
    first = system.call(b"{}", nonce="nonce-0001")
    again = system.call(b"{}", nonce="nonce-0001")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() | {"known": True}
    other = system.call(b'{"text": "other"}', nonce="nonce-0001")
    assert (other.status_code, other.json()["code"]) == (409, "webhook_nonce_used")
    assert Activation.objects.get().state == ActivationState.ASKING
    assert system.call(b"{}", nonce="nonce-0002").json()["outcome"] == "linked"
    assert Activation.objects.count() == 1
    assert outcomes(entrance) == ["asked", "refused", "linked"]


@pytest.mark.django_db
def test_what_is_forged_or_old_is_refused_in_a_sentence_and_journalled(site: Site) -> None:
    entrance = site.entrance("webhook")
    system = System(entrance)
    answers = [
        system.call(secret="vigie_hook_guessed"),
        system.call(b"{}", Vigie_Signature=""),
        system.call(Vigie_Nonce="another-nonce"),  # not what was signed
        system.call(Vigie_Timestamp=str(int(clock.now().timestamp()) - 60)),
        system.call(Vigie_Entrance=str(uuid4())),
        system.call(Vigie_Entrance="nothing"),
    ]
    assert {(one.status_code, one.json()["code"]) for one in answers} == {(403, "webhook_not_signed")}
    assert len({one.json()["message"] for one in answers}) == 1
    assert site.refused() == ["webhook_not_signed"]  # once a minute, however many come
    clock.move(dt.timedelta(minutes=2))
    old = system.call(at=clock.now() - dt.timedelta(minutes=6))
    assert (old.status_code, old.json()["code"]) == (403, "webhook_stale")
    ahead = system.call(at=clock.now() + dt.timedelta(minutes=6))
    assert ahead.json()["code"] == "webhook_stale"
    assert not Activation.objects.exists()
    assert site.refused() == ["webhook_not_signed", "webhook_stale"]
    assert system.call().status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"[1]", "webhook_body"),
        (b'{"text": "%s"}' % (b"x" * 401), "webhook_body"),
        (b'{"what": 1}', "webhook_body"),
        (b"\xff\xfe", "webhook_body"),
        (b" " * 10_001, "webhook_too_large"),
    ],
)
def test_a_body_that_is_none_is_refused(site: Site, body: bytes, code: str) -> None:
    answer = System(site.entrance("webhook")).call(body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert site.refused() == [code]
    assert not Activation.objects.exists()


@pytest.mark.django_db
def test_a_nonce_that_is_none_is_refused(site: Site) -> None:
    assert System(site.entrance("webhook")).call(nonce="a b").json()["code"] == "webhook_nonce"


@pytest.mark.django_db
def test_one_that_is_off_or_without_an_approved_plan_says_so(site: Site) -> None:
    entrance = site.entrance("webhook", enabled=False)
    assert System(entrance).call().json()["code"] == "entrance_off"
    entrance.enabled = True
    entrance.save()
    PlanVersion.objects.filter(plan=site.plan).update(state="superseded")
    answer = System(entrance).call()
    assert (answer.status_code, answer.json()["code"]) == (409, "plan_not_approved")
    assert site.refused() == ["entrance_off", "plan_not_approved"]
    assert not Activation.objects.exists()


@pytest.mark.django_db
def test_who_guesses_is_slowed_down(site: Site) -> None:
    system = System(site.entrance("webhook"))
    for _ in range(30):
        assert system.call(secret="guess").status_code == 403
    slowed = system.call(secret="guess")
    assert slowed.status_code == 429
    assert int(slowed["Retry-After"]) > 0


@pytest.mark.django_db
def test_a_system_that_calls_without_end_is_heard_sixty_times_a_minute(site: Site) -> None:
    entrance = site.entrance("webhook", "ask")
    system = System(entrance)
    known = system.call(nonce="the-first")
    EntranceCall.objects.bulk_create(
        EntranceCall(
            organisation=entrance.organisation,
            entrance=entrance,
            outcome="linked",
            key=f"n{number}",
            activation=Activation.objects.get(),
        )
        for number in range(59)
    )
    flood = system.call()
    assert (flood.status_code, flood.json()["code"]) == (429, "too_many")
    assert system.call(nonce="the-first").json()["reference"] == known.json()["reference"]  # a replay is no flood


@pytest.mark.django_db(transaction=True)
def test_two_that_come_at_once_start_one(site: Site) -> None:
    entrance = site.entrance("webhook")
    other = site.entrance("webhook")

    def call(nonce: str, of: Any) -> str:
        with closing(connection):
            return str(System(of).call(nonce=nonce).json()["outcome"])

    with ThreadPoolExecutor(6) as pool:
        tried = [
            pool.submit(call, *one)
            for one in 2 * [("same-nonce", entrance), ("other-one", entrance), ("third-one", other)]
        ]
        done = sorted(one.result() for one in tried)
    assert Activation.objects.count() == 1
    assert set(done) <= {"started", "linked"}
    assert EntranceCall.objects.filter(outcome="started").count() == 1
    assert EntranceCall.objects.count() == 3
