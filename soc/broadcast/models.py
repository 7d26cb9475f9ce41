"""What a client that was away is owed: numbered events, and the organisation's counter."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from soc import clock
from soc.people.models import Organisation, Site


class Counter(models.Model):
    """The last number given in an organisation's feed. Its row is locked last in a transaction."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, primary_key=True, related_name="+")
    last = models.BigIntegerField(default=0)


class FeedEvent(models.Model):
    """One numbered event of an organisation's feed, kept for a day so that gaps can be replayed."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    number = models.BigIntegerField()
    kind = models.CharField(max_length=48)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, related_name="+")
    right = models.CharField(max_length=32, help_text="The right a recipient must hold (at the site, if one is named).")
    payload = models.JSONField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "number"], name="broadcast_number_once"),
        ]
