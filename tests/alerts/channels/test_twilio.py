"""SMS and calls by Twilio, against a stand-in that Twilio's own description checks: what leaves, fails, and comes back."""

from __future__ import annotations

import json
import socket
import uuid
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pydantic import ValidationError
from twilio.request_validator import RequestValidator

from alerts.channels import callbacks, registry, secrets, twilio_account
from alerts.channels.base import (
    AnswerKind,
    AnswerOption,
    CallbackRequest,
    Channel,
    Failure,
    Forged,
    Provider,
    Receipt,
    ReceiptState,
    Reply,
    Retry,
    SendFailed,
)
from alerts.channels.models import ProviderAccount
from soc.config import Mode, config
from tests import factories
from tests.alerts.channels.conftest import PUBLIC_URL, opened, outgoing
from tests.peers import twilio_description
from tests.peers.twilio_server import SID, TOKEN, Twilio

TO = "+33612345678"
ANSWERS = (AnswerOption("1", AnswerKind.SAFE, "en sécurité"), AnswerOption("2", AnswerKind.HELP, "à l'aide"))


def by_test_client(address: str, form: dict[str, str], headers: dict[str, str]) -> tuple[int, str]:
    parts = urlsplit(address)
    answer = Client(headers=headers).post(f"{parts.path}?{parts.query}", form)
    return answer.status_code, answer.content.decode()


@pytest.fixture
def twilio(twilio_described: None) -> Iterator[Twilio]:
    with Twilio(call_back=by_test_client) as stand_in:
        yield stand_in


def provider(twilio: Twilio, channel: Channel = Channel.SMS, *, public_url: str = "", **settings: str) -> Provider:
    known = {**twilio.settings(), **settings}
    token = known.pop("auth_token")
    return opened(channel, "twilio", known, public_url=public_url, auth_token=token)


@pytest.fixture
def kept(twilio: Twilio, db: None, public_url: str) -> dict[Channel, ProviderAccount]:
    """Accounts of an installation that the internet reaches."""
    settings = twilio.settings()
    sealed = secrets.seal({"auth_token": settings.pop("auth_token")})
    organisation = factories.OrganisationFactory()
    return {
        channel: factories.ProviderAccountFactory(
            organisation=organisation, channel=channel, kind="twilio", settings=settings, sealed=sealed
        )
        for channel in (Channel.SMS, Channel.VOICE)
    }


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Receipt | Reply]:
    """What the outbox would be told."""
    found: list[Receipt | Reply] = []
    monkeypatch.setattr(callbacks, "_listeners", [lambda _organisation, _account, events: found.extend(events)])
    return found


def failed(provider: Provider, to: str = TO) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        provider.send(outgoing(to))
    return caught.value


def test_the_description_takes_nothing_that_twilio_does_not(twilio: Twilio) -> None:
    messages = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
    right = {"To": [TO], "From": ["+33700000001"], "Body": ["x"]}
    twilio_description.check_request("POST", messages, right)
    for wrong in (
        {"Body": ["x"]},  # to whom?
        {**right, "Text": ["x"]},
        {**right, "StatusCallback": ["nowhere"]},
        {**right, "ValidityPeriod": ["soon"]},
        {**right, "MessagingServiceSid": ["MG1"]},
        {**right, "To": [TO, TO]},
    ):
        with pytest.raises(twilio_description.Undescribed):
            twilio_description.check_request("POST", messages, wrong)
    with pytest.raises(twilio_description.Undescribed):
        twilio_description.check_request("POST", messages.replace("Messages", "Letters"), right)
    with pytest.raises(twilio_description.Undescribed):
        twilio_description.check_answer("POST", messages, 201, {"sid": "SM1"})


# SMS


