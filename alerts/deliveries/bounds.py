"""What bounds the outbox: how much may leave, how long things are kept, when the outside was told that nothing is late."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from soc.people.models import Organisation


class Pace(models.Model):
    """How much a provider may still be given: a bucket that fills at its rate and holds one second of it."""

    account = models.UUIDField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    left = models.FloatField(help_text="Segments, calls or messages; below zero: wait.")
    at = models.DateTimeField(help_text="By the database's clock.")


class Limits(models.Model):
    """How much of an organisation's may leave in a minute, so that a broken rule cannot text a town."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, primary_key=True, related_name="+")
    alarms = models.PositiveIntegerField(
        default=20, help_text="Messages of alerts a minute, however many people each goes to."
    )
    deliveries = models.PositiveIntegerField(default=1000, help_text="Deliveries a minute of plain alerts.")
    version = models.PositiveIntegerField(default=1)
    over_at = models.DateTimeField(null=True, blank=True, help_text="When something was held back last.")

    scope_site: ClassVar = None


class Keeping(models.Model):
    """For how many days words, numbers and names of messages and activations are kept."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, primary_key=True, related_name="+")
    days = models.PositiveSmallIntegerField(default=365, help_text="Counted from the message, or the end of a plan.")
    version = models.PositiveIntegerField(default=1)

    scope_site: ClassVar = None


class OutsideMonitor(models.Model):
    """When a monitor outside was told last that nothing is late. One row an installation."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    tried_at = models.DateTimeField(null=True, blank=True)
    succeeded_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=16, blank=True, help_text="crisis.activations.outside.Why; empty: none.")

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="deliveries_one_outside_monitor")]


class Spent(models.Model):
    """What was let through in the last minute, and when; older rows go."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    alarms = models.PositiveIntegerField()
    deliveries = models.PositiveIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organisation", "at"], name="deliveries_spent")]
