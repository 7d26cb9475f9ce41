"""Web Push: a message encrypted for one browser and handed to its push service (RFC 8030, 8188, 8291), signed with VAPID."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import threading
import weakref
from collections import OrderedDict
from typing import Annotated, ClassVar, Final
from urllib.parse import urlsplit

import httpx
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, Field
from typing_extensions import override

from alerts.channels import kinds, network
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
    Retry,
    SendFailed,
    Sent,
)
from alerts.channels.kinds import ProviderKind, ProviderSettings, gettext_noop
from alerts.channels.models import PushSubscription
from alerts.channels.push import subscriptions
from alerts.channels.push.vapid import Signer
from soc import clock
from soc.refusals import Refusal

_TIMEOUT: Final = httpx.Timeout(10.0, connect=5.0)
#: A device that was off for longer learns it by the other ways.
_TTL_S: Final = 4 * 3600
#: Push services take 4096 bytes, of which encryption takes about a hundred.
_LONGEST: Final = 3800
_MOST_SERVICES: Final = 16
#: Notes of what worked are written this often at most.
_NOTE_EVERY: Final = dt.timedelta(hours=1)


def _contact(text: str) -> str:
    return kinds.email(text) if text else ""


class WebPushSettings(ProviderSettings):
    """What may be entered about push; nothing must be."""

    contact: Annotated[str, AfterValidator(_contact)] = Field(
        default="",
        title=gettext_noop("Contact"),
        description=gettext_noop("An e-mail address by which push services reach you. Empty: VIGIE_CONTACT."),
        max_length=254,
    )


class _Line:
    """Connections to one push service. They are closed when no thread uses them any more."""

    def __init__(self) -> None:
        # No cookies, no redirects (a push service that sends elsewhere is none), no proxy of the environment.
        self.client = httpx.Client(timeout=_TIMEOUT, trust_env=False, follow_redirects=False)
        weakref.finalize(self, self.client.close)


class WebPush:
    """Writes to browsers. `Outgoing.to` is the id of a `PushSubscription`."""

    kind: ClassVar[str] = "webpush"
    channel: ClassVar[Channel] = Channel.PUSH

    def __init__(self, account: AccountSettings, settings: WebPushSettings) -> None:
        self.account = account
        self.capabilities = Capabilities()
        self._signer = Signer(settings.contact)
        # One a host: connections go to addresses, and two hosts may share one.
        self._lines: OrderedDict[str, _Line] = OrderedDict()
        self._lock = threading.Lock()

    def send(self, message: Outgoing) -> Sent:
        """Hand one message to a browser's push service.

        Raises:
            SendFailed: see `alerts.channels.base.Provider`; of a browser that is gone the subscription is deleted.
        """
        row = PushSubscription.objects.filter(organisation=self.account.organisation, pk=message.to).first()
        if row is None:
            raise SendFailed(Failure.NO_ADDRESS, Retry.NEVER, "gone")
        try:
            browser = subscriptions.opened(row)
            headers = {"Authorization": self._signer.header(browser.endpoint), **_headers(message)}
        except Refusal as failure:
            raise SendFailed(Failure.ACCOUNT, Retry.ELSEWHERE, failure.code) from failure
        answer = self._posted(browser, headers, _payload(message))
        _judge(row, answer)
        return Sent(provider_id="")

    def ask(self, provider_id: str) -> Receipt | None:  # noqa: ARG002  (as the interface has it)
        """A push service says nothing more once it took a message."""
        return None

    def read(self, request: CallbackRequest) -> CallbackRead:  # noqa: ARG002  (as the interface has it)
        """No push service calls.

        Raises:
            Forged: always.
        """
        raise Forged("push services do not call")

    def _posted(self, browser: subscriptions.Subscription, headers: dict[str, str], payload: bytes) -> httpx.Response:
        from pywebpush import WebPusher  # brings aiohttp, whose start only who sends should pay for

        info = {"endpoint": browser.endpoint, "keys": {"p256dh": browser.p256dh, "auth": browser.auth}}
        body = WebPusher(info).encode(payload, "aes128gcm")["body"]
        try:
            where = network.pinned(browser.endpoint, internet=True)
        except network.NotAllowed as failure:
            raise SendFailed(Failure.BAD_ADDRESS, Retry.NEVER, "not_allowed_network") from failure
        except OSError as failure:
            raise SendFailed(Failure.PROVIDER_DOWN, Retry.LATER, type(failure).__name__) from failure
        line = self._line(urlsplit(browser.endpoint).netloc)
        try:
            with line.client.stream(
                "POST", where.url, content=body, headers={**headers, **where.headers}, extensions=where.extensions
            ) as answer:
                return answer  # what it writes besides its status is not read
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as failure:
            raise SendFailed(Failure.PROVIDER_DOWN, Retry.LATER, type(failure).__name__) from failure
        except httpx.HTTPError as failure:
            raise SendFailed(Failure.PROVIDER_DOWN, Retry.UNKNOWN, type(failure).__name__) from failure

    def _line(self, host: str) -> _Line:
        with self._lock:
            line = self._lines.pop(host, None) or _Line()
            self._lines[host] = line
            while len(self._lines) > _MOST_SERVICES:
                self._lines.popitem(last=False)
            return line


def _headers(message: Outgoing) -> dict[str, str]:
    # A try that is repeated replaces the one before it where that still waits for the device.
    topic = hashlib.sha256(f"{message.organisation}|{message.reference}".encode()).digest()
    return {
        "TTL": str(_TTL_S),
        "Urgency": "high" if message.urgent else "normal",
        "Topic": base64.urlsafe_b64encode(topic).decode()[:32],
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
    }


def _payload(message: Outgoing) -> bytes:
    """What the browser's service worker reads; a text that is too long is cut, its whole is in the app."""
    whole = {
        "reference": message.reference,
        "title": (message.subject or message.reference)[:200],
        "body": message.text,
        "link": message.link,
        "language": message.language,
        "exercise": message.exercise,
    }
    kept = len(message.text)
    while len(written := json.dumps(whole, ensure_ascii=False).encode()) > _LONGEST and kept:
        kept = kept * 9 // 10
        whole["body"] = message.text[:kept].rstrip() + "…"
    return written


