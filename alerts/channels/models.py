"""Accounts with providers, the browsers that asked for push, and the key that push is signed with."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from alerts.channels.base import Channel, Failure
from soc import clock
from soc.people.models import Member, Organisation


class ProviderAccount(models.Model):
    """An organisation's account with a provider of one channel. Of several the first by position is tried first."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    kind = models.CharField(max_length=32, help_text="A key of `alerts.channels.registry.KINDS`.")
    name = models.CharField(max_length=80)
    settings = models.JSONField(default=dict, help_text="As its kind describes them, without secrets.")
    sealed = models.BinaryField(null=True, blank=True, help_text="Its secrets, sealed by `alerts.channels.secrets`.")
    position = models.PositiveSmallIntegerField(
        default=0, help_text="1, 2, 3, … in its channel: the order of failover."
    )
    enabled = models.BooleanField(default=True)
    per_second = models.FloatField(
        null=True, blank=True, help_text="Segments, calls or messages; null: as its kind says."
    )
    version = models.PositiveIntegerField(default=1, help_text="Counts changes, so that two people editing are told.")
    created_at = models.DateTimeField(default=clock.now)
    last_worked_at = models.DateTimeField(null=True, blank=True)
    last_failed_at = models.DateTimeField(null=True, blank=True)
    last_failure = models.CharField(max_length=16, choices=Failure.choices, blank=True)
    last_forged_at = models.DateTimeField(
        null=True, blank=True, help_text="When a callback in its name was last found forged and journalled."
    )
    removed_at = models.DateTimeField(null=True, blank=True, help_text="The row stays for what was sent by it.")

    class Meta:
        ordering: ClassVar = ["channel", "position", "created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="channels_account_in_organisation"),
            models.UniqueConstraint(
                fields=["organisation", "channel", "name"],
                condition=models.Q(removed_at__isnull=True),
                name="channels_account_name_once",
            ),
            models.CheckConstraint(
                condition=models.Q(per_second__isnull=True) | models.Q(per_second__gt=0),
                name="channels_rate_above_zero",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PushSubscription(models.Model):
    """A browser that a member told to show Vigie's messages. Its row goes when its push service says so."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="push_subscriptions")
    endpoint_digest = models.CharField(
        max_length=64, unique=True, help_text="SHA-256 of the endpoint: a browser is kept once."
    )
    sealed = models.BinaryField(help_text="Endpoint and keys: who has them can write to the browser.")
    user_agent = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    last_worked_at = models.DateTimeField(null=True, blank=True)
    last_failed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="channels_subscription_in_organisation"),
        ]
        indexes: ClassVar = [models.Index(fields=["member"], name="channels_push_by_member")]

    def __str__(self) -> str:
        return self.user_agent or "–"


class PushKey(models.Model):
    """The installation's VAPID key. One row; browsers subscribe to it, so another key would silence all of them."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    public = models.CharField(
        max_length=100, help_text="The point, uncompressed, in base64url: what browsers are given."
    )
    sealed = models.BinaryField(help_text="The private key.")
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="channels_one_push_key")]
