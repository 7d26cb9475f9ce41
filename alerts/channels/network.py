"""Where Vigie connects to for a provider: the internet, and the networks that the operator named; never what lies beside it.

A gateway's address is an administrator's and a push service's is any member's, so neither may lead into the machine or its
surroundings. A name is resolved once, each of its addresses is checked, and the connection goes to an address that was checked,
so that a name which changes its meaning in between gains nothing.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

import httpx

from soc.config import Mode, config

IPAddress = IPv4Address | IPv6Address


class NotAllowed(Exception):
    """An address, or what a name stands for, lies where Vigie does not connect to."""


@lru_cache(maxsize=8)
def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def allowed(address: IPAddress, *, internet: bool = False) -> bool:
    """Whether Vigie may connect there: it is on the internet, or in a network of VIGIE_PROVIDER_NETWORKS.

    Args:
        address: where to.
        internet: it must be on the internet, because it was not an administrator who named it (in tests: as above).
    """
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    within = not internet or config().mode is Mode.TEST
    if within and operators(address):
        return True
    return address.is_global and not address.is_multicast


def operators(address: IPAddress) -> bool:
    """Whether it lies in a network that the operator named: VIGIE_PROVIDER_NETWORKS."""
    return any(address in network for network in _networks(config().provider_networks))


def resolve(host: str, port: int, *, internet: bool = False) -> str:
    """A checked address of `host`, as text. `internet`: see `allowed`.

    Raises:
        NotAllowed: one of its addresses is out of bounds.
        OSError: it has none now.
    """
    found = [ip_address(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not all(allowed(address, internet=internet) for address in found):
        raise NotAllowed(host)
    return str(found[0])


@dataclass(frozen=True, slots=True)
class Pinned:
    """A request's address with the name replaced by a checked address, and what keeps the name for TLS and the server."""

    url: httpx.URL
    headers: dict[str, str]
    extensions: dict[str, str]


def pinned(url: str, *, internet: bool = False) -> Pinned:
    """How to ask for `url` at an address that was checked. `internet`: see `allowed`.

    Raises:
        NotAllowed: the address is out of bounds, or none of http and https.
        OSError: the name stands for nothing now.
    """
    whole = httpx.URL(url)
    if whole.scheme not in ("http", "https") or not whole.host:
        raise NotAllowed(url)
    host = whole.host
    address = resolve(host, whole.port or (443 if whole.scheme == "https" else 80), internet=internet)
    return Pinned(
        url=whole.copy_with(host=address),
        headers={"Host": whole.netloc.decode("ascii")},
        extensions={"sni_hostname": host} if whole.scheme == "https" else {},
    )


def literal_allowed(url: str, *, internet: bool = False) -> bool:
    """Whether an address that is entered may be kept: a name is looked up when it is used, a literal address says it now."""
    try:
        literal = ip_address(urlsplit(url).hostname or "")
    except ValueError:
        return True
    return allowed(literal, internet=internet)
