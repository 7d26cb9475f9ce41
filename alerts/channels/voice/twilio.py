"""Calls by Twilio: the text spoken twice, the key that is pressed, and how the call ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar, Final

from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from pydantic import Field
from twilio.twiml.voice_response import VoiceResponse
from typing_extensions import override as overriding

from alerts.channels import callbacks, kinds
from alerts.channels.base import (
    AccountSettings,
    CallbackRead,
    CallbackRequest,
    Capabilities,
    Channel,
    Failure,
    Forged,
    Outgoing,
    Receipt,
    ReceiptState,
    Reply,
    Retry,
    SendFailed,
    Sent,
)
from alerts.channels.kinds import ProviderKind, gettext_noop
from alerts.channels.sms.twilio import E164
from alerts.channels.twilio_account import AIMED_AT, ERRORS, TwilioAccount, TwilioSettings
from alerts.channels.voice import incoming
from alerts.channels.voice.incoming import CallIn
from soc import clock

_STATUS: Final = "status"
_ANSWER: Final = "answer"
_INCOMING: Final = "incoming"
_KEYED: Final = "keyed"
_MOST_KEYS: Final = 12
_KEYS_S: Final = 10
_TIMES: Final = 2
_RING_S: Final = 30
_KEY_S: Final = 8
_LONGEST_TWIML: Final = 4000  # Twilio's own limit
_MACHINES: Final = frozenset(
    {"machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other", "fax", "machine"}
)
#: How Twilio names a language's usual voice, where its name is not the code said twice (fr-FR).
_VOICES: Final[Mapping[str, str]] = {
    "en": "en-GB",
    "da": "da-DK",
    "el": "el-GR",
    "ja": "ja-JP",
    "ko": "ko-KR",
    "sv": "sv-SE",
    "nb": "nb-NO",
    "no": "nb-NO",
    "zh": "zh-CN",
    "cs": "cs-CZ",
    "ca": "ca-ES",
    "uk": "uk-UA",
    "ar": "ar-XA",
    "cy": "cy-GB",
    "hi": "hi-IN",
    "vi": "vi-VN",
}
_ENDED: Final[Mapping[str, Failure]] = {
    "busy": Failure.BUSY,
    "no-answer": Failure.NO_ANSWER,
    "canceled": Failure.NO_ANSWER,
    "failed": Failure.UNREACHABLE,
}


def voice_of(language: str) -> str:
    """The language as Twilio names it: "fr" is "fr-FR"."""
    plain = language.replace("_", "-")
    if "-" in plain:
        return plain
    return _VOICES.get(plain, f"{plain}-{plain.upper()}")


class TwilioVoiceSettings(TwilioSettings):
    """What is entered about calls by Twilio."""

    sender: kinds.E164 = Field(
        title=gettext_noop("Calling number"),
        description=gettext_noop("A number of the account, or one that was verified there: what the called see."),
        max_length=30,
    )


class TwilioVoice:
    """Calls by one account with Twilio."""

    kind: ClassVar[str] = "twilio"
    channel: ClassVar[Channel] = Channel.VOICE

    def __init__(self, account: AccountSettings, settings: TwilioVoiceSettings) -> None:
        self.account = account
        self._sender = settings.sender
        self._twilio = TwilioAccount(account, settings)
        # Without an address of ours no key can be told to us.
        self.capabilities = Capabilities(receipts=True, polled=True, replies=bool(account.public_url), per_second=1.0)

    def send(self, message: Outgoing) -> Sent:
        """Have one call made.

        Raises:
            SendFailed: see `alerts.channels.base.Provider`.
        """
        if not E164.match(message.to):  # short numbers, the emergency services' among them, are never called
            raise SendFailed(Failure.BAD_ADDRESS, Retry.NEVER, "no number")
        twiml = self._twiml(message)
        if len(twiml) > _LONGEST_TWIML:
            raise SendFailed(Failure.REFUSED, Retry.ELSEWHERE, "too long to be spoken")
        try:
            made = self._twilio.client.calls.create(
                to=message.to, from_=self._sender, twiml=twiml, timeout=_RING_S, **self._watched()
            )
        except ERRORS as failure:
            raise self._twilio.failed(failure) from failure
        return Sent(provider_id=str(made.sid))

    def ask(self, provider_id: str) -> Receipt | None:
        """How a call ended; nothing while it lasts, or where Twilio cannot be asked now."""
        try:
            found = self._twilio.client.calls(provider_id).fetch()
        except ERRORS:
            return None
        return _receipt(
            provider_id, str(found.status), str(found.answered_by or ""), found.end_time or found.date_updated
        )

    def read(self, request: CallbackRequest) -> CallbackRead:
        """Read a key, what answered, or how a call ended.

        Raises:
            Forged: it is not Twilio's.
        """
        fields = self._twilio.verified(request)
        sid = fields.get("CallSid", "")
        purpose = callbacks.purpose(request)
        if purpose == _ANSWER:
            return self._answered(request, sid, fields)
        if purpose in (_INCOMING, _KEYED):
            return self._called(request, sid, fields)
        receipt = (
            _receipt(sid, fields.get("CallStatus", ""), fields.get("AnsweredBy", ""), _at(fields)) if sid else None
        )
        if receipt is not None and receipt.state is ReceiptState.DELIVERED and not fields.get("AnsweredBy"):
            # Who was there is told apart, and may be told later: a mailbox that listened is nobody who heard.
            receipt = self.ask(sid) or receipt
        return CallbackRead(events=(receipt,) if receipt else ())

    def _called(self, request: CallbackRequest, sid: str, fields: Mapping[str, str]) -> CallbackRead:
        """Somebody calls us, or has keyed something in: whoever takes calls says what they hear."""
        turn = request.query.get("turn", "0")
        if not sid or not turn.isdecimal():
            raise Forged("no call")
        sender = fields.get("From", "")
        keyed = fields.get("Digits", "") if callbacks.purpose(request) == _KEYED else None
        heard = incoming.answer(
            CallIn(
                organisation=self.account.organisation,
                account=self.account.id,
                call=sid,
                sender=sender if E164.match(sender) else "",
                keyed=keyed,
                turn=int(turn),
            )
        )
        said = VoiceResponse()
        if heard is None:
            said.reject()
        elif heard.asks:
            action = callbacks.plain_address(self.account, _KEYED, turn=str(int(turn) + 1))
            keys = said.gather(
                action=action,
                input="dtmf",
                num_digits=_MOST_KEYS,
                finish_on_key="#",
                timeout=_KEYS_S,
                action_on_empty_result="true",
            )
            keys.say(heard.text, language=voice_of(heard.language))
        else:
            said.say(heard.text, language=voice_of(heard.language))
        return CallbackRead(events=(), content_type="text/xml", body=str(said))

    def _watched(self) -> dict[str, Any]:
        """How Twilio tells us of the call, and finds out whether a machine answered."""
        if not self.account.public_url:
            return {"machine_detection": "Enable"}
        status = callbacks.plain_address(self.account, _STATUS)
        return {
            "status_callback": status,
            "status_callback_event": ["answered", "completed"],
            # Found out while the text is spoken already: nobody waits in silence.
            "machine_detection": "Enable",
            "async_amd": "true",
            "async_amd_status_callback": status,
        }

    def _twiml(self, message: Outgoing) -> str:
        said = VoiceResponse()
        keys = "".join(option.key for option in message.answers)
        place: Any = said
        if keys and self.account.public_url:
            place = said.gather(**self._gather(message.language, keys))
        for time in range(_TIMES):
            if time:
                place.pause(length=1)
            if message.audio:
                place.play(message.audio)
            else:
                place.say(message.spoken, language=voice_of(message.language))
        return str(said)

    def _gather(self, language: str, keys: str) -> dict[str, Any]:
        action = callbacks.plain_address(self.account, _ANSWER, language=language, keys=keys)
        return {"action": action, "num_digits": 1, "timeout": _KEY_S, "input": "dtmf"}

    def _answered(self, request: CallbackRequest, sid: str, fields: Mapping[str, str]) -> CallbackRead:
        """A key was pressed: say that it was understood, or ask for another one."""
        digit, keys = fields.get("Digits", ""), request.query.get("keys", "")
        language = request.query.get("language", "en")
        said = VoiceResponse()
        events: tuple[Reply, ...] = ()
        with override(language.split("-")[0]):
            if sid and digit and digit in keys:
                reply = Reply(f"{sid}:{digit}", fields.get("To", ""), digit, clock.now(), in_reply_to=sid)
                events = (reply,)
                said.say(gettext("Thank you. Your answer was received."), language=voice_of(language))
            else:
                words = gettext("This key is no answer. Press one of: %(keys)s.") % {"keys": ", ".join(keys)}
                said.gather(**self._gather(language, keys)).say(words, language=voice_of(language))
        return CallbackRead(events=events, content_type="text/xml", body=str(said))


def _receipt(sid: str, status: str, answered_by: str, at: dt.datetime | None) -> Receipt | None:
    when = at or clock.now()
    if answered_by in _MACHINES:
        return Receipt(sid, ReceiptState.FAILED, when, Failure.NO_ANSWER, "voicemail")
    if status == "completed":
        return Receipt(sid, ReceiptState.DELIVERED, when)
    if status in ("in-progress", "answered"):
        return Receipt(sid, ReceiptState.SENT, when)
    if status in _ENDED:
        return Receipt(sid, ReceiptState.FAILED, when, _ENDED[status])
    return None  # queued, ringing


def _at(fields: Mapping[str, str]) -> dt.datetime | None:
    try:
        return parsedate_to_datetime(fields.get("Timestamp", ""))
    except ValueError:
        return None


class TwilioVoiceKind(ProviderKind[TwilioVoiceSettings]):
    """Calls by Twilio."""

    channel = Channel.VOICE
    key = TwilioVoice.kind
    label = _("Twilio (calls)")
    help = _(
        "An account with Twilio and a number that calls. Keys that people press are told to Vigie only with PUBLIC_URL."
    )
    capabilities = Capabilities(receipts=True, polled=True, replies=True, per_second=1.0, cost=_("paid a minute"))
    aimed_at = AIMED_AT
    settings_model = TwilioVoiceSettings

    @overriding
    def provider(self, account: AccountSettings, settings: TwilioVoiceSettings) -> TwilioVoice:
        return TwilioVoice(account, settings)

    @overriding
    def callback_addresses(self, account: AccountSettings) -> Mapping[str, str]:
        if not account.public_url:
            return {}
        return {str(_("“A call comes in” at Twilio")): callbacks.plain_address(account, _INCOMING)}
