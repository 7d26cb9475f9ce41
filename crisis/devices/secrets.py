"""What brokers and devices ask for: encrypted (`soc.keys`) before it is kept, opened only where something is sent to them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from cryptography.fernet import InvalidToken

from soc.keys import sealer

_USE = "vigie device credentials"


class SecretsUnreadable(Exception):
    """The key is not the one they were sealed with."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What is asked for; empty where nothing is. None of it is ever in its `repr`."""

    user_name: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.user_name or self.password or self.token)


def seal(secrets: Secrets) -> bytes | None:
    """What is kept in the database; ``None`` when there is nothing to keep."""
    if not secrets:
        return None
    return sealer(_USE).encrypt(json.dumps([secrets.user_name, secrets.password, secrets.token]).encode())


def unseal(sealed: bytes | memoryview | None) -> Secrets:
    """What `seal` sealed.

    Raises:
        SecretsUnreadable: VIGIE_CREDENTIAL_KEY has changed since.
    """
    if sealed is None:
        return Secrets()
    try:
        opened = sealer(_USE).decrypt(bytes(sealed))
    except InvalidToken as error:
        raise SecretsUnreadable from error
    return Secrets(*json.loads(opened))
