"""The key that this installation's push messages are signed with (VAPID, RFC 8292), made once.

It lies in the database, sealed: web and responders run on several machines, and a browser subscribes to one key for ever.
"""

from __future__ import annotations

import base64
import threading
import time
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from py_vapid import Vapid02

from alerts.channels import secrets
from alerts.channels.models import PushKey
from soc.config import config

_PRIVATE: Final = "private"
#: A token holds for at most a day; it is used for half of ours, so that a clock which is off does no harm.
_HOLDS_S: Final = 12 * 3600


def public_key() -> str:
    """What browsers are given to subscribe with."""
    return _row().public


def _row() -> PushKey:
    kept = PushKey.objects.first()
    if kept is not None:
        return kept
    made = ec.generate_private_key(ec.SECP256R1())
    point = made.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    private = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    sealed = secrets.seal({_PRIVATE: private})
    row = PushKey(public=base64.urlsafe_b64encode(point).decode().rstrip("="), sealed=sealed or b"")
    PushKey.objects.bulk_create([row], ignore_conflicts=True)  # of two that make it at once, one stays
    return PushKey.objects.get()


class Signer:
    """Signs for push services: a token each, made anew when half of its time is over. Used by many threads."""

    def __init__(self, contact: str = "") -> None:
        self._contact = contact
        self._key: Any = None
        self._tokens: dict[str, tuple[float, str]] = {}
        self._lock = threading.Lock()

    def header(self, endpoint: str) -> str:
        """The `Authorization` for a push service.

        Raises:
            soc.refusals.Refusal: the key cannot be opened.
        """
        parts = urlsplit(endpoint)
        audience = f"{parts.scheme}://{parts.netloc}"
        now = time.time()  # a push service's clock, which no test moves
        with self._lock:
            until, token = self._tokens.get(audience, (0.0, ""))
            if until - now > _HOLDS_S / 2:
                return token
            if self._key is None:
                self._key = Vapid02.from_pem(secrets.opened(_row().sealed)[_PRIVATE].encode())
            claims = {"aud": audience, "sub": self._subject(), "exp": int(now + _HOLDS_S)}
            signed = str(self._key.sign(claims)["Authorization"])
            if len(self._tokens) > 100:  # a browser's push service is one of few
                self._tokens.clear()
            self._tokens[audience] = (now + _HOLDS_S, signed)
            return signed

    def _subject(self) -> str:
        """Whom a push service may turn to."""
        contact = self._contact or config().contact
        if contact:
            return contact if contact.startswith("https://") else f"mailto:{contact}"
        public = config().public_url
        return public if public.startswith("https://") else "mailto:vigie@localhost.localdomain"
