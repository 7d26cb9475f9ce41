"""What is asked of a source (`SourceSpec`), what the operator allows (`SourcePolicy`), and how it fails (`SourceFault`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from detection.models import SourceKind
from detection.reasons import Reason
from soc.config import config
from soc.endpoints import IPNetwork, networks_of


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """Where a camera's pictures come from. Credentials never appear in its `repr`.

    Attributes:
        kind: how they arrive.
        address: URL without credentials, or the name of a file in the operator's folder.
        user_name: empty where the camera asks for none.
        password: empty where the camera asks for none.
    """

    kind: SourceKind
    address: str
    user_name: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SourcePolicy:
    """What the operator allows.

    Attributes:
        networks: cameras may be in these networks only; this machine is refused too unless its network is named.
        footage: the only folder whose files may be played.
    """

    networks: tuple[IPNetwork, ...]
    footage: Path

    @classmethod
    def from_config(cls) -> SourcePolicy:
        """The policy of this installation, from `VIGIE_CAMERA_NETWORKS` and `VIGIE_FOOTAGE`."""
        return cls(networks=networks_of(config().camera_networks), footage=config().footage_folder)


class SourceFault(Exception):
    """A source gives no pictures. `reason` renders as a sentence; neither it nor `details` ever holds a credential."""

    def __init__(self, reason: Reason, details: Mapping[str, str] | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.details: dict[str, str] = dict(details or {})
