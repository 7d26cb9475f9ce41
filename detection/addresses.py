"""What the web may say of a camera's address before a watcher tries it: its form, and literal addresses out of bounds."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import PurePosixPath
from urllib.parse import parse_qsl, urlsplit

from detection.models import SourceKind
from detection.reasons import Reason
from detection.sources import address as addresses
from detection.sources.spec import SourceFault, SourcePolicy
from soc.refusals import Refusal

_SECRET_NAMES = frozenset({"password", "passwd", "pass", "pwd", "loginpas", "user_pwd"})


def check_address(kind: SourceKind, address: str) -> None:
    """Refuse an address that no watcher would open.

    A name is resolved by the watcher, each time it connects: what it means here and now proves nothing.

    Raises:
        Refusal: with the reason's sentence, on the field `address`.
    """
    reason = _what_is_wrong(kind, address)
    if reason is not None:
        raise Refusal(reason.value, reason.label, fields={"address": reason.label})


def _what_is_wrong(kind: SourceKind, address: str) -> Reason | None:
    if kind is SourceKind.FILE:
        path = PurePosixPath(address)
        plain = address.strip() and not path.is_absolute() and ".." not in path.parts and "\0" not in address
        return None if plain else Reason.NO_SUCH_FILE
    try:
        endpoint = addresses.parse(kind, address)
    except SourceFault as fault:
        return fault.reason
    if any(name.lower() in _SECRET_NAMES for name, _ in parse_qsl(urlsplit(address).query)):
        return Reason.CREDENTIALS_IN_ADDRESS
    try:
        literal = ip_address(endpoint.host)
    except ValueError:
        return None
    return None if addresses.allowed(literal, SourcePolicy.from_config().networks) else Reason.NOT_ALLOWED_NETWORK


def same_device(kind: SourceKind, address: str, other_kind: SourceKind, other: str) -> bool:
    """Whether credentials entered for one address may be sent to the other: same way, same host, same port."""
    if kind is not other_kind:
        return False
    if kind is SourceKind.FILE:
        return True
    try:
        first, second = addresses.parse(kind, address), addresses.parse(kind, other)
    except SourceFault:
        return False
    return (first.scheme, first.host, first.port) == (second.scheme, second.host, second.port)
