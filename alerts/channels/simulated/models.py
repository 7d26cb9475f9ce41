"""What simulated phones and mailboxes have received."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from alerts.channels.base import Channel
from soc import clock
from soc.people.models import Organisation


class SimulatedMessage(models.Model):
    """A message that stayed here: as the phone of who it is for would show or speak it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    attempt = models.UUIDField(unique=True, help_text="The try that it is; a provider knows no more of us.")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=255, blank=True)
    text = models.TextField(blank=True, help_text="What is read; of a call, what is said.")
    language = models.CharField(max_length=8)
    reference = models.CharField(max_length=24)
    exercise = models.BooleanField(default=False)
    answers = models.JSONField(default=list, help_text="Keys and words that it offers.")
    segments = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["-at"]
        indexes: ClassVar = [models.Index(fields=["organisation", "to", "-at"], name="channels_simulated_phone")]
