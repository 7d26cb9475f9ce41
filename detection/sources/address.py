"""Addresses of cameras: `soc.endpoints` with the schemes that cameras speak, its faults as reasons that a console shows."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from detection.models import SourceKind
from detection.reasons import Reason
from detection.sources.spec import SourceFault
from soc import endpoints
from soc.endpoints import Endpoint, EndpointFault, IPAddress, IPNetwork, Wrong, allowed

__all__ = ["Endpoint", "IPAddress", "allowed", "connect", "parse", "resolve"]

_SCHEMES: dict[SourceKind, dict[str, int]] = {
    SourceKind.RTSP: {"rtsp": 554, "rtsps": 322},
    SourceKind.HTTP: {"http": 80, "https": 443},
}
_REASONS = {
    Wrong.ADDRESS: Reason.NOT_ALLOWED_ADDRESS,
    Wrong.CREDENTIALS: Reason.CREDENTIALS_IN_ADDRESS,
    Wrong.NETWORK: Reason.NOT_ALLOWED_NETWORK,
    Wrong.UNREACHABLE: Reason.UNREACHABLE,
    Wrong.REFUSED: Reason.REFUSED,
}


@contextmanager
def _as_source_faults() -> Iterator[None]:
    try:
        yield
    except EndpointFault as fault:
        raise SourceFault(_REASONS[fault.wrong], {"host": fault.host} if fault.host else None) from None


def parse(kind: SourceKind, address: str) -> Endpoint:
    """Parse a network camera's address.

    Raises:
        SourceFault: CREDENTIALS_IN_ADDRESS, or NOT_ALLOWED_ADDRESS for what is no plain address of this kind.
    """
    with _as_source_faults():
        return endpoints.parse(address, _SCHEMES.get(kind, {}))


def resolve(endpoint: Endpoint, networks: tuple[IPNetwork, ...]) -> tuple[str, ...]:
    """All addresses of the endpoint's host, each checked; connect to these and not to the name.

    Raises:
        SourceFault: UNREACHABLE when the name is not known; NOT_ALLOWED_NETWORK when *any* of its addresses is outside.
    """
    with _as_source_faults():
        return endpoints.resolve(endpoint.host, endpoint.port, networks)


def connect(endpoint: Endpoint, networks: tuple[IPNetwork, ...], timeout: float) -> socket.socket:
    """A TCP connection to a checked address of `endpoint`, with `timeout` seconds for each try and each later read.

    Raises:
        SourceFault: UNREACHABLE, REFUSED, or as `resolve`.
    """
    with _as_source_faults():
        return endpoints.connect(endpoint, networks, timeout)
