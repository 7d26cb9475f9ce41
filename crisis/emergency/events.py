"""What emergency services broadcast: that something is to be read again, never what it says."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from crisis.emergency.models import CapMessage, EmergencyContact
from soc.broadcast.events import Event, Payload
from soc.broadcast.services import publish
from soc.people.rights import Right


class EmergencyChanged(Payload):
    """A contact, its agreement or one of its sheets changed."""

    kind: Literal["emergency.changed"] = "emergency.changed"
    contact: UUID
    version: int
    removed: bool = False


class CapReceived(Payload):
    """An outside system sent a CAP message. `real` is false for exercises, tests and drafts."""

    kind: Literal["cap.received"] = "cap.received"
    message: UUID
    real: bool
    severity: str


class CapGiven(Payload):
    """A CAP message was given out."""

    kind: Literal["cap.given"] = "cap.given"
    message: UUID
    real: bool
    severity: str


def emergency_changed(contact: EmergencyContact) -> None:
    """Tell who sees plans that a contact changed. Last in the transaction."""
    payload = EmergencyChanged(contact=contact.pk, version=contact.version, removed=contact.removed_at is not None)
    publish(Event(contact.organisation_id, payload, Right.SEE_CRISIS, contact.site_id))


def cap_received(message: CapMessage, *, real: bool) -> None:
    """Tell who sees plans that a message came. Last in the transaction."""
    payload = CapReceived(message=message.pk, real=real, severity=message.severity)
    publish(Event(message.organisation_id, payload, Right.SEE_CRISIS, message.site_id))


def cap_given(message: CapMessage, *, real: bool) -> None:
    """Tell who sees plans that a message went out. Last in the transaction."""
    payload = CapGiven(message=message.pk, real=real, severity=message.severity)
    publish(Event(message.organisation_id, payload, Right.SEE_CRISIS, message.site_id))
