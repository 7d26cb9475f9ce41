"""What a person says to a service: the contact's own sheet, or else a usual one, filled with what is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.translation import gettext, override

from crisis import templates
from crisis.emergency.models import EmergencyContact, LineKind, Sheet
from crisis.emergency.numbers import Number, NumberKind, read_number, region_of
from crisis.templates import Facts
from soc.refusals import Refusal

MOST_LINES: Final = 20
LANGUAGES: Final = frozenset(code for code, _name in settings.LANGUAGES)


@dataclass(frozen=True, slots=True)
class Line:
    """A line before it is filled."""

    kind: LineKind
    text: str


@dataclass(frozen=True, slots=True)
class SheetText:
    """A sheet before it is filled.

    Attributes:
        own: the organisation wrote it; not: the usual one.
    """

    contact: EmergencyContact
    language: str
    lines: tuple[Line, ...]
    own: bool


@dataclass(frozen=True, slots=True)
class FilledLine:
    """A line as it is read aloud, and what it is called, in the sheet's language."""

    kind: LineKind
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class FilledSheet:
    """What a person reads while calling.

    Attributes:
        number: as people read it; empty: there is none.
        tel: the link that dials it; empty: there is no number, or it is an emergency number and this is a drill.
        notice: what must be known before dialling: that this is a drill; empty otherwise.
    """

    contact: str
    language: str
    number: str
    tel: str
    email: str
    exercise: bool
    notice: str
    lines: tuple[FilledLine, ...]


def sheet_for(contact: EmergencyContact, language: str) -> SheetText:
    """What to say to a contact: its sheet in this language, or in the organisation's, or the usual one in this language."""
    own = {sheet.language: sheet for sheet in contact.sheets.prefetch_related("lines")}
    for wanted in (language, contact.organisation.language):
        if (sheet := own.get(wanted)) is not None:
            return text_of(sheet)
    return usual(contact, language)


def text_of(sheet: Sheet) -> SheetText:
    """A sheet of the organisation's own."""
    lines = tuple(Line(LineKind(line.kind), line.text) for line in sheet.lines.all())
    return SheetText(sheet.contact, sheet.language, lines, own=True)


def usual(contact: EmergencyContact, language: str) -> SheetText:
    """What services ask, for contacts whose sheet nobody has written yet."""
    known = language if language in LANGUAGES else settings.LANGUAGE_CODE
    with override(known):
        lines = (
            Line(LineKind.WHO, gettext("This is {organisation}, {director} speaking. {exercise}")),
            Line(LineKind.WHERE, gettext("{site}, {address}. Zone: {zone}. Position: {position}.")),
            Line(LineKind.WHAT, gettext("{alert}. Severity: {severity}.")),
            Line(LineKind.SINCE, gettext("Since {time} on {date}.")),
            Line(LineKind.HOW_MANY, gettext("Say how many people are hurt or in danger, and how they are.")),
            Line(LineKind.DANGERS, gettext("Say what is dangerous there: fire, weapon, gas, traffic, electricity.")),
            Line(LineKind.ACCESS, gettext("Say by which entrance they come in.")),
            Line(LineKind.MEETING_POINT, gettext("Say where somebody waits for them.")),
            Line(LineKind.CALLBACK, gettext("Call back: {callback}. Reference: {reference}. Do not hang up first.")),
        )
    return SheetText(contact, known, lines, own=False)


def filled_sheet(sheet: SheetText, facts: Facts) -> FilledSheet:
    """A sheet with what is known, in its language. It never raises: whoever calls needs it now."""
    contact = sheet.contact
    number = number_of(contact)
    hands_off = facts.exercise and (number is None or number.kind is not NumberKind.FULL)
    with override(sheet.language):
        notice = gettext("EXERCISE. This is a drill.") if facts.exercise else ""
        if hands_off:
            notice = gettext("EXERCISE. This is a drill: do not call this number.")
        labels = {kind: str(kind.label) for kind in LineKind}
    return FilledSheet(
        contact=contact.name,
        language=sheet.language,
        number=contact.number,
        tel="" if number is None or hands_off else number.link,
        email=contact.email,
        exercise=facts.exercise,
        notice=notice,
        lines=tuple(_filled(sheet.lines, labels, facts, sheet.language)),
    )


def number_of(contact: EmergencyContact) -> Number | None:
    """Its number; `None`: it has none."""
    try:
        return read_number(contact.number, region_of(contact.organisation))
    except Refusal:
        return None


def _filled(lines: Iterable[Line], labels: dict[LineKind, str], facts: Facts, language: str) -> Iterable[FilledLine]:
    return (FilledLine(line.kind, labels[line.kind], templates.fill(line.text, facts, language)) for line in lines)