def test_an_sms_leaves_and_is_asked_after(twilio: Twilio) -> None:
    sender = provider(twilio)
    message = outgoing(TO, text="NC-4127 : évacuez la forêt. " + "x" * 60)
    sent = sender.send(message)
    (kept,) = twilio.messages
    assert (kept.to, kept.sender, kept.body, kept.callback) == (TO, "+33700000001", message.text, "")
    assert (sent.provider_id, sent.segments, sent.delivered) == (kept.sid, 2, False)
    assert sender.ask(sent.provider_id) is None  # queued: nothing is known yet
    twilio.deliver(kept)
    receipt = sender.ask(sent.provider_id)
    assert receipt is not None
    assert (receipt.provider_id, receipt.state) == (kept.sid, ReceiptState.DELIVERED)
    twilio.fail(kept, 30006)
    receipt = sender.ask(sent.provider_id)
    assert receipt is not None
    assert (receipt.state, receipt.failure, receipt.detail) == (
        ReceiptState.FAILED,
        Failure.BAD_ADDRESS,
        "twilio 30006",
    )
    assert sender.ask("SM" + "0" * 32) is None


def test_a_messaging_service_counts_later_so_we_count(twilio: Twilio) -> None:
    sent = provider(twilio, sender="MG" + "a" * 32).send(outgoing(TO, text="x" * 161))
    assert sent.segments == 2
    assert twilio.messages[0].service == "MG" + "a" * 32


@pytest.mark.parametrize(
    ("status", "code", "failure", "retry"),
    [
        (400, 21211, Failure.BAD_ADDRESS, Retry.NEVER),
        (400, 21614, Failure.BAD_ADDRESS, Retry.NEVER),
        (400, 21610, Failure.STOPPED, Retry.NEVER),
        (400, 21408, Failure.REFUSED, Retry.ELSEWHERE),
        (400, 21606, Failure.ACCOUNT, Retry.ELSEWHERE),
        (400, 99999, Failure.REFUSED, Retry.ELSEWHERE),
        (401, 20003, Failure.ACCOUNT, Retry.ELSEWHERE),
        (403, 0, Failure.ACCOUNT, Retry.ELSEWHERE),
        (429, 20429, Failure.PROVIDER_BUSY, Retry.LATER),
        (429, 0, Failure.PROVIDER_BUSY, Retry.LATER),
        (500, 20500, Failure.PROVIDER_DOWN, Retry.UNKNOWN),
        (503, 0, Failure.PROVIDER_DOWN, Retry.UNKNOWN),
    ],
)
def test_what_an_error_means(twilio: Twilio, status: int, code: int, failure: Failure, retry: Retry) -> None:
    twilio.fail_next(status, code)
    for channel in (Channel.SMS,):
        why = failed(provider(twilio, channel))
        assert (why.failure, why.retry) == (failure, retry)
        assert TO not in why.detail
    assert twilio.messages == []


def test_it_says_when_to_come_back(twilio: Twilio) -> None:
    twilio.fail_next(429, 20429, retry_after="7")
    assert failed(provider(twilio)).retry_after_s == 7
    twilio.per_second = 1
    sender = provider(twilio)
    sender.send(outgoing(TO))
    why = failed(sender)
    assert (why.failure, why.retry_after_s) == (Failure.PROVIDER_BUSY, 1)


def test_who_hears_nothing_does_not_know(twilio: Twilio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twilio_account, "TIMEOUT_S", 0.3)
    twilio.fail_next(201, after_s=1.0)
    why = failed(provider(twilio))
    assert (why.failure, why.retry) == (Failure.PROVIDER_DOWN, Retry.UNKNOWN)
    twilio.fail_next(201, cut=True)
    why = failed(provider(twilio))
    assert (why.failure, why.retry) == (Failure.PROVIDER_DOWN, Retry.UNKNOWN)
    assert len(twilio.messages) == 1  # it had gone out


def test_who_is_not_reached_did_not_send(twilio: Twilio) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    why = failed(provider(twilio, base_url=f"http://127.0.0.1:{port}"))
    assert (why.failure, why.retry) == (Failure.PROVIDER_DOWN, Retry.LATER)


@pytest.mark.parametrize("to", ["112", "15", "+112", "0612345678", "camille", "", "+33 6 12 34 56 78"])
@pytest.mark.parametrize("channel", [Channel.SMS, Channel.VOICE])
def test_what_is_no_full_number_is_never_asked_for(twilio: Twilio, channel: Channel, to: str) -> None:
    why = failed(provider(twilio, channel), to)
    assert (why.failure, why.retry) == (Failure.BAD_ADDRESS, Retry.NEVER)
    assert twilio.messages == []
    assert twilio.calls == []


