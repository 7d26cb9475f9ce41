"""Emergency services, what is said to them, and who speaks CAP."""

from __future__ import annotations

import datetime as dt
from typing import Any

from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from crisis.emergency.models import (
    CapMessage,
    CapReader,
    CapSender,
    Direction,
    EmergencyContact,
    Service,
    Sheet,
    SheetLine,
)
from soc.people.authentication import digest
from tests.factories.base import typed
from tests.factories.people import OrganisationFactory


class _EmergencyContact(DjangoModelFactory[EmergencyContact]):
    """The ambulance: a person calls it. ``EmergencyContactFactory(agreed=True)`` is one that a plan may call and write to."""

    class Meta:
        model = EmergencyContact
        exclude = ("agreed",)

    agreed = False
    organisation = SubFactory(OrganisationFactory)
    name = Sequence(lambda n: f"Service {n}")
    service = LazyAttribute(lambda made: Service.OTHER if made.agreed else Service.MEDICAL)
    number = LazyAttribute(lambda made: "+33 4 76 00 00 00" if made.agreed else "15")
    normalised = LazyAttribute(lambda made: "+33476000000" if made.agreed else "15")
    email = LazyAttribute(lambda made: "duty@service.example" if made.agreed else "")
    may_call = SelfAttribute("agreed")
    may_write = SelfAttribute("agreed")
    agreed_at = LazyAttribute(lambda made: dt.date(2026, 1, 15) if made.agreed else None)
    agreed_with = LazyAttribute(lambda made: "The officer on duty" if made.agreed else "")


class _EmergencySheet(DjangoModelFactory[Sheet]):
    """A sheet with one line: ``EmergencySheetFactory(contact=…, text="…")``."""

    class Meta:
        model = Sheet
        skip_postgeneration_save = True

    contact = SubFactory(_EmergencyContact)
    organisation = SelfAttribute("contact.organisation")
    language = "en"

    @classmethod
    def _create(cls, model_class: type[Sheet], *args: Any, **kwargs: Any) -> Sheet:
        text: str = kwargs.pop("text", "At {site}.")
        sheet = model_class.objects.create(*args, **kwargs)
        SheetLine.objects.create(organisation=sheet.organisation, sheet=sheet, position=0, kind="where", text=text)
        return sheet


class _CapSender(DjangoModelFactory[CapSender]):
    """A sender whose secret nobody knows; one that can sign is made by `crisis.emergency.cap.access`."""

    class Meta:
        model = CapSender

    organisation = SubFactory(OrganisationFactory)
    name = Sequence(lambda n: f"CAP sender {n}")
    sealed = b"nobody's"


class _CapReader(DjangoModelFactory[CapReader]):
    """A reader; its key is `key`."""

    class Meta:
        model = CapReader
        exclude = ("key",)

    key = Sequence(lambda n: f"vigie-cap-key-{n}")
    organisation = SubFactory(OrganisationFactory)
    name = Sequence(lambda n: f"CAP reader {n}")
    digest = LazyAttribute(lambda made: digest(made.key))


class _CapMessage(DjangoModelFactory[CapMessage]):
    """A message given out, with the least that a document needs; its event is `event`."""

    class Meta:
        model = CapMessage

    organisation = SubFactory(OrganisationFactory)
    direction = Direction.OUT
    identifier = Sequence(lambda n: f"message-{n}")
    sender = "tests@vigie.example"
    sent_at = LazyFunction(lambda: dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC))
    status = "Actual"
    msg_type = "Alert"
    event = "Fire"
    document = LazyAttribute(lambda made: _cap_document(made).encode())


def _cap_document(made: Any) -> str:
    return (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>{made.identifier}</identifier><sender>{made.sender}</sender>"
        f"<sent>2026-03-01T12:00:00+00:00</sent><status>{made.status}</status><msgType>{made.msg_type}</msgType>"
        f"<scope>Public</scope><info><category>Fire</category><event>{made.event}</event><urgency>Immediate</urgency>"
        "<severity>Severe</severity><certainty>Observed</certainty></info></alert>"
    )


EmergencyContactFactory = typed(_EmergencyContact)
EmergencySheetFactory = typed(_EmergencySheet)
CapSenderFactory = typed(_CapSender)
CapReaderFactory = typed(_CapReader)
CapMessageFactory = typed(_CapMessage)
