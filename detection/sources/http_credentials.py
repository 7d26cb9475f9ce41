"""Answers to an HTTP server's challenge: digest (MD5, SHA-256) where it is offered, else basic."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Sequence
from urllib.request import parse_http_list, parse_keqv_list

_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


def answer(challenges: Sequence[str], user_name: str, password: str, method: str, target: str) -> str | None:
    """The ``Authorization`` header for the strongest challenge that is understood, or ``None``.

    Args:
        challenges: the ``WWW-Authenticate`` headers.
        user_name: as entered.
        password: as entered.
        method: of the request, e.g. ``GET``.
        target: path and query of the request.
    """
    basic = False
    answers: list[str] = []
    for challenge in challenges:
        scheme, _, rest = challenge.strip().partition(" ")
        if scheme.lower() == "digest":
            digest = _digest(parse_keqv_list(parse_http_list(rest)), user_name, password, method, target)
            if digest is not None:
                answers.append(digest)
        elif scheme.lower() == "basic":
            basic = True
    if answers:
        return max(answers, key=lambda text: "SHA-256" in text)
    if basic:
        return "Basic " + base64.b64encode(f"{user_name}:{password}".encode()).decode()
    return None


def _digest(challenge: dict[str, str], user_name: str, password: str, method: str, target: str) -> str | None:
    algorithm = challenge.get("algorithm", "MD5").upper()
    if algorithm not in _HASHES or "nonce" not in challenge:
        return None

    def hashed(text: str) -> str:
        return _HASHES[algorithm](text.encode()).hexdigest()

    realm, nonce = challenge.get("realm", ""), challenge["nonce"]
    secret = hashed(f"{user_name}:{realm}:{password}")
    request = hashed(f"{method}:{target}")
    fields = {"username": user_name, "realm": realm, "nonce": nonce, "uri": target}
    plain = {"algorithm": algorithm}
    if "auth" in [word.strip() for word in challenge.get("qop", "").split(",")]:
        once = secrets.token_hex(8)
        fields |= {"cnonce": once}
        plain |= {"qop": "auth", "nc": "00000001"}
        fields["response"] = hashed(f"{secret}:{nonce}:00000001:{once}:auth:{request}")
    else:
        fields["response"] = hashed(f"{secret}:{nonce}:{request}")
    if "opaque" in challenge:
        fields["opaque"] = challenge["opaque"]
    quoted = [f'{name}="{_escaped(value)}"' for name, value in fields.items()]
    return "Digest " + ", ".join([*quoted, *(f"{name}={value}" for name, value in plain.items())])


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
