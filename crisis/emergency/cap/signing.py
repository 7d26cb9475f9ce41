"""Signed webhooks: what a sender computes over its message, and how it is checked.

A sender sends three headers: `Vigie-Sender` with its id, `Vigie-Timestamp` with the seconds since 1970, and `Vigie-Signature`
with `sha256=` and the HMAC-SHA256, in hexadecimal, over the timestamp, a full stop and the body, keyed with its secret.
"""

from __future__ import annotations

import datetime as dt
import hmac
from typing import Final

SENDER_HEADER: Final = "Vigie-Sender"
TIMESTAMP_HEADER: Final = "Vigie-Timestamp"
SIGNATURE_HEADER: Final = "Vigie-Signature"
WINDOW: Final = dt.timedelta(minutes=5)
"""How far the two clocks may be apart. Within it a message that is sent again does nothing twice."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What stands in the header."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, "sha256").hexdigest()


def is_signed(secret: str, timestamp: str, body: bytes, given: str) -> bool:
    """Whether it is the sender's own; in the same time whatever is wrong."""
    return hmac.compare_digest(signature(secret, timestamp, body).encode(), given.encode())


def is_fresh(timestamp: str, now: dt.datetime) -> bool:
    """Whether it was signed just now."""
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        return False
    return abs(now.timestamp() - int(timestamp)) <= WINDOW.total_seconds()
