"""Keys derived from the installation's secret: one for each use, so that what is sealed for one cannot be opened as another."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from soc.config import config


def signature(use: str, text: str) -> str:
    """What only this installation can write under `text`: 43 characters that are safe in an address."""
    return _signed(_texts()[0], use, text)


def is_signature(use: str, text: str, written: str) -> bool:
    """Whether `written` is our signature under `text`, by any of the keys."""
    return any(hmac.compare_digest(_signed(key, use, text).encode(), written.encode()) for key in _texts())


def sealer(use: str) -> MultiFernet:
    """What seals and opens secrets of this use.

    `VIGIE_CREDENTIAL_KEY` may name several keys with commas: the first one encrypts, all of them open, so that a key can be
    changed.
    """
    return MultiFernet([Fernet(_derived(text, use)) for text in _texts()])


def _texts() -> list[str]:
    return [text.strip() for text in config().credential_key.get_secret_value().split(",") if text.strip()]


def _signed(key: str, use: str, text: str) -> str:
    digest = hmac.digest(_derived(key, use), text.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _derived(text: str, use: str) -> bytes:
    """A Fernet key from a secret of any length."""
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=use.encode())
    return base64.urlsafe_b64encode(derivation.derive(text.encode()))
