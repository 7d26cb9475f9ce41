"""How the peers check a user name and password: digest and basic, as cameras ask for them."""

from __future__ import annotations

import base64
import hashlib
import secrets
from urllib.request import parse_http_list, parse_keqv_list

REALM = "camera"


class Doorkeeper:
    """Knows one account.

    Args:
        scheme: ``none``, ``basic`` or ``digest``.
        user_name: of the account.
        password: of the account.
    """

    def __init__(self, scheme: str, user_name: str, password: str) -> None:
        self._scheme = scheme
        self._user_name = user_name
        self._password = password
        self._nonce = secrets.token_hex(16)

    def challenge(self) -> str:
        """The ``WWW-Authenticate`` header."""
        if self._scheme == "basic":
            return f'Basic realm="{REALM}"'
        return f'Digest realm="{REALM}", nonce="{self._nonce}", algorithm=MD5'

    def lets_in(self, method: str, authorisation: str) -> bool:
        """Whether an ``Authorization`` header proves that the client knows the password."""
        if self._scheme == "none":
            return True
        scheme, _, rest = authorisation.partition(" ")
        if scheme.lower() != self._scheme:
            return False
        if self._scheme == "basic":
            return rest == base64.b64encode(f"{self._user_name}:{self._password}".encode()).decode()
        fields = parse_keqv_list(parse_http_list(rest))
        secret = _md5(f"{self._user_name}:{REALM}:{self._password}")
        request = _md5(f"{method}:{fields.get('uri', '')}")
        return fields.get("response") == _md5(f"{secret}:{self._nonce}:{request}")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
