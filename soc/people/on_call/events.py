"""What schedules broadcast."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from soc.broadcast.events import Payload


class OnCallChanged(Payload):
    """A schedule, its rotations or its overrides changed: who is on call is asked of the API again."""

    kind: Literal["on_call.changed"] = "on_call.changed"
    schedule: UUID
    removed: bool = False
