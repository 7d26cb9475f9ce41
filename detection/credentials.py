"""The cameras' user names and passwords: encrypted before they are kept, opened only where a source is opened.

`VIGIE_CREDENTIAL_KEY` may name several keys with commas: the first one encrypts, all of them open, so that a key can be changed.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext_lazy as _

from soc.config import config
from soc.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a camera asks for; empty where it asks for nothing. Neither is ever in its `repr`."""

    user_name: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.user_name or self.password)


def seal_credentials(credentials: Credentials) -> bytes | None:
    """What is kept in the database; ``None`` when there is nothing to keep."""
    if not credentials:
        return None
    return _keys().encrypt(json.dumps([credentials.user_name, credentials.password]).encode())


def open_credentials(sealed: bytes | memoryview | None) -> Credentials:
    """What `seal_credentials` sealed.

    Raises:
        Refusal: the key is not the one they were sealed with.
    """
    if sealed is None:
        return Credentials()
    try:
        opened = _keys().decrypt(bytes(sealed))
    except InvalidToken:
        opened = None
    if opened is None:
        raise Refusal(
            "credentials_unreadable",
            _(
                "The camera's user name and password cannot be read: VIGIE_CREDENTIAL_KEY has changed. "
                "Restore the key, or enter them again."
            ),
        )
    user_name, password = json.loads(opened)
    return Credentials(user_name, password)


def _keys() -> MultiFernet:
    texts = [text.strip() for text in config().credential_key.get_secret_value().split(",") if text.strip()]
    return MultiFernet([Fernet(_derived(text)) for text in texts])


def _derived(text: str) -> bytes:
    """A Fernet key from a secret of any length."""
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"vigie camera credentials")
    return base64.urlsafe_b64encode(derivation.derive(text.encode()))
