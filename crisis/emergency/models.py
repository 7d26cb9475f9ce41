"""What is kept of emergency services: whom to reach and how, what to say to them, and CAP messages in and out."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from soc import clock
from soc.people.models import Organisation, Site


class Service(models.TextChoices):
    """What a contact is."""

    MEDICAL = "medical", _("Ambulance (15)")
    POLICE = "police", _("Police (17)")
    FIRE = "fire", _("Fire brigade (18)")
    EUROPEAN = "european", _("European emergency number (112)")
    DEAF = "deaf", _("Emergency by text, for deaf people (114)")
    PREFECTURE = "prefecture", _("Prefecture")
    TOWN_HALL = "town_hall", _("Town hall")
    GAS = "gas", _("Gas emergencies")
    ELECTRICITY = "electricity", _("Electricity faults")
    POISON = "poison", _("Poison centre")
    OTHER = "other", _("Another service")


class EmergencyContact(models.Model):
    """A service that is told when something serious happens. A person calls it, unless it was agreed that the system may.

    What was agreed is one act about this number and this address: it falls when they change.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: for all sites."
    )
    name = models.CharField(max_length=120)
    service = models.CharField(max_length=16, choices=Service.choices)
    number = models.CharField(max_length=40, blank=True, help_text="As it was entered.")
    normalised = models.CharField(max_length=16, blank=True, help_text="E.164, or the digits of a short number.")
    email = models.EmailField(blank=True)
    notes = models.TextField(max_length=2000, blank=True)
    may_call = models.BooleanField(default=False, help_text="It is agreed that a plan calls the full number by itself.")
    may_write = models.BooleanField(
        default=False, help_text="It is agreed that a plan writes to the address by itself."
    )
    agreed_at = models.DateField(null=True, blank=True)
    agreed_with = models.CharField(max_length=150, blank=True, help_text="Who agreed, at the service.")
    agreement = models.TextField(max_length=2000, blank=True, help_text="What was agreed, and where it is written.")
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, help_text="Plans may still name who was removed.")
    version = models.PositiveIntegerField(default=1, help_text="Counts changes, so that two people editing are told.")

    scope_site: ClassVar = "site_id"
    scope_unplaced: ClassVar = True

    class Meta:
        ordering: ClassVar = ["position", "name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="emergency_contact_in_organisation"),
            models.CheckConstraint(condition=~Q(number="") | ~Q(email=""), name="emergency_contact_reachable"),
            # A short number never fits: seven digits behind a "+" are the least that a country has.
            models.CheckConstraint(
                condition=Q(may_call=False) | Q(normalised__regex=r"^\+[1-9][0-9]{7,14}$"),
                name="emergency_only_full_numbers_are_called",
            ),
            models.CheckConstraint(
                condition=Q(may_write=False) | ~Q(email=""), name="emergency_only_addresses_are_written_to"
            ),
            models.CheckConstraint(
                condition=Q(may_call=False, may_write=False) | (Q(agreed_at__isnull=False) & ~Q(agreed_with="")),
                name="emergency_agreed_with_somebody",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "position"], name="emergency_contacts")]

    def __str__(self) -> str:
        return self.name


class LineKind(models.TextChoices):
    """What a line of a sheet tells, in the order in which services ask."""

    WHO = "who", _("Who calls")
    WHERE = "where", _("Where")
    WHAT = "what", _("What happens")
    SINCE = "since", _("Since when")
    HOW_MANY = "how_many", _("How many people")
    DANGERS = "dangers", _("Dangers")
    ACCESS = "access", _("Access")
    MEETING_POINT = "meeting_point", _("Meeting point")
    CALLBACK = "callback", _("Number to call back")
    OTHER = "other", _("Also")


class Sheet(models.Model):
    """What to say to a contact, in one language: lines with places, filled when they are needed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(EmergencyContact, on_delete=models.PROTECT, related_name="sheets")
    language = models.CharField(max_length=8)
    version = models.PositiveIntegerField(default=1, help_text="Counts changes, so that two people editing are told.")

    named_by: ClassVar = "contact"
    scope_site: ClassVar = "contact__site_id"
    scope_unplaced: ClassVar = True

    class Meta:
        ordering: ClassVar = ["language"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contact", "language"], name="emergency_sheet_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="emergency_sheet_in_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.contact} ({self.language})"


class SheetLine(models.Model):
    """A line of a sheet."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=LineKind.choices)
    text = models.TextField(max_length=1000, help_text="With places: crisis.templates.")

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "position"], name="emergency_line_once"),
        ]


class CapSender(models.Model):
    """An outside system that may send CAP messages: it signs them with a secret that is shown once and kept sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: for all sites."
    )
    name = models.CharField(max_length=120)
    sealed = models.BinaryField(editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    scope_site: ClassVar = "site_id"
    scope_unplaced: ClassVar = True

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="emergency_cap_sender_in_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class CapReader(models.Model):
    """An outside system that may fetch the messages given out: it has a key, of which only the digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: of all sites."
    )
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    scope_site: ClassVar = "site_id"
    scope_unplaced: ClassVar = True

    class Meta:
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Direction(models.TextChoices):
    """Which way a message went."""

    OUT = "out", _("given out")
    IN = "in", _("received")


class CapMessage(models.Model):
    """A CAP message as it went out or came in. Never changed (trigger): an update or a cancellation is another message.

    The columns are the standard's words, and of the first language; all of it is in the document.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: all sites."
    )
    direction = models.CharField(max_length=4, choices=Direction.choices)
    received_from = models.ForeignKey(CapSender, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    identifier = models.CharField(max_length=255)
    sender = models.CharField(max_length=255)
    sent_at = models.DateTimeField()
    status = models.CharField(max_length=10)
    msg_type = models.CharField(max_length=10)
    event = models.TextField(blank=True)
    headline = models.TextField(blank=True)
    urgency = models.CharField(max_length=10, blank=True)
    severity = models.CharField(max_length=10, blank=True)
    certainty = models.CharField(max_length=10, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    document = models.BinaryField(help_text="The XML, as it is given out or as it came.")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    scope_site: ClassVar = "site_id"
    scope_unplaced: ClassVar = True

    class Meta:
        ordering: ClassVar = ["-created_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "direction", "sender", "identifier", "sent_at"], name="emergency_cap_once"
            ),
            models.UniqueConstraint(fields=["organisation", "id"], name="emergency_cap_in_organisation"),
            models.CheckConstraint(
                condition=Q(direction="in", received_from__isnull=False)
                | Q(direction="out", received_from__isnull=True),
                name="emergency_cap_from_somebody",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "direction", "-created_at"], name="emergency_cap_newest")
        ]

    def __str__(self) -> str:
        return self.headline or self.event or self.identifier
