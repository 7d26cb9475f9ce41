"""A code from a phone, when the console is out of reach: texts by the real way in, calls by the stand-in for Twilio."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from alerts.channels import registry, secrets
from alerts.channels.base import Channel, Reply
from alerts.channels.models import ProviderAccount
from alerts.channels.simulated.models import SimulatedMessage
from alerts.deliveries import replies
from alerts.deliveries.models import Answer, Delivery, Incoming
from crisis.activations.kinds import ActivationState, Cause
from crisis.activations.models import Activation, HelpCall
from crisis.entrances import calls
from crisis.entrances.models import EntranceCall
from soc import clock
from soc.config import config
from soc.people.directory import stops
from soc.people.directory.models import Person, Profile
from tests import factories
from tests.crisis.entrances.conftest import Site, outcomes
from tests.peers.twilio_server import SID, Twilio

pytestmark = pytest.mark.django_db
PUBLIC_URL = "https://vigie.example.org"


def number_of(person: Person) -> str:
    return str(person.ways.get().address)


def code_entrance(site: Site, how: str = "start", callers: str = "profiles", **more: Any) -> Any:
    guards = Profile.objects.get(name="Guards")
    settings = {"word": "VIGIE", "callers": callers, "profiles": [str(guards.pk)] if callers == "profiles" else []}
    return site.entrance("call", how, settings=settings, **more)


def wrong(entrance: Any) -> str:
    return f"{(int(entrance.secret) + 1) % 1_000_000:06d}"


# Texts


@pytest.mark.parametrize("written", ["VIGIE {code}", "vigie {code} Hall 2", "  Vigie: {spaced}\nHall 2"])
def test_a_text_with_the_code_starts_the_plan_and_is_answered(site: Site, written: str) -> None:
    entrance = code_entrance(site)
    code = entrance.secret
    taken = site.story.texts(site.guard, written.format(code=code, spaced=f"{code[:3]} {code[3:]}"))
    assert taken is None
    activation = Activation.objects.get()
    assert (activation.cause, activation.state, activation.needs_verification) == (
        Cause.CALL,
        ActivationState.RUNNING,
        False,
    )
    site.story.expect(site.staff, Channel.SMS, "Stay inside.")
    site.story.expect(site.guard, Channel.SMS, "has started", activation.reference, site.plan.name)
    assert HelpCall.objects.get().participant.person == site.guard
    kept = Incoming.objects.get()
    assert code not in kept.text
    assert kept.settled_at is not None
    assert outcomes(entrance) == ["started"]
    assert entrance.code
    assert code not in entrance.code


def test_a_code_is_no_answer_whatever_was_sent_last(site: Site) -> None:
    entrance = code_entrance(site, "ask", "directory")
    site.story.start(site.story.plan(site.plan.versions.get().content.steps[0]))
    site.story.expect(site.staff, Channel.SMS, "Stay inside.")
    site.story.texts(site.staff, f"VIGIE {entrance.secret}")
    assert not Answer.objects.exists()
    assert Activation.objects.filter(plan=site.plan, state=ActivationState.ASKING).exists()
    site.story.expect(site.staff, Channel.SMS, "An agent is asked", "by itself")
    # What they write next answers what the plan sent them, not the answer to their code.
    answer = site.story.texts(site.staff, "1")
    assert isinstance(answer, Answer)
    assert answer.message.asker.startswith("activation:")


def test_a_wrong_code_starts_nothing_and_an_agent_reads_the_text(site: Site) -> None:
    entrance = code_entrance(site)
    taken = site.story.texts(site.guard, f"VIGIE {wrong(entrance)} fire in hall 2")
    assert isinstance(taken, Incoming)
    assert (taken.settled_at, taken.text) == (None, "VIGIE •••••• fire in hall 2")
    site.story.expect(site.guard, Channel.SMS, "This code is not right. Nothing was started.")
    site.story.nothing_more()
    assert not Activation.objects.exists()
    assert site.refused() == ["wrong_code"]


def test_a_number_that_may_not_learns_nothing_of_the_code(site: Site) -> None:
    entrance = code_entrance(site)
    for code in (entrance.secret, wrong(entrance)):
        taken = site.story.texts(site.staff, f"VIGIE {code}")
        assert isinstance(taken, Incoming)
        site.story.expect(site.staff, Channel.SMS, "This number may not start anything here.")
    assert not Activation.objects.exists()
    assert site.refused() == ["number_may_not", "number_may_not"]


def test_any_number_may_where_the_entrance_says_so(site: Site) -> None:
    entrance = code_entrance(site, callers="anybody")
    reply = Reply("1", "+33699999123", f"VIGIE {entrance.secret}", clock.now())
    assert replies.take(site.story.organisation.pk, Channel.SMS, reply) is None
    assert replies.take(site.story.organisation.pk, Channel.SMS, reply) is not None  # told twice: known
    call = EntranceCall.objects.get()
    assert (call.outcome, call.person, call.sender) == ("started", None, "…123")
    site.story.work()
    assert SimulatedMessage.objects.filter(to="+33699999123", text__contains="has started").count() == 1
    assert Activation.objects.count() == 1
    assert not HelpCall.objects.exists()


def test_guesses_are_limited_by_number_and_others_are_still_heard(site: Site) -> None:
    entrance = code_entrance(site)
    other = site.story.person("Guard B", "Guards")
    for _ in range(5):
        site.story.texts(site.guard, f"VIGIE {wrong(entrance)}")
    taken = site.story.texts(site.guard, f"VIGIE {entrance.secret}")  # right, and too late
    assert isinstance(taken, Incoming)
    assert not Activation.objects.exists()
    answered = Delivery.objects.filter(address=number_of(site.guard)).count()
    assert answered == 5  # nobody is answered for ever
    site.story.texts(other, f"VIGIE {entrance.secret}")
    assert Activation.objects.get().state == ActivationState.RUNNING
    clock.move(dt.timedelta(minutes=6))
    site.story.texts(site.guard, f"VIGIE {entrance.secret}")
    assert outcomes(entrance)[-1] == "linked"


def test_a_hundred_wrong_codes_close_it_until_a_new_one_is_made(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "MOST_WRONG_A_DAY", 2)
    entrance = code_entrance(site)
    for _ in range(2):
        site.story.texts(site.guard, f"VIGIE {wrong(entrance)}")
    site.story.texts(site.guard, f"VIGIE {entrance.secret}")
    assert site.refused()[-1] == "code_closed"
    assert not Activation.objects.exists()
    clock.move(dt.timedelta(minutes=10))
    entrance.secret_at = clock.now()
    entrance.save()
    site.story.texts(site.guard, f"VIGIE {entrance.secret}")
    assert Activation.objects.exists()


def test_a_second_text_is_linked_and_raises_the_first(site: Site) -> None:
    entrance = code_entrance(site)
    for place in ("", "on the roof"):
        site.story.texts(site.guard, f"VIGIE {entrance.secret} {place}")
    assert Activation.objects.count() == 1
    call = HelpCall.objects.get()
    assert (call.calls, call.place) == (2, "on the roof")
    assert outcomes(entrance) == ["started", "linked"]


def test_who_wrote_stop_is_heard_and_not_answered(site: Site) -> None:
    entrance = code_entrance(site)
    stops.stop(site.story.organisation.pk, number_of(site.guard), clock.now())
    site.story.texts(site.guard, f"VIGIE {entrance.secret}")
    assert Activation.objects.exists()
    assert not SimulatedMessage.objects.filter(to=number_of(site.guard), channel=Channel.SMS).exists()


def test_other_words_are_nobodys_code(site: Site) -> None:
    entrance = code_entrance(site)
    for text in (f"HELLO {entrance.secret}", "VIGIE", "VIGIE 12", f"my code for VIGIE is {entrance.secret}"):
        assert isinstance(site.story.texts(site.guard, text), Incoming)
    assert not Activation.objects.exists()
    assert site.refused() == []


# Calls


def by_test_client(address: str, form: dict[str, str], headers: dict[str, str]) -> tuple[int, str]:
    parts = urlsplit(address)
    answer = Client(headers=headers).post(f"{parts.path}?{parts.query}", form)
    return answer.status_code, answer.content.decode()


class Line:
    """Somebody on the phone with the organisation's number."""

    def __init__(self, twilio: Twilio, account: ProviderAccount, sender: str, sid: str = "CA" + "1" * 32) -> None:
        self.twilio, self.sender, self.sid = twilio, sender, sid
        (self.address,) = registry.kind_of("voice", "twilio").callback_addresses(registry.settings_of(account)).values()
        self.heard = ""

    def ring(self, **more: str) -> int:
        return self._told(self.address, **more)

    def key(self, digits: str) -> int:
        gather = ET.fromstring(self.heard).find("Gather")
        assert gather is not None, self.heard
        return self._told(gather.attrib["action"], Digits=digits)

    @property
    def words(self) -> list[tuple[str, str]]:
        return [(said.attrib.get("language", ""), said.text or "") for said in ET.fromstring(self.heard).iter("Say")]

    def _told(self, address: str, **more: str) -> int:
        form = {"CallSid": self.sid, "From": self.sender, "To": "+33700000001", "CallStatus": "ringing", **more}
        status, self.heard = self.twilio.call(address, form)
        return status


