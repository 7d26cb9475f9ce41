"""The cameras' user names and passwords: encrypted (`soc.keys`) before they are kept, opened only where a source is opened."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from cryptography.fernet import InvalidToken
from django.utils.translation import gettext_lazy as _

from soc.keys import sealer
from soc.refusals import Refusal

_USE = "vigie camera credentials"


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
    return sealer(_USE).encrypt(json.dumps([credentials.user_name, credentials.password]).encode())


def open_credentials(sealed: bytes | memoryview | None) -> Credentials:
    """What `seal_credentials` sealed.

    Raises:
        Refusal: the key is not the one they were sealed with.
    """
    if sealed is None:
        return Credentials()
    try:
        opened = sealer(_USE).decrypt(bytes(sealed))
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
