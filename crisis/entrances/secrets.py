"""What opens an entrance: a webhook's secret, kept sealed because it signs; a call's code, kept as a keyed digest only."""

from __future__ import annotations

import secrets
from typing import Final

from cryptography.fernet import InvalidToken
from django.utils.translation import gettext_lazy as _

from crisis.entrances.models import Entrance, EntranceKind
from soc import keys
from soc.refusals import Refusal, Status

_WEBHOOK: Final = "vigie entrance webhook"
_CODE: Final = "vigie entrance code"
_PREFIX: Final = "vigie_hook_"  # so that one in a public place is recognised for what it is
CODE_DIGITS: Final = 6


def has_secret(kind: str) -> bool:
    """Whether something opens an entrance of this kind beside who calls."""
    return kind in (EntranceKind.WEBHOOK, EntranceKind.CALL)


def renew(entrance: Entrance) -> str:
    """Make another secret or code; the row is not saved. Empty: its kind has none.

    Returns:
        What is shown once.
    """
    if entrance.kind == EntranceKind.WEBHOOK:
        secret = _PREFIX + secrets.token_urlsafe(32)
        entrance.sealed = keys.sealer(_WEBHOOK).encrypt(secret.encode())
        return secret
    if entrance.kind == EntranceKind.CALL:
        others = list(
            Entrance.objects.filter(
                organisation=entrance.organisation_id, kind=EntranceKind.CALL, removed_at=None
            ).exclude(pk=entrance.pk)
        )
        code = _code()
        while any(is_code(other, code) for other in others) or is_code(entrance, code):
            code = _code()
        entrance.code = keys.signature(_CODE, f"{entrance.pk}:{code}")
        return code
    return ""


def is_code(entrance: Entrance, code: str) -> bool:
    """Whether it is the entrance's code; in the same time whatever is wrong."""
    return keys.is_signature(_CODE, f"{entrance.pk}:{code}", entrance.code)


def secret_of(entrance: Entrance) -> str:
    """What a webhook's calls are signed with.

    Raises:
        Refusal: the key is not the one it was sealed with.
    """
    try:
        return keys.sealer(_WEBHOOK).decrypt(bytes(entrance.sealed or b"")).decode()
    except InvalidToken as error:
        sentence = _("The secret of this webhook cannot be opened: the installation's key was changed. Make a new one.")
        raise Refusal("entrance_sealed", sentence, status=Status.UNAVAILABLE) from error


def _code() -> str:
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
