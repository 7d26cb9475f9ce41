"""Another system calls: signed a moment ago, taken once.

It sends four headers: `Vigie-Entrance` with the entrance's id, `Vigie-Timestamp` with the seconds since 1970, `Vigie-Nonce` with
a text of its own for each call, and `Vigie-Signature` with `sha256=` and the HMAC-SHA256, in hexadecimal, over timestamp, full
stop, nonce, full stop and body, keyed with the entrance's secret. The body is JSON, or empty.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from crisis.emergency.cap.signing import is_fresh
from crisis.entrances import entering, secrets
from crisis.entrances.entering import Came, Entered
from crisis.entrances.models import Entrance, EntranceCall, EntranceKind, EntranceOutcome
from soc import clock
from soc.people.throttle import Counted, Limit, Tries, network
from soc.refusals import Refusal, Status

ENTRANCE_HEADER: Final = "Vigie-Entrance"
TIMESTAMP_HEADER: Final = "Vigie-Timestamp"
NONCE_HEADER: Final = "Vigie-Nonce"
SIGNATURE_HEADER: Final = "Vigie-Signature"
LONGEST_BODY: Final = 10_000
_GUESSES: Final = Limit(30, dt.timedelta(minutes=5))
"""Calls that were not accepted, from one address."""
_A_MINUTE: Final = 60
_NONCE: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Signed:
    """What came: the four headers, the body and the network address."""

    entrance: str
    timestamp: str
    nonce: str
    signature: str
    body: bytes
    address: str


class Body(BaseModel):
    """What a system says: nothing, or what it has seen and where."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(default="", max_length=400)


def signature(secret: str, timestamp: str, nonce: str, body: bytes) -> str:
    """What stands in the header."""
    text = f"{timestamp}.{nonce}.".encode() + body
    return "sha256=" + hmac.new(secret.encode(), text, "sha256").hexdigest()


def receive(signed: Signed) -> Entered:
    """Take a call.

    Raises:
        Refusal: a signature that is nobody's or wrong, one that is too old, too many of these, a body that is none, another body
            under the same nonce, an entrance that is off, or a plan that is not approved.
    """
    tries = Tries(Counted("entrance", network(signed.address), _GUESSES))
    entrance = _entrance(signed.entrance)
    if entrance is None:
        raise _forged()
    genuine = hmac.compare_digest(
        signature(secrets.secret_of(entrance), signed.timestamp, signed.nonce, signed.body).encode(),
        signed.signature.encode(),
    )
    if not genuine:
        refusal = _forged()
        entering.refused(entrance, refusal.code, Came(""), forged=True)
        raise refusal
    tries.succeeded()
    try:
        return _take(entrance, signed)
    except Refusal as refusal:
        entering.refused(entrance, refusal.code, Came(""), forged=refusal.code in ("webhook_stale", "too_many"))
        raise


def _take(entrance: Entrance, signed: Signed) -> Entered:
    if not is_fresh(signed.timestamp, clock.now()):
        raise Refusal(
            "webhook_stale",
            _("This call was signed too long ago, or by a clock that is wrong. Sign it and send it at once."),
            status=Status.FORBIDDEN,
        )
    if _NONCE.fullmatch(signed.nonce) is None:
        raise Refusal("webhook_nonce", _("The nonce is 8 to 64 letters, digits, hyphens or underscores."))
    body = _body(signed.body)
    digest = hashlib.sha256(signed.body).hexdigest()
    if not EntranceCall.objects.filter(entrance=entrance, key=signed.nonce).exists():
        _must_not_be_a_flood(entrance)
    entered = entering.enter(entrance, Came(signed.nonce, said=body.text, digest=digest))
    if entered.known and entered.call.digest != digest:
        sentence = _("Another call with this nonce was taken already. Give each call a nonce of its own.")
        raise Refusal("webhook_nonce_used", sentence, status=Status.CONFLICT)
    return entered


def _entrance(given: str) -> Entrance | None:
    """Also one that is switched off: who has its secret is told so."""
    try:
        pk = UUID(given)
    except ValueError:
        return None
    return Entrance.objects.filter(pk=pk, kind=EntranceKind.WEBHOOK, removed_at=None).first()


def _body(raw: bytes) -> Body:
    if len(raw) > LONGEST_BODY:
        raise Refusal("webhook_too_large", _("This body is too large."))
    if not raw.strip():
        return Body()
    try:
        return Body.model_validate_json(raw)
    except ValidationError as error:
        sentence = _("The body is JSON such as {“text”: “Gas alarm, hall 2”}, of at most 400 characters, or empty.")
        raise Refusal("webhook_body", sentence) from error


def _must_not_be_a_flood(entrance: Entrance) -> None:
    """A system that calls without end is heard once a second; what is under way is not touched by the rest."""
    since = clock.now() - dt.timedelta(minutes=1)
    lately = EntranceCall.objects.filter(entrance=entrance, at__gt=since).exclude(outcome=EntranceOutcome.REFUSED)
    if lately.count() >= _A_MINUTE:
        sentence = _("This system has called too often in the last minute.")
        raise Refusal("too_many", sentence, status=Status.TOO_MANY, retry_after_s=60)


def _forged() -> Refusal:
    """The same for an unknown entrance and a wrong signature: who guesses learns neither."""
    sentence = _("This call is not signed by a system that is known here.")
    return Refusal("webhook_not_signed", sentence, status=Status.FORBIDDEN)
