"""What can be done with emergency contacts and their sheets: one transaction each, journalled, told last.

Names, numbers and texts are personal data in the journal: they can be erased, what was agreed about them stays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final, TypedDict
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from crisis import templates
from crisis.emergency import selectors
from crisis.emergency.automatic import Denied, callable_number
from crisis.emergency.events import emergency_changed
from crisis.emergency.models import EmergencyContact, Sheet, SheetLine
from crisis.emergency.numbers import read_number, region_of
from crisis.emergency.sheets import LANGUAGES, MOST_LINES, Line
from soc import clock
from soc.journal.actions import Action
from soc.journal.digests import Json
from soc.journal.services import record
from soc.people.models import Member, Organisation, Site
from soc.people.rights import Right
from soc.people.services import must_hold
from soc.refusals import Refusal, Status

MOST_CONTACTS: Final = 300
_PERSONAL: Final = ("name", "number", "email", "notes", "agreed_with", "agreement")
_OPEN: Final = ("site", "service", "position", "may_call", "may_write", "agreed_at")


class ContactEntry(TypedDict, total=False):
    """What is entered about a contact; a field that is missing stays as it is."""

    name: str
    service: str
    site: UUID | None
    number: str
    email: str
    notes: str
    may_call: bool
    may_write: bool
    agreed_at: dt.date | None
    agreed_with: str
    agreement: str
    position: int


@transaction.atomic
def add_contact(actor: Member, entered: ContactEntry) -> EmergencyContact:
    """Add a contact; without a position it goes last.

    Raises:
        Refusal: it has neither number nor address, the number is none, the system is to call what only a person may, an
            agreement is not complete, the site is not the actor's, or there are too many.
    """
    must_hold(actor, Right.PREPARE, entered.get("site"))
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.organisation_id)  # one position each
    own = EmergencyContact.objects.filter(organisation=actor.organisation_id, removed_at=None)
    if own.count() >= MOST_CONTACTS:
        raise Refusal(
            "too_many_contacts", _("There are very many contacts already. Remove those that you do not need.")
        )
    contact = EmergencyContact(organisation=actor.organisation)
    contact.position = min((own.aggregate(last=Max("position"))["last"] or 0) + 1, 32_000)
    _apply(actor, contact, entered)
    contact.save(force_insert=True)
    _record(actor, contact, Action.EMERGENCY_CONTACT_ADDED, {}, _facts(contact))
    emergency_changed(contact)
    return contact


@transaction.atomic
def change_contact(actor: Member, contact_id: UUID, entered: ContactEntry, *, version: int) -> EmergencyContact:
    """Change a contact. What was agreed about a number or address falls when that changes, unless it is entered anew with it.

    Raises:
        Refusal: as `add_contact`; NOT_FOUND; CONFLICT when a colleague changed it since `version`.
    """
    contact = _locked(actor, contact_id)
    _must_be(version, contact.version)
    if "site" in entered:
        must_hold(actor, Right.PREPARE, entered["site"])
    before, reached = _facts(contact), (contact.normalised, contact.email)
    _apply(actor, contact, {**entered, **_fallen(contact, entered)})
    after = _facts(contact)
    if before == after and reached == (contact.normalised, contact.email):
        return contact
    contact.version += 1
    contact.save()
    _record(actor, contact, Action.EMERGENCY_CONTACT_CHANGED, before, after)
    emergency_changed(contact)
    return contact


@transaction.atomic
def remove_contact(actor: Member, contact_id: UUID) -> None:
    """Remove a contact. Plans that name it are told so; nothing calls it any more.

    Raises:
        Refusal: NOT_FOUND, or it is at a site that the actor does not prepare plans for.
    """
    contact = _locked(actor, contact_id)
    contact.removed_at = clock.now()
    contact.version += 1
    contact.save()
    _record(actor, contact, Action.EMERGENCY_CONTACT_REMOVED, _facts(contact), {})
    emergency_changed(contact)


@transaction.atomic
def write_sheet(actor: Member, contact_id: UUID, language: str, lines: Sequence[Line]) -> Sheet:
    """Write what to say to a contact in a language in which there is no sheet yet.

    Raises:
        Refusal: NOT_FOUND; a text names a place that is not known; CONFLICT when there is one already.
    """
    contact = _locked(actor, contact_id)
    _right_lines(lines)
    if language not in LANGUAGES:
        unknown = _("Vigie does not speak this language.")
        raise Refusal("unknown_language", unknown, fields={"language": unknown})
    if contact.sheets.filter(language=language).exists():
        sentence = _("There is a sheet in this language already. Change that one.")
        raise Refusal("sheet_exists", sentence, status=Status.CONFLICT, fields={"language": sentence})
    sheet = Sheet.objects.create(organisation_id=contact.organisation_id, contact=contact, language=language)
    _keep_lines(sheet, lines)
    _record_sheet(actor, sheet, Action.EMERGENCY_SHEET_WRITTEN, lines)
    emergency_changed(contact)
    return sheet


@transaction.atomic
def change_sheet(actor: Member, contact_id: UUID, sheet_id: UUID, lines: Sequence[Line], *, version: int) -> Sheet:
    """Replace a sheet's lines.

    Raises:
        Refusal: as `write_sheet`; CONFLICT when a colleague changed it since `version`.
    """
    contact = _locked(actor, contact_id)
    sheet = _sheet(contact, sheet_id)
    _must_be(version, sheet.version)
    _right_lines(lines)
    sheet.version += 1
    sheet.save()
    _keep_lines(sheet, lines)
    _record_sheet(actor, sheet, Action.EMERGENCY_SHEET_WRITTEN, lines)
    emergency_changed(contact)
    return sheet


@transaction.atomic
def remove_sheet(actor: Member, contact_id: UUID, sheet_id: UUID) -> None:
    """Remove a sheet: the usual one is shown again.

    Raises:
        Refusal: NOT_FOUND.
    """
    contact = _locked(actor, contact_id)
    sheet = _sheet(contact, sheet_id)
    _record_sheet(actor, sheet, Action.EMERGENCY_SHEET_REMOVED, ())
    sheet.delete()
    emergency_changed(contact)


def _locked(actor: Member, contact_id: UUID) -> EmergencyContact:
    """The contact, locked; what concerns all sites is changed by who prepares plans for all of them."""
    rows = selectors.contacts(actor, Right.PREPARE).prefetch_related(None)
    contact = rows.select_for_update(of=("self",), no_key=True).filter(pk=contact_id).first()
    if contact is None:
        raise Refusal("not_found", _("There is no such contact."), status=Status.NOT_FOUND)
    must_hold(actor, Right.PREPARE, contact.site_id)
    return contact


def _sheet(contact: EmergencyContact, sheet_id: UUID) -> Sheet:
    sheet = contact.sheets.filter(pk=sheet_id).first()
    if sheet is None:
        raise Refusal("not_found", _("There is no such sheet."), status=Status.NOT_FOUND)
    return sheet


def _must_be(seen: int, now: int) -> None:
    if seen != now:
        raise Refusal(
            "changed_meanwhile",
            _("A colleague has changed this meanwhile. Reload it and enter your change again."),
            status=Status.CONFLICT,
        )


def _apply(actor: Member, contact: EmergencyContact, entered: ContactEntry) -> None:
    values: dict[str, Any] = dict(entered)
    if "site" in values:
        contact.site = _site(actor, values.pop("site"))
    for name, value in values.items():
        setattr(contact, name, value.strip() if isinstance(value, str) else value)
    contact.normalised = (
        read_number(contact.number, region_of(contact.organisation)).normalised if contact.number else ""
    )
    if not contact.number and not contact.email:
        neither = _("Enter a number or an e-mail address.")
        raise Refusal("unreachable", neither, fields={"number": neither})
    _must_be_agreed(contact)


def _fallen(contact: EmergencyContact, entered: ContactEntry) -> ContactEntry:
    """What no longer holds when the number or the address becomes another: unless it was agreed anew, with its day."""
    anew = "agreed_at" in entered
    fallen = ContactEntry()
    if entered.get("number", contact.number).strip() != contact.number and not (anew and entered.get("may_call")):
        fallen["may_call"] = False
    if entered.get("email", contact.email).strip() != contact.email and not (anew and entered.get("may_write")):
        fallen["may_write"] = False
    return fallen


def _must_be_agreed(contact: EmergencyContact) -> None:
    """The system is to reach only what it may reach, and only by an agreement with somebody, on a day that has come.

    Raises:
        Refusal: not so; the sentence says why.
    """
    if contact.may_call and isinstance(answer := callable_number(contact), Denied):
        raise Refusal("never_called", answer.sentence, fields={"may_call": answer.sentence})
    if contact.may_write and not contact.email:
        missing = _("Enter the e-mail address that may be written to.")
        raise Refusal("no_address", missing, fields={"email": missing})
    if not (contact.may_call or contact.may_write):
        return
    if not contact.agreed_with:
        whom = _("Enter who agreed to it, at the service.")
        raise Refusal("not_agreed", whom, fields={"agreed_with": whom})
    if contact.agreed_at is None or contact.agreed_at > clock.now().date() + dt.timedelta(days=1):
        when = _("Enter on which day it was agreed. It cannot be in the future.")
        raise Refusal("not_agreed", when, fields={"agreed_at": when})


def _site(actor: Member, wanted: UUID | None) -> Site | None:
    if wanted is None:
        return None
    site = Site.objects.filter(pk=wanted, organisation=actor.organisation_id).first()
    if site is None:
        unknown = _("There is no such site.")
        raise Refusal("no_such_site", unknown, fields={"site": unknown})
    return site


def _right_lines(lines: Sequence[Line]) -> None:
    if not 0 < len(lines) <= MOST_LINES:
        sentence = _("A sheet has between 1 and 20 lines.")
        raise Refusal("too_many_lines", sentence, fields={"lines": sentence})
    for at, line in enumerate(lines):
        templates.must_be_right(line.text, field=f"lines.{at}.text")


def _keep_lines(sheet: Sheet, lines: Sequence[Line]) -> None:
    sheet.lines.all().delete()
    SheetLine.objects.bulk_create(
        SheetLine(organisation_id=sheet.organisation_id, sheet=sheet, position=at, kind=line.kind, text=line.text)
        for at, line in enumerate(lines)
    )


def _facts(contact: EmergencyContact) -> dict[str, Json]:
    agreed = contact.agreed_at
    return {
        "site": str(contact.site_id) if contact.site_id else None,
        "agreed_at": agreed.isoformat() if agreed else None,
        **{name: getattr(contact, name) for name in (*_PERSONAL, *_OPEN) if name not in {"site", "agreed_at"}},
    }


def _record(
    actor: Member, contact: EmergencyContact, action: Action, before: dict[str, Json], after: dict[str, Json]
) -> None:
    """Journal what changed: its open part as details, the rest as personal data."""
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    sides = {"before": before, "after": after}

    def part(names: Sequence[str]) -> dict[str, Json]:
        kept = {
            side: {name: facts[name] for name in names if name in changed and name in facts}
            for side, facts in sides.items()
        }
        return {side: dict(values) for side, values in kept.items() if values}

    record(
        contact.organisation_id,
        action,
        actor=actor,
        subject=contact,
        site_id=contact.site_id,
        details=part(_OPEN),
        personal=part(_PERSONAL),
    )


def _record_sheet(actor: Member, sheet: Sheet, action: Action, lines: Sequence[Line]) -> None:
    record(
        sheet.organisation_id,
        action,
        actor=actor,
        subject=sheet,
        site_id=sheet.contact.site_id,
        details={"language": sheet.language, "lines": len(lines)},
        personal={"text": [line.text for line in lines]} if lines else None,
    )
