"""What a way to reach people is: the interface that every provider implements, and the values that go through it.

A *channel* is the way as people know it (SMS, voice, …). A *provider* carries a channel's messages out: Twilio, an SMS
gateway, an SMTP server, or the simulation. `alerts.deliveries` decides who is sent what and when; a provider sends one
message and says what became of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol
from uuid import UUID

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Channel(models.TextChoices):
    """A way to reach people."""

    APP = "app", _("App")
    PUSH = "push", _("Push")
    SMS = "sms", _("SMS")
    VOICE = "voice", _("Voice call")
    EMAIL = "email", pgettext_lazy("channel", "E-mail")


class AnswerKind(models.TextChoices):
    """What somebody answered."""

    SAFE = "safe", _("I am safe")
    HELP = "help", _("I need help")
    COMING = "coming", _("On my way")
    SEEN = "seen", _("Seen")
    OTHER = "other", _("Something else")


@dataclass(frozen=True, slots=True)
class AnswerOption:
    """An answer that a message offers: `key` is the digit of an SMS reply or of a telephone."""

    key: str
    kind: AnswerKind
    words: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one person by one channel, ready to be sent.

    Args:
        attempt: this try's id, given to the provider as the client's reference where it takes one (idempotency).
        reference: what the person sees, the same however often the message is tried: "NC-4127".
        to: E.164 number, e-mail address, or a subscription's or member's id, as the channel asks for.
        language: of the texts, a language code.
        subject: for channels with a subject.
        text: what is read, complete: reference, exercise mark and answers are in it already.
        spoken: what is said aloud on a call, complete.
        answers: what can be answered.
        link: the address where the person answers without signing in; empty where there is no PUBLIC_URL.
        exercise: part of a drill.
        audio: for calls, the address of a sound file to be played instead of the spoken text.
        urgent: sent before what is not.
    """

    attempt: UUID
    organisation: UUID
    reference: str
    to: str
    language: str
    subject: str
    text: str
    spoken: str
    answers: tuple[AnswerOption, ...] = ()
    link: str = ""
    exercise: bool = False
    urgent: bool = True
    audio: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A provider took a message.

    Args:
        provider_id: its id there, by which receipts come and are asked for; empty: there will be none.
        delivered: it has reached the person's device already, as far as this provider can ever tell.
        segments: of an SMS, how many it took.
    """

    provider_id: str
    delivered: bool = False
    segments: int = 1


class Failure(models.TextChoices):
    """Why a message did not go out, or did not arrive."""

    BAD_ADDRESS = "bad_address", _("the number or address does not exist")
    REFUSED = "refused", _("the provider refused it")
    STOPPED = "stopped", _("the person wants no messages there")
    NO_ANSWER = "no_answer", _("nobody picked up")
    BUSY = "busy", _("the line was busy")
    UNREACHABLE = "unreachable", _("the device could not be reached")
    PROVIDER_DOWN = "provider_down", _("the provider did not answer")
    PROVIDER_BUSY = "provider_busy", _("the provider asked to wait")
    ACCOUNT = "account", _("the provider refused the account")
    NO_PROVIDER = "no_provider", _("no provider is set up for this way")
    NO_ADDRESS = "no_address", _("no number or address for this way")
    LOST = "lost", _("the sender stopped in mid-send")
    TOO_LATE = "too_late", _("it was no longer wanted")
    OVER_LIMIT = "over_limit", _("more than the organisation sends in a minute")
    EMERGENCY = "emergency", _("it reaches the emergency services, which only a person calls")


class Retry(Enum):
    """Whether the same message may be tried again."""

    NEVER = "never"  # the address is wrong: no provider will do better
    ELSEWHERE = "elsewhere"  # this provider will not, another may
    LATER = "later"  # the same one may, after a while
    UNKNOWN = "unknown"  # it may have gone out: a message to a person goes again, under the same reference


class SendFailed(Exception):
    """A message did not go out."""

    def __init__(self, failure: Failure, retry: Retry, detail: str = "", *, retry_after_s: float | None = None) -> None:
        super().__init__(f"{failure.value}: {detail}")
        self.failure = failure
        self.retry = retry
        self.detail = detail
        self.retry_after_s = retry_after_s


class ReceiptState(Enum):
    """What a provider says became of a message."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message, as its provider says. Receipts come late, twice and in any order."""

    provider_id: str
    state: ReceiptState
    at: dt.datetime
    failure: Failure | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """Somebody wrote back, or pressed a key during a call.

    Args:
        provider_id: the reply's own id, the same when the provider tells it twice.
        sender: E.164 number or e-mail address it came from.
        text: what was written; of a key, the digit.
        in_reply_to: the provider's id of the message or call it belongs to, where the provider says so.
    """

    provider_id: str
    sender: str
    text: str
    at: dt.datetime
    in_reply_to: str = ""


@dataclass(frozen=True, slots=True)
class CallbackRequest:
    """What a provider sent to our address. `url` is the full address as the provider knows it (PUBLIC_URL and path and query)."""

    method: str
    url: str
    headers: Mapping[str, str]
    form: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class CallbackRead:
    """What a callback says, and what is answered to the provider."""

    events: tuple[Receipt | Reply, ...]
    content_type: str = "text/plain"
    body: str = ""


class Forged(Exception):
    """A callback that is not the provider's: its signature is missing, wrong or too old."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can do, as plans and people are told.

    Args:
        receipts: it says whether a message arrived.
        polled: receipts can be asked for (without PUBLIC_URL, and when one does not come).
        replies: people can answer by it.
        per_second: how many segments, calls or messages it takes in a second, at most; null: as many as come.
        cost: what one costs, in words; empty: nothing worth saying.
    """

    receipts: bool = False
    polled: bool = False
    replies: bool = False
    per_second: float | None = None
    cost: Promise | str = ""


class Provider(Protocol):
    """Carries the messages of one channel for one account. Made by `alerts.channels.registry`, used by many threads."""

    @property
    def kind(self) -> str:
        """The key of its kind in the registry."""

    @property
    def channel(self) -> Channel:
        """What it carries."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""

    def send(self, message: Outgoing, /) -> Sent:
        """Hand one message over, within 20 s.

        Raises:
            SendFailed: it did not go out, or nobody knows whether it did (`Retry.UNKNOWN`).
        """

    def ask(self, provider_id: str, /) -> Receipt | None:
        """What became of a message; null: the provider does not say (yet)."""

    def read(self, request: CallbackRequest, /) -> CallbackRead:
        """Read a callback.

        Raises:
            Forged: it is not the provider's.
        """


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """An account with a provider, opened: plain settings, and secrets in the clear for as long as it is used."""

    id: UUID
    organisation: UUID
    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False, default_factory=dict)
    public_url: str = ""
