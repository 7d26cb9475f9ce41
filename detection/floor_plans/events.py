"""What floor plans broadcast."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from soc.broadcast.events import Payload


class PlanChangedPayload(Payload):
    """A floor plan was added, changed or removed, or something placed on it."""

    kind: Literal["plan.changed"] = "plan.changed"
    plan: UUID
    site: UUID
    version: int
    removed: bool = False
