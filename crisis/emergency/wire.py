"""Emergency contacts, sheets and CAP messages as the API writes them: codes for programs, sentences in the reader's language."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from pydantic import Field

from alerts.wire import Named, View
from crisis.emergency.automatic import Allowed, Denied, may_call_automatically, may_write_automatically
from crisis.emergency.cap.reading import read
from crisis.emergency.models import (
    CapMessage,
    CapReader,
    CapSender,
    Direction,
    EmergencyContact,
    LineKind,
    Service,
    Sheet,
)
from crisis.emergency.numbers import NumberKind
from crisis.emergency.sheets import FilledSheet, SheetText, number_of
from crisis.templates import Place, ProblemCode
from soc.people.models import Site


class AutomaticReach(View):
    """Whether a plan may do something by itself, and why not."""

    allowed: bool
    code: str = Field(description="Why not; empty: it may.")
    sentence: str


class EmergencyContactView(View):
    """A service that is told when something serious happens."""

    id: UUID
    name: str
    service: Service
    site: Named | None = Field(description="Null: for all sites.")
    number: str
    number_kind: NumberKind | None = Field(description="Null: it has no number.")
    tel: str = Field(description="The link that dials it; empty: it has no number.")
    email: str
    notes: str
    may_call: bool
    may_write: bool
    agreed_at: dt.date | None
    agreed_with: str
    agreement: str
    calls: AutomaticReach
    writes: AutomaticReach
    languages: list[str] = Field(description="In which it has a sheet of its own.")
    position: int
    version: int


class EmergencyLineView(View):
    """A line of a sheet, with its places."""

    kind: LineKind
    text: str


class EmergencySheetView(View):
    """What to say to a contact in a language. Without an id it is the usual one, which nobody wrote yet."""

    id: UUID | None
    language: str
    lines: list[EmergencyLineView]
    version: int = Field(description="0 for the usual one.")


class FilledSheetLineView(View):
    """A line as it is read aloud."""

    kind: LineKind
    label: str
    text: str


class FilledSheetView(View):
    """A sheet filled, ready to be read aloud."""

    contact: str
    language: str
    number: str
    tel: str = Field(description="Empty: there is no number, or it is an emergency number and this is a drill.")
    email: str
    exercise: bool
    notice: str
    lines: list[FilledSheetLineView]


class TextProblemView(View):
    """What is wrong with a line."""

    line: int
    code: ProblemCode
    start: int
    end: int
    sentence: str


class EmergencySheetPreview(View):
    """A sheet filled with example facts, and what is wrong with it."""

    filled: FilledSheetView
    problems: list[TextProblemView]


class TextPlaceView(View):
    """A place that a text may name."""

    name: Place
    token: str
    label: str
    example: str


class CapView(View):
    """A CAP message in a list: the standard's words, what it says of its first language."""

    id: UUID
    direction: Direction
    site: Named | None
    received_from: Named | None
    identifier: str
    sender: str
    sent_at: dt.datetime
    status: str
    msg_type: str
    event: str
    headline: str
    urgency: str
    severity: str
    certainty: str
    expires_at: dt.datetime | None
    created_at: dt.datetime


class CapInfoView(View):
    """What a CAP message says in one language."""

    language: str
    event: str
    headline: str
    description: str
    instruction: str
    contact: str
    areas: list[str]


class CapDetail(CapView):
    """A CAP message with all that it says."""

    infos: list[CapInfoView]


class CapPartner(View):
    """An outside system that sends or fetches CAP messages."""

    id: UUID
    name: str
    site: Named | None = Field(description="Null: for all sites.")
    created_at: dt.datetime


class NewCapSender(View):
    """A sender and, this once, the secret with which it signs."""

    sender: CapPartner
    secret: str


class NewCapReader(View):
    """A reader and, this once, its key and the address of its feed."""

    reader: CapPartner
    key: str
    feed: str


def contact_view(contact: EmergencyContact) -> EmergencyContactView:
    """A contact, in the reader's language."""
    number = number_of(contact)
    return EmergencyContactView(
        id=contact.pk,
        name=contact.name,
        service=Service(contact.service),
        site=_site(contact.site),
        number=contact.number,
        number_kind=number.kind if number else None,
        tel=number.link if number else "",
        email=contact.email,
        notes=contact.notes,
        may_call=contact.may_call,
        may_write=contact.may_write,
        agreed_at=contact.agreed_at,
        agreed_with=contact.agreed_with,
        agreement=contact.agreement,
        calls=_automatic(may_call_automatically(contact)),
        writes=_automatic(may_write_automatically(contact)),
        languages=sorted(sheet.language for sheet in contact.sheets.all()),
        position=contact.position,
        version=contact.version,
    )


def sheet_view(sheet: Sheet) -> EmergencySheetView:
    """A sheet of the organisation's own."""
    lines = [EmergencyLineView(kind=LineKind(line.kind), text=line.text) for line in sheet.lines.all()]
    return EmergencySheetView(id=sheet.pk, language=sheet.language, lines=lines, version=sheet.version)


def usual_view(sheet: SheetText) -> EmergencySheetView:
    """A sheet that nobody wrote."""
    lines = [EmergencyLineView(kind=line.kind, text=line.text) for line in sheet.lines]
    return EmergencySheetView(id=None, language=sheet.language, lines=lines, version=0)


def filled_view(sheet: FilledSheet) -> FilledSheetView:
    """A filled sheet."""
    return FilledSheetView(
        contact=sheet.contact,
        language=sheet.language,
        number=sheet.number,
        tel=sheet.tel,
        email=sheet.email,
        exercise=sheet.exercise,
        notice=sheet.notice,
        lines=[FilledSheetLineView(kind=line.kind, label=line.label, text=line.text) for line in sheet.lines],
    )


def cap_view(message: CapMessage) -> CapView:
    """A message in a list."""
    return CapView.model_validate(_cap_fields(message))


def cap_detail(message: CapMessage) -> CapDetail:
    """A message with all that it says."""
    alert = read(bytes(message.document))
    infos = [
        CapInfoView(
            language=info.language,
            event=info.event,
            headline=info.headline,
            description=info.description,
            instruction=info.instruction,
            contact=info.contact,
            areas=[area.description for area in info.areas],
        )
        for info in alert.infos
    ]
    return CapDetail.model_validate({**_cap_fields(message), "infos": infos})


def partner_view(partner: CapSender | CapReader) -> CapPartner:
    """A sender or a reader."""
    return CapPartner(id=partner.pk, name=partner.name, site=_site(partner.site), created_at=partner.created_at)


def _cap_fields(message: CapMessage) -> dict[str, object]:
    plain = (
        "identifier",
        "sender",
        "sent_at",
        "status",
        "msg_type",
        "event",
        "headline",
        "urgency",
        "severity",
        "certainty",
    )
    sender = message.received_from
    return {
        "id": message.pk,
        "direction": Direction(message.direction),
        "site": _site(message.site),
        "received_from": Named(id=sender.pk, name=sender.name) if sender else None,
        "expires_at": message.expires_at,
        "created_at": message.created_at,
        **{name: getattr(message, name) for name in plain},
    }


def _site(site: Site | None) -> Named | None:
    return Named(id=site.pk, name=site.name) if site else None


def _automatic(answer: Allowed | Denied) -> AutomaticReach:
    if isinstance(answer, Allowed):
        return AutomaticReach(allowed=True, code="", sentence="")
    return AutomaticReach(allowed=False, code=answer.ground.value, sentence=str(answer.sentence))
