"""What the directory says to browsers: that what they show of it has changed, and nothing of anybody."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from soc.broadcast.events import Event, Payload
from soc.broadcast.services import announce
from soc.people.rights import Right


class PersonChanged(Payload):
    """People, their ways, profiles or lists changed: pages that show them read them again."""

    kind: Literal["person.changed"] = "person.changed"


def people_changed(organisation_id: UUID) -> None:
    """Tell who looks at the directory that it changed; last in the transaction."""
    announce(Event(organisation_id, PersonChanged(), Right.SEE_DIRECTORY))
