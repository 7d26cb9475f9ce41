"""What the logbook says to browsers."""

from __future__ import annotations

from uuid import UUID

from alerts.logbook import wire
from alerts.logbook.models import Handover, LogbookEntry, Shift
from soc.broadcast.events import Event
from soc.broadcast.services import publish
from soc.people.rights import Right


def duty_changed(shift: Shift) -> None:
    """Tell colleagues who took up duty or ended it. Last in the transaction."""
    publish(Event(shift.organisation_id, wire.duty_changed(shift), Right.SEE_PEOPLE, shift.site_id))


def logbook_added(entry: LogbookEntry) -> None:
    """Tell who reads the logbook that something was written. Last in the transaction. The words stay where they can be erased."""
    payload = wire.LogbookAdded(entry=entry.pk, reference=entry.reference, refers_to=entry.refers_to_id)
    publish(Event(entry.organisation_id, payload, Right.SEE_LOGBOOK, entry.site_id))


def categories_changed(organisation: UUID) -> None:
    """Tell who reads the logbook that its categories are others now. Last in the transaction."""
    publish(Event(organisation, wire.LogbookCategoriesChanged(), Right.SEE_LOGBOOK))


def handover_changed(handover: Handover) -> None:
    """Tell who reads the logbook that a handover was signed or withdrawn. Last in the transaction."""
    payload = wire.HandoverChanged(handover=handover.pk, waiting=handover.is_waiting)
    publish(Event(handover.organisation_id, payload, Right.SEE_LOGBOOK, handover.site_id))
