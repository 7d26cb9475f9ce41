"""SMS by any gateway over HTTP that speaks as Kannel does: `sendsms`, delivery reports, and SMS that come in.

Kannel signs nothing, so each of its calls to us carries a key in its address: one for incoming SMS, entered in its `sms-service`,
and one for each message's reports, given with the message. A report that comes twice says the same; an SMS keeps Kannel's own id.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import weakref
from collections.abc import Mapping
from typing import Annotated, ClassVar, Final
from urllib.parse import unquote_to_bytes, urlsplit

import httpx
import phonenumbers
from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, Field, SecretStr
from pydantic_core import PydanticCustomError
from typing_extensions import override

from alerts.channels import callbacks, network
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
from alerts.channels.kinds import ProviderKind, ProviderSettings, gettext_noop
from alerts.channels.sms.segments import Encoding, segmented
from alerts.channels.sms.twilio import E164
from soc import clock

_REPORT: Final = "report"
_INCOMING: Final = "incoming"
_TIMEOUT: Final = httpx.Timeout(10.0, connect=5.0)
_LONGEST_ANSWER: Final = 2000
#: Which reports are wanted: 1 delivered, 2 not delivered, 8 taken by the network, 16 refused by it.
_MASK: Final = "27"
_REPORTS: Final[Mapping[str, tuple[ReceiptState, Failure | None]]] = {
    "1": (ReceiptState.DELIVERED, None),
    "2": (ReceiptState.FAILED, Failure.UNREACHABLE),
    "8": (ReceiptState.SENT, None),
    "16": (ReceiptState.FAILED, Failure.REFUSED),
}
#: How an answer begins that takes the message: Kannel's own, now and formerly, and its imitators'.
_TAKEN: Final = ("0:", "3:", "sent", "ok", "ack", "success")


def _address(text: str) -> str:
    parts = urlsplit(text)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or "@" in parts.netloc
        or parts.fragment
        or parts.query
    ):
        raise PydanticCustomError("not_an_address", "no address")
    if not network.literal_allowed(text):
        raise PydanticCustomError("not_allowed_network", "out of bounds")
    return text


def _our_address(text: str) -> str:
    parts = urlsplit(text)
    if text and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
        raise PydanticCustomError("not_an_address", "no address")
    return text.rstrip("/")


class KannelSettings(ProviderSettings):
    """What is entered about a gateway."""

    url: Annotated[str, AfterValidator(_address)] = Field(
        title=gettext_noop("Address"),
        description=gettext_noop(
            "Where the gateway takes messages, e.g. https://sms.example.org:13013/cgi-bin/sendsms."
        ),
        min_length=1,
        max_length=300,
    )
    user_name: str = Field(
        title=gettext_noop("User name"), description=gettext_noop("Of a sendsms-user."), min_length=1, max_length=200
    )
    password: SecretStr = Field(
        title=gettext_noop("Password"),
        description=gettext_noop("It is kept sealed and not shown again."),
        min_length=1,
        max_length=500,
    )
    sender: str = Field(
        default="",
        title=gettext_noop("Sender"),
        description=gettext_noop("A number or name. Empty: the gateway’s own."),
        max_length=20,
        pattern=r"^[+\w .&-]*$",
    )
    route: str = Field(
        default="",
        title=gettext_noop("Route"),
        description=gettext_noop("The gateway’s smsc, where it has several. Empty: as it chooses."),
        max_length=60,
        pattern=r"^[\w.-]*$",
    )
    country: str = Field(
        default="FR",
        title=gettext_noop("Country"),
        description=gettext_noop("Two letters: which country’s numbers are meant that come in without + in front."),
        pattern=r"^[A-Z]{2}$",
    )
    callback_url: Annotated[str, AfterValidator(_our_address)] = Field(
        default="",
        title=gettext_noop("Address of Vigie"),
        description=gettext_noop("By which the gateway reaches Vigie inside your network. Empty: PUBLIC_URL."),
        max_length=200,
    )


class Kannel:
    """Sends by one gateway."""

    kind: ClassVar[str] = "kannel"
    channel: ClassVar[Channel] = Channel.SMS

    def __init__(self, account: AccountSettings, settings: KannelSettings) -> None:
        self.account = reached(account, settings)
        self.settings = settings
        called = bool(self.account.public_url)
        self.capabilities = Capabilities(receipts=called, replies=called)
        # No cookies, no redirects, no proxy of the environment: a message goes where the settings say.
        self._client = httpx.Client(timeout=_TIMEOUT, trust_env=False, follow_redirects=False)
        weakref.finalize(self, self._client.close)  # when nobody sends by it any more

    def send(self, message: Outgoing) -> Sent:
        """Hand one SMS over.

        Raises:
            SendFailed: see `alerts.channels.base.Provider`.
        """
        if not E164.match(message.to):
            raise SendFailed(Failure.BAD_ADDRESS, Retry.NEVER, "no number")
        counted = segmented(message.text)
        asked = {
            "username": self.settings.user_name,
            "password": self.settings.password.get_secret_value(),
            "to": message.to,
            "text": message.text,
            "charset": "UTF-8",
            "coding": "2" if counted.encoding is Encoding.UCS2 else "0",
            "priority": "3" if message.urgent else "0",
            **({"from": self.settings.sender} if self.settings.sender else {}),
            **({"smsc": self.settings.route} if self.settings.route else {}),
        }
        receipts = self.capabilities.receipts
        if receipts:
            ours = callbacks.address(self.account, _REPORT, str(message.attempt))
            asked |= {"dlr-mask": _MASK, "dlr-url": f"{ours}&status=%d"}
        status, answer = self._asked(asked)
        _must_be_taken(status, answer)
        return Sent(provider_id=str(message.attempt) if receipts else "", segments=counted.segments)

    def ask(self, provider_id: str) -> Receipt | None:  # noqa: ARG002  (as the interface has it)
        """Kannel cannot be asked."""
        return None

    def read(self, request: CallbackRequest) -> CallbackRead:
        """Read a delivery report or an SMS that came in.

        Raises:
            Forged: the address does not carry the key that we made for it.
        """
        what = callbacks.purpose(request)
        if what not in (_REPORT, _INCOMING) or not callbacks.is_ours(self.account, what, request):
            raise Forged("key")
        if what == _REPORT:
            state = _REPORTS.get(request.query.get("status", ""))
            about = request.query.get("about", "")
            if state is None or not about:
                return CallbackRead(events=())
            return CallbackRead(events=(Receipt(about, state[0], clock.now(), state[1]),))
        return CallbackRead(events=self._incoming(request))

    def _incoming(self, request: CallbackRequest) -> tuple[Reply, ...]:
        sender = _number(request.query.get("sender", ""), self.settings.country)
        text = _text(request)
        if not sender:
            return ()
        at = _at(request.query.get("at", ""))
        # Without Kannel's own id: what is told twice in the same second by the same person is the same.
        known = request.query.get("id") or hashlib.sha256(f"{sender}|{text}|{at}".encode()).hexdigest()[:32]
        return (Reply(provider_id=known, sender=sender, text=text, at=at),)

    def _asked(self, asked: Mapping[str, str]) -> tuple[int, str]:
        """The status of the gateway's answer, and how it begins."""
        try:
            where = network.pinned(self.settings.url)
        except network.NotAllowed as failure:
            raise SendFailed(Failure.ACCOUNT, Retry.ELSEWHERE, "not_allowed_network") from failure
        except OSError as failure:
            raise SendFailed(Failure.PROVIDER_DOWN, Retry.LATER, type(failure).__name__) from failure
        try:
            with self._client.stream(
                "GET", where.url, params=dict(asked), headers=where.headers, extensions=where.extensions
            ) as answer:
                begun = b""
                for part in answer.iter_bytes():
                    begun += part
                    if len(begun) > _LONGEST_ANSWER:
                        break
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as failure:
            raise SendFailed(Failure.PROVIDER_DOWN, Retry.LATER, type(failure).__name__) from failure
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            raise SendFailed(Failure.PROVIDER_DOWN, Retry.UNKNOWN, type(failure).__name__) from failure
        return answer.status_code, begun[:_LONGEST_ANSWER].decode("utf-8", "replace").strip().lower()


