"""Where connected objects may be: the operator's networks, and the simulated building of the embedded default."""

from __future__ import annotations

from dataclasses import dataclass

from soc import endpoints
from soc.config import config
from soc.endpoints import IPNetwork


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator allows.

    Attributes:
        networks: devices and brokers may be in these only; this machine is refused too unless its network is named.
        building: `host:port` of the simulated building's broker, which `make run` starts on this machine; else empty.
    """

    networks: tuple[IPNetwork, ...]
    building: str = ""

    @classmethod
    def from_config(cls) -> Policy:
        """The policy of this installation, from `VIGIE_DEVICE_NETWORKS`."""
        return cls(endpoints.networks_of(config().device_networks), config().simulated_building)

    def resolve(self, host: str, port: int) -> tuple[str, ...]:
        """The checked addresses of a host; connect to these.

        Raises:
            EndpointFault: the name is not known, or any of its addresses is not allowed.
        """
        if self.building and self.building == f"{host}:{port}":
            return (host,)
        return endpoints.resolve(host, port, self.networks)

    def refuse_literal(self, host: str, port: int) -> None:
        """Refuse a literal address that would never be connected to.

        Raises:
            EndpointFault: it is outside the networks.
        """
        if self.building and self.building == f"{host}:{port}":
            return
        endpoints.refuse_literal(host, self.networks)