def _judge(row: PushSubscription, answer: httpx.Response) -> None:
    """Note what came of it; raise `SendFailed` unless the message was taken."""
    status, now = answer.status_code, clock.now()
    rows = PushSubscription.objects.filter(pk=row.pk)
    if 200 <= status < 300:
        rows.filter(Q(last_worked_at=None) | Q(last_worked_at__lt=now - _NOTE_EVERY)).update(last_worked_at=now)
        return
    detail = f"http {status}"
    if status in (404, 410):
        rows.delete()
        raise SendFailed(Failure.BAD_ADDRESS, Retry.NEVER, detail)
    rows.filter(Q(last_failed_at=None) | Q(last_failed_at__lt=now - _NOTE_EVERY)).update(last_failed_at=now)
    if status in (429, 503):
        wait = answer.headers.get("Retry-After", "")
        after = min(float(wait), 3600.0) if wait.isdigit() else None
        raise SendFailed(Failure.PROVIDER_BUSY, Retry.LATER, detail, retry_after_s=after)
    if status >= 500:
        raise SendFailed(Failure.PROVIDER_DOWN, Retry.UNKNOWN, detail)
    raise SendFailed(Failure.ACCOUNT if status in (401, 403) else Failure.REFUSED, Retry.ELSEWHERE, detail)


class WebPushKind(ProviderKind[WebPushSettings]):
    """Push to browsers."""

    channel = Channel.PUSH
    key = WebPush.kind
    label = _("Web Push")
    help = _("Messages to the phones and browsers on which people turned push on. Nothing needs to be entered.")
    capabilities = Capabilities()
    built_in = True
    settings_model = WebPushSettings

    @override
    def provider(self, account: AccountSettings, settings: WebPushSettings) -> WebPush:
        return WebPush(account, settings)
