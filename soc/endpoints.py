"""Addresses of things in the operator's networks: parsed strictly, resolved once, and checked against the allowed networks.

The connection then goes to an address that was checked, never to the name again, so a name that resolves differently the
second time (DNS rebinding) gains nothing. Cameras (`detection.sources.address`) and connected objects (`crisis.devices`) use it.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, quote, urlsplit

LONGEST = 500
# What a path and query may hold besides letters and digits; the rest is percent-encoded, an encoded one stays.
_SAFE = "/:?=&%+,;@!$'()*~-._[]"

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network


class Wrong(Enum):
    """What is wrong with an address, or with what is there."""

    ADDRESS = "address"
    CREDENTIALS = "credentials"
    NETWORK = "network"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"


class EndpointFault(Exception):
    """An address that is not used. It holds no credential."""

    def __init__(self, wrong: Wrong, host: str = "") -> None:
        super().__init__(wrong.value)
        self.wrong = wrong
        self.host = host


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to connect, as parsed from an address.

    Attributes:
        scheme: rtsp, rtsps, http, https, …
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


def parse(address: str, schemes: Mapping[str, int]) -> Endpoint:
    """Parse an address.

    Args:
        address: as entered.
        schemes: those that are allowed, each with its usual port.

    Raises:
        EndpointFault: CREDENTIALS, or ADDRESS for what is no plain address of these schemes.
    """
    if len(address) > LONGEST or any(ord(sign) <= 32 or ord(sign) == 127 or sign in '\\"<>' for sign in address):
        raise EndpointFault(Wrong.ADDRESS)
    parts = _split(address)
    if parts is None:
        raise EndpointFault(Wrong.ADDRESS)
    if "@" in parts.netloc:
        raise EndpointFault(Wrong.CREDENTIALS)
    default = schemes.get(parts.scheme.lower())
    host, port = _host_and_port(parts)
    if default is None or not host or "%" in host or port == 0:
        raise EndpointFault(Wrong.ADDRESS)
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


def networks_of(text: str) -> tuple[IPNetwork, ...]:
    """The networks that a setting names, with commas between them."""
    names = (name.strip() for name in text.split(","))
    return tuple(ip_network(name, strict=False) for name in names if name)


def allowed(address: IPAddress, networks: tuple[IPNetwork, ...]) -> bool:
    """Whether something may be at `address`.

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


def refuse_literal(host: str, networks: tuple[IPNetwork, ...]) -> None:
    """Refuse a literal address outside the networks. A name is resolved each time somebody connects: now it proves nothing.

    Raises:
        EndpointFault: NETWORK.
    """
    try:
        literal = ip_address(host)
    except ValueError:
        return
    if not allowed(literal, networks):
        raise EndpointFault(Wrong.NETWORK, host)


def resolve(host: str, port: int, networks: tuple[IPNetwork, ...]) -> tuple[str, ...]:
    """All addresses of a host, each checked; connect to these and not to the name.

    Raises:
        EndpointFault: UNREACHABLE when the name is not known; NETWORK when *any* of its addresses is outside.
    """
    found = _lookup(host, port)
    if not found:
        raise EndpointFault(Wrong.UNREACHABLE, host)
    if not all(allowed(ip_address(address), networks) for address in found):
        raise EndpointFault(Wrong.NETWORK, host)
    return found


def _lookup(host: str, port: int) -> tuple[str, ...]:
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))


def connect(endpoint: Endpoint, networks: tuple[IPNetwork, ...], timeout: float) -> socket.socket:
    """A TCP connection to a checked address of `endpoint`, with `timeout` seconds for each try and each later read.

    Raises:
        EndpointFault: UNREACHABLE, REFUSED, or as `resolve`.
    """
    refused = False
    for address in resolve(endpoint.host, endpoint.port, networks):
        try:
            return socket.create_connection((address, endpoint.port), timeout=timeout)
        except ConnectionRefusedError:
            refused = True
        except OSError:
            continue
    raise EndpointFault(Wrong.REFUSED if refused else Wrong.UNREACHABLE, endpoint.host)
