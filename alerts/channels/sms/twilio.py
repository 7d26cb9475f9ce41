"""SMS by Twilio: sent, asked after, and what comes back from it, signed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final

from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from typing_extensions import override

from alerts.channels import callbacks
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
from alerts.channels.sms.segments import segmented
from alerts.channels.twilio_account import AIMED_AT, ERRORS, TwilioAccount, TwilioSettings, failure_of
from soc import clock

E164: Final = re.compile(r"^\+[1-9]\d{6,14}$")
_NAME: Final = re.compile(r"^(?=.*[A-Za-z])[A-Za-z0-9 +&._-]{1,11}$")
_SERVICE: Final = re.compile(r"^MG[0-9a-fA-F]{32}$")
_STATUS: Final = "status"
_INCOMING: Final = "incoming"
_STATES: Final[Mapping[str, ReceiptState]] = {
    "sent": ReceiptState.SENT,
    "delivered": ReceiptState.DELIVERED,
    "read": ReceiptState.DELIVERED,
    "undelivered": ReceiptState.FAILED,
    "failed": ReceiptState.FAILED,
    "canceled": ReceiptState.FAILED,
}
_NOTHING: Final = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


def _sender(text: str) -> str:
    compact = text.replace(" ", "")
    if E164.match(compact):
        return compact
    if not _NAME.match(text) and not _SERVICE.match(text):
        raise PydanticCustomError("not_a_sender", "no sender")
    return text


class TwilioSmsSettings(TwilioSettings):
    """What is entered about SMS by Twilio."""

    sender: Annotated[str, AfterValidator(_sender)] = Field(
        title=gettext_noop("Sender"),
        description=gettext_noop(
            "A number of the account (+33…), a messaging service (MG…), or a name of up to 11 letters, to which nobody can reply."
        ),
        min_length=1,
        max_length=40,
    )


class TwilioSms:
    """Sends by one account with Twilio."""

    kind: ClassVar[str] = "twilio"
    channel: ClassVar[Channel] = Channel.SMS

    def __init__(self, account: AccountSettings, settings: TwilioSmsSettings) -> None:
        self.account = account
        self._twilio = TwilioAccount(account, settings)
        service = bool(_SERVICE.match(settings.sender))
        self._from = {"messaging_service_sid" if service else "from_": settings.sender}
        named = not service and not E164.match(settings.sender)
        self.capabilities = Capabilities(
            receipts=True,
            polled=True,
            replies=not named,
            # Of a number in North America Twilio sends a segment a second, of others ten.
            per_second=1.0 if settings.sender.startswith("+1") else 10.0,
        )

    def send(self, message: Outgoing) -> Sent:
        """Hand one SMS over.

        Raises:
            SendFailed: see `alerts.channels.base.Provider`.
        """
        if not E164.match(message.to):
            raise SendFailed(Failure.BAD_ADDRESS, Retry.NEVER, "no number")
        told: dict[str, str] = {}
        if self.account.public_url:
            told["status_callback"] = callbacks.plain_address(self.account, _STATUS)
        try:
            made = self._twilio.client.messages.create(to=message.to, body=message.text, **self._from, **told)
        except ERRORS as failure:
            raise self._twilio.failed(failure) from failure
        segments = int(made.num_segments or 0) or segmented(message.text).segments
        return Sent(provider_id=str(made.sid), segments=segments)

    def ask(self, provider_id: str) -> Receipt | None:
        """What became of an SMS; nothing while it is under way, or where Twilio cannot be asked now."""
        try:
            found = self._twilio.client.messages(provider_id).fetch()
        except ERRORS:
            return None
        return _receipt(provider_id, str(found.status), found.error_code, found.date_sent or found.date_updated)

    def read(self, request: CallbackRequest) -> CallbackRead:
        """Read a status or an SMS that came in.

        Raises:
            Forged: it is not Twilio's.
        """
        fields = self._twilio.verified(request)
        sid = fields.get("MessageSid") or fields.get("SmsSid", "")
        if callbacks.purpose(request) == _INCOMING:
            if not sid or not fields.get("From"):
                raise Forged("no message")
            reply = Reply(provider_id=sid, sender=fields["From"], text=fields.get("Body", ""), at=clock.now())
            return CallbackRead(events=(reply,), content_type="text/xml", body=_NOTHING)
        receipt = _receipt(sid, fields.get("MessageStatus", ""), fields.get("ErrorCode"), None) if sid else None
        return CallbackRead(events=(receipt,) if receipt else ())


def _receipt(sid: str, status: str, code: Any, at: dt.datetime | None) -> Receipt | None:
    state = _STATES.get(status)
    if state is None:  # queued, accepted, sending: it is on its way
        return None
    failure, detail = failure_of(code) if state is ReceiptState.FAILED else (None, "")
    return Receipt(provider_id=sid, state=state, at=at or clock.now(), failure=failure, detail=detail)


class TwilioSmsKind(ProviderKind[TwilioSmsSettings]):
    """SMS by Twilio."""

    channel = Channel.SMS
    key = TwilioSms.kind
    label = _("Twilio (SMS)")
    help = _(
        "An account with Twilio and one of its numbers or services. With PUBLIC_URL, receipts and replies come by themselves."
    )
    capabilities = Capabilities(receipts=True, polled=True, replies=True, per_second=10.0, cost=_("paid a segment"))
    aimed_at = AIMED_AT
    settings_model = TwilioSmsSettings

    @override
    def provider(self, account: AccountSettings, settings: TwilioSmsSettings) -> TwilioSms:
        return TwilioSms(account, settings)

    @override
    def callback_addresses(self, account: AccountSettings) -> Mapping[str, str]:
        if not account.public_url:
            return {}
        return {str(_("“A message comes in” at Twilio")): callbacks.plain_address(account, _INCOMING)}
