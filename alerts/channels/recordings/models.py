"""What is kept of a recording: the sound in its one form, the words that say the same, who made it; and for how long."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from soc import clock
from soc.people.models import Member, Organisation, Site

LONGEST_TEXT = 1000
DAYS_AT_FIRST = 30


class Origin(models.TextChoices):
    """Where a recording comes from."""

    UPLOADED = "uploaded", _("uploaded")
    MADE = "made", _("made on the spot")


class SoundRecording(models.Model):
    """A spoken text, with the same in writing. What it says is never changed (migration 0002)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=12)
    text = models.TextField(blank=True, help_text="What it says, in writing; empty: erased together with the sound.")
    origin = models.CharField(max_length=8, choices=Origin.choices)
    file = models.FileField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="Bytes.")
    seconds = models.FloatField()
    made_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    unused_since = models.DateTimeField(
        default=clock.now, null=True, help_text="Since when nothing names it; null: something does."
    )
    removed_at = models.DateTimeField(null=True, blank=True, help_text="Since when it is not offered any more.")
    destroyed_at = models.DateTimeField(null=True, blank=True, help_text="When its sound and its words were deleted.")

    scope_site: ClassVar = "site_id"

    class Meta:
        ordering: ClassVar = ["-made_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="recordings_recording_in_organisation"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["made_at"], condition=Q(destroyed_at=None), name="recordings_kept"),
        ]

    def __str__(self) -> str:
        return self.text[:40]


class RecordingPolicy(models.Model):
    """For how long an organisation keeps recordings that nothing uses."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, primary_key=True, related_name="+")
    days = models.PositiveSmallIntegerField(default=DAYS_AT_FIRST)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=365), name="recordings_days_in_bounds"),
        ]