@pytest.fixture
def twilio() -> Iterator[Twilio]:
    with Twilio(call_back=by_test_client) as stand_in:
        yield stand_in


@pytest.fixture
def account(site: Site, twilio: Twilio, monkeypatch: pytest.MonkeyPatch) -> ProviderAccount:
    monkeypatch.setattr(config(), "public_url", PUBLIC_URL)
    settings = twilio.settings()
    sealed = secrets.seal({"auth_token": settings.pop("auth_token")})
    return factories.ProviderAccountFactory(
        organisation=site.story.organisation, channel=Channel.VOICE, kind="twilio", settings=settings, sealed=sealed
    )


def test_a_caller_keys_in_the_code(site: Site, twilio: Twilio, account: ProviderAccount) -> None:
    Person.objects.filter(pk=site.guard.pk).update(language="fr")
    entrance = code_entrance(site)
    line = Line(twilio, account, number_of(site.guard))
    assert line.ring() == 200
    ((language, text),) = line.words
    assert language == "fr-FR"
    assert "code" in text
    assert not Activation.objects.exists()
    line.key(wrong(entrance))
    assert ET.fromstring(line.heard).find("Gather") is not None
    line.key(entrance.secret)
    activation = Activation.objects.get()
    assert (activation.cause, activation.state) == (Cause.CALL, ActivationState.RUNNING)
    ((_language, text),) = line.words
    assert activation.reference in text
    assert HelpCall.objects.get().participant.person == site.guard
    assert outcomes(entrance) == ["refused", "started"]


