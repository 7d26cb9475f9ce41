"""What detection broadcasts."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from uuid import UUID

from soc.broadcast.events import Payload


class CameraStatePayload(Payload):
    """How the watch of a camera goes. Not numbered: the newest counts, and the API always has it."""

    kind: Literal["camera.state"] = "camera.state"
    camera: UUID
    state: str
    reason: str
    reason_details: dict[str, str]
    since: dt.datetime
    analysed_per_second: float
    frames_dropped: int
    cores: float | None = None
    next_try: dt.datetime | None = None


class CameraChangedPayload(Payload):
    """A camera was added, changed or removed, or something drawn on its picture."""

    kind: Literal["camera.changed"] = "camera.changed"
    camera: UUID
    version: int
    removed: bool = False
