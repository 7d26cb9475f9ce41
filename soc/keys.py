"""Keys derived from the installation's secret: one for each use, so that what is sealed for one cannot be opened as another."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from soc.config import config


def sealer(use: str) -> MultiFernet:
    """What seals and opens secrets of this use.

    `VIGIE_CREDENTIAL_KEY` may name several keys with commas: the first one encrypts, all of them open, so that a key can be
    changed.
    """
    texts = [text.strip() for text in config().credential_key.get_secret_value().split(",") if text.strip()]
    return MultiFernet([Fernet(_derived(text, use)) for text in texts])


def _derived(text: str, use: str) -> bytes:
    """A Fernet key from a secret of any length."""
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=use.encode())
    return base64.urlsafe_b64encode(derivation.derive(text.encode()))
