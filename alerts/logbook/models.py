"""Shifts: who is on duty where, since when, and to whom it was handed over."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

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
        return f"{self.member_id} {self.started_at:%Y-%m-%d %H:%M}"
