"""Whether the system itself may call or write to a contact: the one question that saving, plans and senders ask.

Emergency and short numbers are a person's to dial: for them the answer is no, whatever was agreed and whatever is in the row.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crisis.emergency.models import EmergencyContact
from crisis.emergency.numbers import NumberKind, read_number, region_of
from soc.refusals import Refusal


class Ground(models.TextChoices):
    """Why not."""

    REMOVED = "removed", _("This contact was removed.")
    NO_NUMBER = "no_number", _("This contact has no number that can be called.")
    NO_ADDRESS = "no_address", _("This contact has no e-mail address.")
    EMERGENCY = (
        "emergency",
        _("This is an emergency number. A person calls it, with the sheet; the system never does."),
    )
    SHORT = "short", _("This is a short number. Only full numbers can be called by a plan.")
    NOT_AGREED = (
        "not_agreed",
        _("It is not recorded that this service agreed to be called or written to automatically."),
    )


@dataclass(frozen=True, slots=True)
class Allowed:
    """Yes: this number (E.164) or address, and no other."""

    address: str


@dataclass(frozen=True, slots=True)
class Denied:
    """No."""

    ground: Ground

    @property
    def sentence(self) -> Promise | str:
        """Why, to be shown."""
        return self.ground.label


def may_call_automatically(contact: EmergencyContact) -> Allowed | Denied:
    """Whether a plan may call this contact's number, or send it an SMS, by itself. Ask with the row as it is now."""
    if contact.removed_at is not None:
        return Denied(Ground.REMOVED)
    number = callable_number(contact)
    if isinstance(number, Denied):
        return number
    if not contact.may_call or contact.agreed_at is None or not contact.agreed_with.strip():
        return Denied(Ground.NOT_AGREED)
    return number


def may_write_automatically(contact: EmergencyContact) -> Allowed | Denied:
    """Whether a plan may send this contact an e-mail by itself. Ask with the row as it is now."""
    if contact.removed_at is not None:
        return Denied(Ground.REMOVED)
    if not contact.email:
        return Denied(Ground.NO_ADDRESS)
    if not contact.may_write or contact.agreed_at is None or not contact.agreed_with.strip():
        return Denied(Ground.NOT_AGREED)
    return Allowed(contact.email)


def callable_number(contact: EmergencyContact) -> Allowed | Denied:
    """Whether its number is one that could be called by the system at all, agreed or not.

    Both what was entered and what was made of it are read again: neither alone is believed.
    """
    region = region_of(contact.organisation)
    try:
        entered, kept = read_number(contact.number, region), read_number(contact.normalised, region)
    except Refusal:
        return Denied(Ground.NO_NUMBER)
    kinds = {entered.kind, kept.kind}
    if NumberKind.EMERGENCY in kinds:
        return Denied(Ground.EMERGENCY)
    if NumberKind.SHORT in kinds:
        return Denied(Ground.SHORT)
    return Allowed(kept.normalised) if entered == kept else Denied(Ground.NO_NUMBER)
