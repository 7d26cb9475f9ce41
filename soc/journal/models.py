"""What the journal keeps: entries, what of them is personal, and the seals over committed entries."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from soc import clock
from soc.people.models import Organisation


class Entry(models.Model):
    """One thing that happened. Inserted in the transaction of what it records; never changed, never deleted (trigger)."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    actor_id = models.UUIDField(null=True, help_text="The member who did it; empty when the system did.")
    action = models.CharField(max_length=64, help_text="A code of soc.journal.actions, rendered when read.")
    subject_kind = models.CharField(max_length=48, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    site_id = models.UUIDField(null=True)
    details = models.JSONField(
        default=dict, help_text="Parameters of the action: before, after, reason. No personal data."
    )
    personal_digest = models.CharField(
        max_length=64, blank=True, help_text="Salted SHA-256 of the personal data; stays when that is erased."
    )

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["organisation", "at"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action}"


class Personal(models.Model):
    """The personal data of one entry. The only part of the journal that can be erased."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="personal")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    salt = models.BinaryField(max_length=16)
    data = models.JSONField()


class Seal(models.Model):
    """A link of an organisation's seal chain: a keyed digest over the entries it covers and the seal before."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.BigIntegerField()
    sealed_at = models.DateTimeField(auto_now_add=True)
    entry_count = models.IntegerField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "number"], name="journal_seal_number_once"),
        ]


class SealedEntry(models.Model):
    """Which seal covers an entry, and at which place: entries commit out of order, seals do not."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="sealed")
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="entries")
    position = models.IntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["seal", "position"], name="journal_position_once"),
        ]
