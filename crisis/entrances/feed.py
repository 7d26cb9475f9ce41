"""What the ways in say to browsers."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from crisis.entrances.models import Entrance
from soc.broadcast.events import Event, Payload
from soc.broadcast.services import announce
from soc.people.rights import Right


class EntranceChanged(Payload):
    """An entrance was changed, or something came in by it: read it again."""

    kind: Literal["entrance.changed"] = "entrance.changed"
    entrance: UUID


def changed(entrance: Entrance) -> None:
    """Tell who sees plans. Nobody is owed it: lists are read again after a gap."""
    payload = EntranceChanged(entrance=entrance.pk)
    announce(Event(entrance.organisation_id, payload, Right.SEE_CRISIS, entrance.site_id))