def test_what_the_provider_tells_twice_does_nothing_twice(site: Site, twilio: Twilio, account: ProviderAccount) -> None:
    entrance = code_entrance(site)
    line = Line(twilio, account, number_of(site.guard))
    line.ring()
    asked = line.heard
    for _ in range(2):
        line.heard = asked
        line.key(entrance.secret)
        assert "has started" in line.words[0][1]
    assert HelpCall.objects.get().calls == 1
    again = Line(twilio, account, number_of(site.guard), "CA" + "2" * 32)
    again.ring()
    again.key(entrance.secret)
    assert "under way already" in again.words[0][1]
    assert HelpCall.objects.get().calls == 2


def test_three_wrong_codes_end_the_call(site: Site, twilio: Twilio, account: ProviderAccount) -> None:
    entrance = code_entrance(site)
    line = Line(twilio, account, number_of(site.guard))
    line.ring()
    for _ in range(3):
        line.key(wrong(entrance))
    assert ET.fromstring(line.heard).find("Gather") is None
    assert "not right" in line.words[0][1]
    assert site.refused() == ["wrong_code"] * 3


def test_a_withheld_number_is_asked_and_refused(site: Site, twilio: Twilio, account: ProviderAccount) -> None:
    entrance = code_entrance(site)
    line = Line(twilio, account, "anonymous")
    line.ring()
    line.key(entrance.secret)
    assert "may not start anything" in line.words[0][1]
    assert not Activation.objects.exists()


def test_a_forged_call_is_refused_and_journalled(site: Site, twilio: Twilio, account: ProviderAccount) -> None:
    entrance = code_entrance(site)
    line = Line(twilio, account, number_of(site.guard))
    line.ring()
    gather = ET.fromstring(line.heard).find("Gather")
    assert gather is not None
    form = {"AccountSid": SID, "CallSid": line.sid, "From": line.sender, "Digits": entrance.secret}
    status, _body = by_test_client(gather.attrib["action"], form, {"X-Twilio-Signature": "AAAA"})
    assert status == 403
    assert not Activation.objects.exists()
    assert "callback_forged" in site.journalled("callback")


def test_where_nobody_takes_calls_the_call_is_rejected(site: Site, twilio: Twilio, account: ProviderAccount) -> None:
    line = Line(twilio, account, number_of(site.guard))
    assert line.ring() == 200
    assert ET.fromstring(line.heard).find("Reject") is not None
