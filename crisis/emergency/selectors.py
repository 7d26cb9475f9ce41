"""What can be asked about emergency services, scoped to the member; and `contact`, which plans and senders ask by id."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Prefetch, QuerySet

from crisis.emergency.models import CapMessage, CapReader, CapSender, EmergencyContact, Sheet
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped


def contacts(member: Member, right: Right = Right.SEE_CRISIS) -> QuerySet[EmergencyContact]:
    """The contacts in the member's reach, in their order, with what their view reads."""
    rows = EmergencyContact.objects.filter(removed_at=None).select_related("organisation", "site")
    shown = rows.prefetch_related(Prefetch("sheets", queryset=Sheet.objects.only("contact", "language")))
    return scoped(shown, member, right)


def sheets(member: Member, contact: UUID, right: Right = Right.SEE_CRISIS) -> QuerySet[Sheet]:
    """The sheets of a contact in the member's reach."""
    rows = Sheet.objects.filter(contact=contact, contact__removed_at=None).select_related("contact__organisation")
    return scoped(rows.prefetch_related("lines"), member, right)


def contact(organisation_id: UUID, contact_id: UUID) -> EmergencyContact | None:
    """A contact of the organisation as it is now, removed ones too: what `may_call_automatically` is asked about.

    `None`: the organisation has none of this id.
    """
    rows = EmergencyContact.objects.select_related("organisation", "site")
    return rows.filter(organisation=organisation_id, pk=contact_id).first()


def messages(member: Member) -> QuerySet[CapMessage]:
    """CAP messages in and out, in the member's reach, newest first."""
    return scoped(CapMessage.objects.select_related("site", "received_from"), member, Right.SEE_CRISIS)


def senders(member: Member, right: Right = Right.PREPARE) -> QuerySet[CapSender]:
    """Who may send CAP messages."""
    return scoped(CapSender.objects.filter(revoked_at=None).select_related("site"), member, right)


def readers(member: Member, right: Right = Right.PREPARE) -> QuerySet[CapReader]:
    """Who may fetch the CAP messages that are given out."""
    return scoped(CapReader.objects.filter(revoked_at=None).select_related("site"), member, right)