def test_stop_is_respected(twilio: Twilio, kept: dict[Channel, ProviderAccount], heard: list[Receipt | Reply]) -> None:
    sms = registry.open_account(kept[Channel.SMS])
    incoming = registry.kind_of("sms", "twilio").callback_addresses(registry.settings_of(kept[Channel.SMS]))
    (address,) = incoming.values()
    twilio.write(address, TO, "STOP")
    assert [one.text for one in heard if isinstance(one, Reply)] == ["STOP"]
    assert failed(sms).failure is Failure.STOPPED
    twilio.write(address, TO, "start")
    sms.send(outgoing(TO))


def test_receipts_and_replies_come_signed_twice_and_in_any_order(
    twilio: Twilio, kept: dict[Channel, ProviderAccount], heard: list[Receipt | Reply]
) -> None:
    account = kept[Channel.SMS]
    registry.open_account(account).send(outgoing(TO))
    (message,) = twilio.messages
    assert message.callback == f"{PUBLIC_URL}/api/callbacks/{account.pk}/status/"
    for status in ("delivered", "sent", "delivered", "queued"):
        told = twilio.tell(message, status)
        assert told is not None
        assert told[0] == 200
    states = [one.state for one in heard if isinstance(one, Receipt)]
    assert states == [ReceiptState.DELIVERED, ReceiptState.SENT, ReceiptState.DELIVERED]
    twilio.fail(message, 30005)
    last = heard[-1]
    assert isinstance(last, Receipt)
    assert (last.provider_id, last.failure) == (message.sid, Failure.BAD_ADDRESS)

    heard.clear()
    address = f"{PUBLIC_URL}/api/callbacks/{account.pk}/incoming/"
    sid = twilio.write(address, TO, "1 sain et sauf 😀")
    twilio.write(address, TO, "1 sain et sauf 😀", sid=sid)
    first, again = heard
    assert isinstance(first, Reply)
    assert (first.provider_id, first.sender, first.text) == (sid, TO, "1 sain et sauf 😀")
    assert isinstance(again, Reply)
    assert again.provider_id == sid


@pytest.mark.parametrize(
    "signature", ["", "AAAA", RequestValidator("another token").compute_signature("https://x", {})]
)
def test_a_forged_call_is_refused(
    twilio: Twilio, kept: dict[Channel, ProviderAccount], heard: list[Receipt | Reply], signature: str
) -> None:
    address = f"{PUBLIC_URL}/api/callbacks/{kept[Channel.SMS].pk}/incoming/"
    form = {"AccountSid": SID, "MessageSid": "SM1", "From": TO, "Body": "2 help"}
    status, _body = by_test_client(address, form, {"X-Twilio-Signature": signature})
    assert status == 403
    assert heard == []


def test_a_signature_holds_for_its_address_and_its_fields_only(
    twilio: Twilio, kept: dict[Channel, ProviderAccount], heard: list[Receipt | Reply]
) -> None:
    pk = kept[Channel.SMS].pk
    address = f"{PUBLIC_URL}/api/callbacks/{pk}/incoming/"
    form = {"AccountSid": SID, "MessageSid": "SM1", "From": TO, "Body": "1"}
    signed = {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(address, form)}
    assert by_test_client(address, form, signed)[0] == 200
    assert by_test_client(address, {**form, "Body": "2"}, signed)[0] == 403
    assert by_test_client(address + "?x=1", form, signed)[0] == 403
    assert by_test_client(address.replace("incoming", "status"), form, signed)[0] == 403
    other = {**form, "AccountSid": "AC" + "f" * 32}
    signed = {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(address, other)}
    assert by_test_client(address, other, signed)[0] == 403
    assert len(heard) == 1


# The vectors of twilio-python's own tests: a call whose signature is right, over an address with a port and a query.
URL, SIGNATURE = "https://mycompany.com/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8="
FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}


