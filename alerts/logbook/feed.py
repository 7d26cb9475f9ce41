"""What the logbook says to browsers."""

from __future__ import annotations

from alerts.logbook import wire
from alerts.logbook.models import Shift
from soc.broadcast.events import Event
from soc.broadcast.services import publish
from soc.people.rights import Right


def duty_changed(shift: Shift) -> None:
    """Tell colleagues who took up duty or ended it. Last in the transaction."""
    publish(Event(shift.organisation_id, wire.duty_changed(shift), Right.SEE_PEOPLE, shift.site_id))
