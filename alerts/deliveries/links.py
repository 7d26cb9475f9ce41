"""The link in a message: it needs no sign-in, shows its own message only, runs out, and never answers by being opened.

Nothing secret is kept: the link is the delivery's number and a keyed digest of it, so that a copy of the database opens none.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from hashlib import sha256

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from alerts.deliveries.models import Delivery, Message
from soc import clock
from soc.people.throttle import Tries, by_address
from soc.refusals import Refusal, Status

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_DIGEST_BYTES = 10
"""80 bits: with the throttle by address, nobody guesses one."""


def token(delivery: int) -> str:
    """What the address of a delivery's page ends with: short, because it travels in an SMS."""
    return f"{_base36(delivery)}-{_digest(delivery)}"


def find(text: str, *, address: str) -> Delivery:
    """The delivery that a link opens.

    Args:
        text: what the link ends with.
        address: who asks, by network address.

    Raises:
        Refusal: it is wrong or has run out, told alike; or this address tried too often.
    """
    found = opened([text]).get(text)
    if found is None:
        raise wrong(address)
    return found


def wrong(address: str) -> Refusal:
    """What is said to who came with a link that is wrong or has run out: the try is counted.

    Only what is wrong is counted: 80 bits are not found between two counts, and nobody who guesses behind a school's one address
    keeps its people from answering.

    Raises:
        Refusal: this address tried too often.
    """
    Tries(by_address(address))
    return unknown()


def opened(texts: Iterable[str]) -> dict[str, Delivery]:
    """The deliveries that links open, by link, with their persons, and their messages' organisations; the others open none."""
    numbers = {text: number for text in texts if (number := _number(text)) is not None}
    found = {one.pk: one for one in Delivery.objects.select_related("person").filter(pk__in=set(numbers.values()))}
    messages = Message.objects.select_related("organisation").in_bulk({one.message_id for one in found.values()})
    for one in found.values():
        one.message = messages[one.message_id]
    now = clock.now()
    held = {pk for pk, one in found.items() if one.message.answers_until >= now}
    return {text: found[number] for text, number in numbers.items() if number in held}


def _number(text: str) -> int | None:
    """The delivery's number, when the link's digest is that of this number."""
    number, _dash, digest = text.partition("-")
    try:
        delivery = int(number, 36)
    except ValueError:
        return None
    return delivery if hmac.compare_digest(_digest(delivery).encode(), digest.encode()) else None


def _digest(delivery: int) -> str:
    key = settings.SECRET_KEY.encode()
    made = hmac.new(key, f"alerts.deliveries.link:{delivery}".encode(), sha256).digest()[:_DIGEST_BYTES]
    return base64.b32encode(made).decode().lower()


def _base36(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text or "0"


def unknown() -> Refusal:
    """A link that is wrong, or that has run out: told alike."""
    sentence = _("This link is not valid any more. Call the number that you know for emergencies.")
    return Refusal("link_unknown", sentence, status=Status.NOT_FOUND)