def request(**values: Any) -> CallbackRequest:
    known: dict[str, Any] = {
        "method": "POST",
        "url": URL,
        "headers": {"X-Twilio-Signature": SIGNATURE},
        "form": FORM,
        "query": {},
        "body": b"",
    }
    return CallbackRequest(**{**known, **values})


def verifier() -> twilio_account.TwilioAccount:
    settings = twilio_account.TwilioSettings.model_validate({"account_sid": SID, "auth_token": "12345"})
    account = registry.account_settings(uuid.uuid4(), uuid.uuid4(), {}, {})
    return twilio_account.TwilioAccount(account, settings)


def test_twilios_own_vector() -> None:
    assert verifier().verified(request())["Digits"] == "1234"
    assert verifier().verified(request(url="https://mycompany.com:443/myapp.php?foo=1&bar=2"))
    for wrong in (
        request(url="https://mycompany.com/myapp.php?foo=1&bar=3"),
        request(headers={}),
        request(form={**FORM, "Digits": "1"}),
    ):
        with pytest.raises(Forged):
            verifier().verified(wrong)


def test_json_is_believed_by_the_digest_of_its_body() -> None:
    body = json.dumps({"MessageSid": "SM1", "MessageStatus": "sent"}).encode()
    url = f"https://mycompany.com/status?bodySHA256={sha256(body).hexdigest()}"
    headers = {
        "Content-Type": "application/json",
        "x-twilio-signature": RequestValidator("12345").compute_signature(url, {}),
    }
    assert verifier().verified(request(url=url, headers=headers, form={}, body=body))["MessageSid"] == "SM1"
    plain = "https://mycompany.com/status"
    unsigned = {**headers, "x-twilio-signature": RequestValidator("12345").compute_signature(plain, {})}
    for wrong in (
        request(url=url, headers=headers, form={}, body=body.replace(b"sent", b"read")),
        request(url=plain, headers=unsigned, form={}, body=body),
        request(url=url, headers=headers, form={}, body=b"\xff"),
        request(url=url, headers=headers, form={}, body=b"[" * 100_000),
    ):
        with pytest.raises(Forged):
            verifier().verified(wrong)


def test_the_token_goes_to_no_other_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config(), "mode", Mode.PRODUCTION)
    known = {"account_sid": SID, "auth_token": TOKEN}
    for right in ("", "https://api.dublin.ie1.twilio.com", "https://api.twilio.com/"):
        kept = twilio_account.TwilioSettings.model_validate({**known, "base_url": right})
        assert kept.base_url == right.rstrip("/")
    for wrong in (
        "http://api.twilio.com",
        "https://api.twilio.com.evil.example",
        "https://twilio.com@evil.example",
        "http://127.0.0.1:1",
        "https://api.twilio.com/x?y",
    ):
        with pytest.raises(ValidationError):
            twilio_account.TwilioSettings.model_validate({**known, "base_url": wrong})


# Calls


def test_a_call_says_it_twice_and_tells_the_key(
    twilio: Twilio, kept: dict[Channel, ProviderAccount], heard: list[Receipt | Reply]
) -> None:
    voice = registry.open_account(kept[Channel.VOICE])
    message = outgoing(TO, answers=ANSWERS)
    sent = voice.send(message)
    (call,) = twilio.calls
    assert (call.sid, call.to, call.sender) == (sent.provider_id, TO, "+33700000001")
    assert call.spoken == [("fr-FR", message.spoken)] * 2
    assert call.gather is not None
    assert (call.gather["numDigits"], call.gather["input"]) == ("1", "dtmf")

    twilio.pick_up(call, "2")
    keys = [one for one in heard if isinstance(one, Reply)]
    assert [(key.text, key.in_reply_to, key.sender, key.provider_id) for key in keys] == [
        ("2", call.sid, TO, f"{call.sid}:2")
    ]
    assert "Merci. Votre réponse a été reçue." in call.after[0]
    receipts = [one for one in heard if isinstance(one, Receipt)]
    assert [one.state for one in receipts] == [ReceiptState.SENT, ReceiptState.DELIVERED]
    assert {one.provider_id for one in receipts} == {call.sid}


