"""What the journal keeps: entries, what of them is personal, and the seals over committed entries."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from soc import clock
from soc.people.models import Member, Organisation


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

    scope_site: ClassVar = "site_id"

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["organisation", "at"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action}"


class Unsealed(models.Model):
    """A committed entry that waits for its seal.

    A trigger adds the row with its entry, so writers share no lock; the sealer sees the row when the entry's transaction has
    committed, however late, and removes it.
    """

    entry_id = models.BigIntegerField(primary_key=True)
    organisation_id = models.UUIDField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organisation_id", "entry_id"])]


class Personal(models.Model):
    """The personal data of one entry. The only part of the journal that can be erased."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="personal")
    salt = models.BinaryField(max_length=16)
    text = models.TextField(help_text="Canonical JSON, kept to the letter: its digest is sealed with the entry.")

    scope_organisation: ClassVar = "entry__organisation_id"


class Seal(models.Model):
    """A link of an organisation's seal chain: a keyed digest over the entries it lists and the seal before. Append-only.

    Entries commit out of order, so a seal lists its entries: the n-th of `entry_digests` is that of the n-th of `entry_ids`.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.BigIntegerField(help_text="1, 2, 3, … without a gap.")
    sealed_at = models.DateTimeField()
    entry_ids = ArrayField(models.BigIntegerField())
    entry_digests = ArrayField(models.CharField(max_length=64))
    previous = models.CharField(max_length=64, help_text="Digest of the seal before; zeros in the first.")
    digest = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "number"], name="journal_seal_number_once"),
        ]
        # Which seal lists this entry?
        indexes: ClassVar = [GinIndex(fields=["entry_ids"], name="journal_seal_of_entry")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.number}"


class VerificationRun(models.Model):
    """A verification of the whole journal that somebody asked for, and what it found: a job, since years take minutes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True, help_text="When the process that runs it last said so.")
    finished_at = models.DateTimeField(null=True, blank=True)
    entries = models.BigIntegerField(default=0, help_text="Sealed entries looked at so far.")
    total = models.BigIntegerField(default=0, help_text="Sealed entries that there are.")
    found = models.JSONField(
        null=True, blank=True, help_text="What was found; soc.journal.verifying writes and reads it."
    )

    class Meta:
        ordering: ClassVar = ["-asked_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(finished_at__isnull=True),
                name="journal_one_verification_under_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.asked_at:%Y-%m-%d %H:%M:%S}"
