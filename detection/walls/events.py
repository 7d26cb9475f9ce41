"""What walls broadcast."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from soc.broadcast.events import Payload


class WallChangedPayload(Payload):
    """A wall that is shared, or was, changed. What it shows is asked of the API, which knows who may see what."""

    kind: Literal["wall.changed"] = "wall.changed"
    wall: UUID
    version: int
    removed: bool = False
