"""Addresses of cameras: parsed strictly, resolved, and checked against the allowed networks.

The connection then goes to an address that was checked, never to the name again, so a name that resolves differently the
second time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, quote, urlsplit

from detection.models import SourceKind
from detection.reasons import Reason
from detection.sources.spec import IPNetwork, SourceFault

LONGEST = 500
_SCHEMES: dict[SourceKind, dict[str, int]] = {
    SourceKind.RTSP: {"rtsp": 554, "rtsps": 322},
    SourceKind.HTTP: {"http": 80, "https": 443},
}
# What a path and query may hold besides letters and digits; the rest is percent-encoded, an encoded one stays.
_SAFE = "/:?=&%+,;@!$'()*~-._[]"

IPAddress = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to connect, as parsed from an address.

    Attributes:
        scheme: rtsp, rtsps, http or https.
        host: name or literal address, without brackets.
        port: 1..65535.
        target: path and query, percent-encoded, beginning with a slash.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def encrypted(self) -> bool:
        """Whether the connection is by TLS."""
        return self.scheme.endswith("s")

    @property
    def authority(self) -> str:
        """``host:port``, with brackets around an IPv6 address."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse(kind: SourceKind, address: str) -> Endpoint:
    """Parse a network camera's address.

    Raises:
        SourceFault: CREDENTIALS_IN_ADDRESS, or NOT_ALLOWED_ADDRESS for what is no plain address of this kind.
    """
    if len(address) > LONGEST or any(ord(sign) <= 32 or ord(sign) == 127 or sign in '\\"<>' for sign in address):
        raise SourceFault(Reason.NOT_ALLOWED_ADDRESS)
    parts = _split(address)
    if parts is None:
        raise SourceFault(Reason.NOT_ALLOWED_ADDRESS)
    if "@" in parts.netloc:
        raise SourceFault(Reason.CREDENTIALS_IN_ADDRESS)
    default = _SCHEMES.get(kind, {}).get(parts.scheme.lower())
    host, port = _host_and_port(parts)
    if default is None or not host or "%" in host or port == 0:
        raise SourceFault(Reason.NOT_ALLOWED_ADDRESS)
    target = quote(parts.path or "/", safe=_SAFE)
    if parts.query:
        target += "?" + quote(parts.query, safe=_SAFE)
    return Endpoint(scheme=parts.scheme.lower(), host=host, port=port or default, target=target)


def _split(address: str) -> SplitResult | None:
    try:
        return urlsplit(address)
    except ValueError:
        return None


def _host_and_port(parts: SplitResult) -> tuple[str, int | None]:
    try:
        return parts.hostname or "", parts.port
    except ValueError:
        return "", None


def allowed(address: IPAddress, networks: tuple[IPNetwork, ...]) -> bool:
    """Whether a camera may be at `address`.

    An IPv4 address in IPv6 clothes counts as IPv4. Link-local addresses, where clouds keep their secrets, need a
    link-local network in `networks`: a wide one such as 0.0.0.0/0 does not include them.
    """
    plain: IPAddress = address
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return False
        plain = address.ipv4_mapped or address
    if plain.is_unspecified or plain.is_multicast:
        return False
    return any(
        plain in network and (network.is_link_local or not plain.is_link_local)
        for network in networks
        if network.version == plain.version
    )


def resolve(endpoint: Endpoint, networks: tuple[IPNetwork, ...]) -> tuple[str, ...]:
    """All addresses of the endpoint's host, each checked; connect to these and not to the name.

    Raises:
        SourceFault: UNREACHABLE when the name is not known; NOT_ALLOWED_NETWORK when *any* of its addresses is outside.
    """
    found = _lookup(endpoint)
    if not found:
        raise SourceFault(Reason.UNREACHABLE, {"host": endpoint.host})
    if not all(allowed(ip_address(address), networks) for address in found):
        raise SourceFault(Reason.NOT_ALLOWED_NETWORK, {"host": endpoint.host})
    return found


def _lookup(endpoint: Endpoint) -> tuple[str, ...]:
    try:
        answers = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))


def connect(endpoint: Endpoint, networks: tuple[IPNetwork, ...], timeout: float) -> socket.socket:
    """A TCP connection to a checked address of `endpoint`, with `timeout` seconds for each try and each later read.

    Raises:
        SourceFault: UNREACHABLE, REFUSED, or as `resolve`.
    """
    refused = False
    for address in resolve(endpoint, networks):
        try:
            return socket.create_connection((address, endpoint.port), timeout=timeout)
        except ConnectionRefusedError:
            refused = True
        except OSError:
            continue
    raise SourceFault(Reason.REFUSED if refused else Reason.UNREACHABLE, {"host": endpoint.host})
