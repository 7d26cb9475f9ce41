"""What providers and browsers entrusted to us: sealed (`soc.keys`) before it is kept, opened only where it is used."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cryptography.fernet import InvalidToken
from django.utils.translation import gettext_lazy as _

from soc.keys import sealer
from soc.refusals import Refusal

_USE = "provider"


def seal(secrets: Mapping[str, str]) -> bytes | None:
    """What is kept in the database; ``None`` when there is nothing to keep."""
    return sealer(_USE).encrypt(json.dumps(dict(secrets)).encode()) if secrets else None


def opened(sealed: bytes | memoryview | None) -> dict[str, str]:
    """What `seal` sealed.

    Raises:
        Refusal: the key is not the one they were sealed with.
    """
    if sealed is None:
        return {}
    try:
        found: dict[str, str] = json.loads(sealer(_USE).decrypt(bytes(sealed)))
    except InvalidToken:
        raise Refusal(
            "secrets_unreadable",
            _(
                "The provider’s secrets cannot be read: VIGIE_CREDENTIAL_KEY has changed. "
                "Restore the key, or enter them again."
            ),
        ) from None
    return found