def test_a_key_that_is_no_answer_is_asked_for_again(
    twilio: Twilio, kept: dict[Channel, ProviderAccount], heard: list[Receipt | Reply]
) -> None:
    registry.open_account(kept[Channel.VOICE]).send(outgoing(TO, answers=ANSWERS))
    (call,) = twilio.calls
    said = twilio.press(call, "9")
    assert "Appuyez sur l’une de celles-ci\u00a0: 1, 2." in said
    assert "<Gather" in said
    assert heard == []
    twilio.press(call, "1")
    assert [one.text for one in heard if isinstance(one, Reply)] == ["1"]


@pytest.mark.parametrize(
    ("status", "failure"),
    [("busy", Failure.BUSY), ("no-answer", Failure.NO_ANSWER), ("failed", Failure.UNREACHABLE)],
)
def test_a_call_that_nobody_took(
    twilio: Twilio, kept: dict[Channel, ProviderAccount], heard: list[Receipt | Reply], status: str, failure: Failure
) -> None:
    voice = registry.open_account(kept[Channel.VOICE])
    sent = voice.send(outgoing(TO))
    twilio.end(twilio.calls[0], status)
    (receipt,) = heard
    assert isinstance(receipt, Receipt)
    assert (receipt.state, receipt.failure) == (ReceiptState.FAILED, failure)
    asked = voice.ask(sent.provider_id)
    assert asked is not None
    assert (asked.state, asked.failure) == (ReceiptState.FAILED, failure)


def test_a_mailbox_that_listened_is_nobody_who_heard(
    twilio: Twilio, kept: dict[Channel, ProviderAccount], heard: list[Receipt | Reply]
) -> None:
    registry.open_account(kept[Channel.VOICE]).send(outgoing(TO))
    twilio.voicemail(twilio.calls[0])
    assert [(one.state, one.failure) for one in heard if isinstance(one, Receipt)] == [
        (ReceiptState.SENT, None),
        (ReceiptState.FAILED, Failure.NO_ANSWER),  # told of the machine
        (ReceiptState.FAILED, Failure.NO_ANSWER),  # "completed", which says nothing of it
    ]
    assert [one.detail for one in heard if isinstance(one, Receipt)][1:] == ["voicemail", "voicemail"]


def test_without_an_address_of_ours_a_call_asks_for_nothing_and_is_asked_after(twilio: Twilio) -> None:
    voice = provider(twilio, Channel.VOICE)
    assert not voice.capabilities.replies
    sent = voice.send(outgoing(TO, answers=ANSWERS, language="en"))
    (call,) = twilio.calls
    assert call.gather is None
    assert {language for language, _text in call.spoken} == {"en-GB"}
    assert voice.ask(sent.provider_id) is None
    call.status, call.answered_by = "completed", "machine_end_beep"
    receipt = voice.ask(sent.provider_id)
    assert receipt is not None
    assert (receipt.failure, receipt.detail) == (Failure.NO_ANSWER, "voicemail")


def test_a_recording_is_played_instead(twilio: Twilio) -> None:
    provider(twilio, Channel.VOICE).send(outgoing(TO, audio="https://vigie.example.org/media/speech/x.wav"))
    (call,) = twilio.calls
    assert call.twiml.count("<Play>https://vigie.example.org/media/speech/x.wav</Play>") == 2
    assert call.spoken == []


def test_what_is_said_is_never_markup(twilio: Twilio) -> None:
    provider(twilio, Channel.VOICE).send(outgoing(TO, spoken="Porte <B> & <Dial>+33600000000</Dial>"))
    (call,) = twilio.calls
    assert call.spoken[0][1] == "Porte <B> & <Dial>+33600000000</Dial>"
    assert "<Dial>" not in call.twiml


def test_what_is_too_long_to_be_spoken_is_refused_before(twilio: Twilio) -> None:
    with pytest.raises(SendFailed) as caught:
        provider(twilio, Channel.VOICE).send(outgoing(TO, spoken="x" * 2500))
    assert caught.value.failure is Failure.REFUSED
    assert twilio.calls == []