def reached(account: AccountSettings, settings: KannelSettings) -> AccountSettings:
    """The account with the address by which the gateway reaches us."""
    return dataclasses.replace(account, public_url=settings.callback_url) if settings.callback_url else account


def _must_be_taken(status: int, answer: str) -> None:
    """Raise `SendFailed` unless the gateway took the message."""
    detail = f"http {status}"
    if 200 <= status < 300:
        if not answer.startswith(_TAKEN):
            raise SendFailed(Failure.PROVIDER_DOWN, Retry.UNKNOWN, "an answer that says nothing")
        return
    if status in (401, 403):
        raise SendFailed(Failure.ACCOUNT, Retry.ELSEWHERE, detail)
    if status == 429 or "try again" in answer:
        raise SendFailed(Failure.PROVIDER_BUSY, Retry.LATER, detail)
    if status >= 500:
        raise SendFailed(Failure.PROVIDER_DOWN, Retry.UNKNOWN, detail)
    raise SendFailed(Failure.REFUSED, Retry.ELSEWHERE, detail)


def _number(text: str, country: str) -> str:
    """The number that an SMS came from in the international form; as it is where it is a short one; empty where it is none."""
    plain = text.strip().replace(" ", "")
    if plain.startswith("00"):
        plain = "+" + plain[2:]
    for written in (plain, f"+{plain}"):
        try:
            number = phonenumbers.parse(written, country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return plain[:20]


def _text(request: CallbackRequest) -> str:
    """What was written. Kannel gives the text's own bytes, so the query is taken apart once more, by its charset."""
    found = {}
    for part in urlsplit(request.url).query.split("&"):
        name, _sign, value = part.partition("=")
        found[name] = unquote_to_bytes(value.replace("+", " "))
    raw, charset = found.get("text", b""), found.get("charset", b"").decode("ascii", "replace").upper()
    if charset in ("UTF-16BE", "UCS-2", "UTF16-BE"):
        return raw.decode("utf-16-be", "replace")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("windows-1252", "replace")


def _at(text: str) -> dt.datetime:
    """When it came in by the gateway's clock (UTC, "2026-11-30 04:12:00"); now where it does not say."""
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=dt.UTC)
    except ValueError:
        return clock.now()


class KannelKind(ProviderKind[KannelSettings]):
    """An SMS gateway."""

    channel = Channel.SMS
    key = Kannel.kind
    label = _("SMS gateway (Kannel)")
    help = _("Kannel, or a gateway that is spoken to as Kannel is: messages leave by your operator’s line or a modem.")
    capabilities = Capabilities(receipts=True, replies=True)
    aimed_at = frozenset({"url", "user_name"})
    settings_model = KannelSettings

    @override
    def provider(self, account: AccountSettings, settings: KannelSettings) -> Kannel:
        return Kannel(account, settings)

    @override
    def callback_addresses(self, account: AccountSettings) -> Mapping[str, str]:
        ours = dataclasses.replace(account, public_url=account.settings.get("callback_url") or account.public_url)
        if not ours.public_url:
            return {}
        given = "&sender=%p&text=%b&charset=%C&id=%I&at=%t"
        return {
            str(_("get-url of Kannel’s sms-service, with max-messages = 0")): callbacks.address(ours, _INCOMING) + given
        }
