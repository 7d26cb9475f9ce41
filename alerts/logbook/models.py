"""Shifts, and the book: entries that are never written over, what they say, and what they are about."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alerts.models import Alert
from detection.models import Camera
from soc import clock
from soc.people.models import Member, Organisation, Site


class Shift(models.Model):
    """A member's time on duty, at one site or at all of them. A member has one at a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    handed_over_to = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: ended plainly."
    )

    scope_site: ClassVar = "site_id"
    scope_unplaced: ClassVar = True

    class Meta:
        ordering: ClassVar = ["started_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member"], condition=models.Q(ended_at__isnull=True), name="logbook_one_shift_a_member"
            ),
            models.UniqueConstraint(fields=["organisation", "id"], name="logbook_shift_in_organisation"),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=False) | models.Q(handed_over_to__isnull=True),
                name="logbook_handed_over_when_ended",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "-started_at"], name="logbook_shifts_by_start")]

    def __str__(self) -> str:
        return f"{localtime(self.started_at):%Y-%m-%d %H:%M}"


class Category(models.Model):
    """What an entry is about. Each organisation has its own list; it begins with the usual ones."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=32, help_text="Stable, for programs and icons.")
    names = models.JSONField(help_text="Language code to name.")
    position = models.PositiveSmallIntegerField(default=0)
    offered = models.BooleanField(default=True, help_text="Whether new entries may have it.")
    version = models.PositiveIntegerField(default=1, help_text="Counts changes, so that two people editing are told.")

    class Meta:
        ordering: ClassVar = ["position", "key"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "key"], name="logbook_category_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="logbook_category_in_organisation"),
        ]

    def __str__(self) -> str:
        """Its name in the active language, or else in any."""
        names: dict[str, str] = self.names
        language = (get_language() or "en").split("-")[0]
        return names.get(language) or names.get("en") or next(iter(names.values()), self.key)


class Policy(models.Model):
    """How long an organisation keeps what its agents wrote."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, primary_key=True, related_name="+")
    months = models.PositiveSmallIntegerField(default=12, help_text="Texts are erased after this many months.")


class Numbering(models.Model):
    """The last number given in a year of an organisation's logbook. Its row is locked when all else is decided."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "year"], name="logbook_numbering_once"),
        ]


class EntryKind(models.TextChoices):
    """How an entry stands to an earlier one."""

    ENTRY = "entry", _("entry")
    CORRECTION = "correction", _("correction")
    ADDITION = "addition", _("addition")


class LogbookEntry(models.Model):
    """One thing that was seen or done. Never changed, never deleted (trigger): what was wrong is corrected by a later entry."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    year = models.PositiveSmallIntegerField(help_text="Of the organisation's wall clock when it was written.")
    number = models.PositiveIntegerField(help_text="1, 2, 3, … in its year, without a gap.")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=EntryKind.choices, default=EntryKind.ENTRY)
    refers_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followers", help_text="What it corrects."
    )
    happened_at = models.DateTimeField()
    written_at = models.DateTimeField(default=clock.now)
    author = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    words_digest = models.CharField(max_length=64, help_text="Salted SHA-256 of the words; stays when they are erased.")

    scope_site: ClassVar = "site_id"
    scope_unplaced: ClassVar = True

    class Meta:
        ordering: ClassVar = ["-happened_at", "-year", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "year", "number"], name="logbook_number_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="logbook_entry_in_organisation"),
            models.UniqueConstraint(
                fields=["refers_to"], condition=models.Q(kind="correction"), name="logbook_corrected_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="entry", refers_to__isnull=True)
                | (~models.Q(kind="entry") & models.Q(refers_to__isnull=False)),
                name="logbook_refers_when_it_follows",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "-happened_at"], name="logbook_by_time")]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """The number as people say it: 2026-0001."""
        return f"{self.year}-{self.number:04d}"


class LogbookWords(models.Model):
    """What an entry says, and where in free words: personal data of whoever is named. All of an entry that can be erased."""

    entry = models.OneToOneField(LogbookEntry, on_delete=models.PROTECT, primary_key=True, related_name="words")
    salt = models.BinaryField(max_length=16)
    text = models.TextField()
    place = models.CharField(max_length=120, blank=True)

    scope_organisation: ClassVar = "entry__organisation_id"
    scope_site: ClassVar = "entry__site_id"
    scope_unplaced: ClassVar = True


class AlertLink(models.Model):
    """An alert that an entry is about."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(LogbookEntry, on_delete=models.PROTECT, related_name="alert_links")
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="logbook_links")

    scope_site: ClassVar = "alert__site_id"

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "alert"], name="logbook_alert_once")]


class CameraLink(models.Model):
    """A camera that an entry is about."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(LogbookEntry, on_delete=models.PROTECT, related_name="camera_links")
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="logbook_links")

    scope_site: ClassVar = "camera__site_id"

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "camera"], name="logbook_camera_once")]


class Handover(models.Model):
    """A shift handed over: signed first by who leaves it, then by who takes it over. What was signed is never changed (trigger).

    The words are those of `entry`. The first signature can be withdrawn until the second is there.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="handovers")
    entry = models.OneToOneField(LogbookEntry, on_delete=models.PROTECT, related_name="handover")
    summary = models.JSONField(help_text="What stood open at the first signature: `alerts.logbook.handover.summary`.")
    digest = models.CharField(max_length=64, help_text="SHA-256 over the summary and the digest of the entry's words.")
    given_at = models.DateTimeField(default=clock.now, help_text="When who leaves signed.")
    taken_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_here = models.BooleanField(default=False, help_text="Signed on the screen of who leaves.")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    named_by: ClassVar = "entry"
    # Of a shift at all sites it is for those only who see all of them: the summary names cameras and alerts.
    scope_site: ClassVar = "site_id"

    class Meta:
        ordering: ClassVar = ["-given_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shift"], condition=models.Q(withdrawn_at__isnull=True), name="logbook_one_handover_a_shift"
            ),
            models.CheckConstraint(
                condition=models.Q(taken_at__isnull=True, taken_by__isnull=True)
                | models.Q(taken_at__isnull=False, taken_by__isnull=False, withdrawn_at__isnull=True),
                name="logbook_taken_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.entry.reference

    @property
    def is_waiting(self) -> bool:
        """Whether the second signature is missing."""
        return self.taken_at is None and self.withdrawn_at is None
