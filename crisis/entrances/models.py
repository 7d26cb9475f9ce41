"""Ways in: how a plan starts, what came by each, and first gestures at a button."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crisis.activations.models import Activation
from crisis.plans.models import Plan
from soc import clock
from soc.people.directory.models import Person
from soc.people.models import Member, Organisation, Site


class EntranceKind(models.TextChoices):
    """What kind of way in."""

    BUTTON = "button", _("Alert button")
    WEBHOOK = "webhook", _("Another system (webhook)")
    CALL = "call", _("Call or text with a code")
    CAP = "cap", _("CAP message")


class EntranceHow(models.TextChoices):
    """What it does with its plan."""

    ASK = "ask", _("ask an agent, with a countdown")
    START = "start", _("start it at once")


class Callers(models.TextChoices):
    """From whose number a code is taken."""

    PROFILES = "profiles", _("people with one of these profiles")
    DIRECTORY = "directory", _("everybody of the directory")
    ANYBODY = "anybody", _("any number")


class Entrance(models.Model):
    """A way in to one plan.

    Whoever writes in one that starts its plan at once cannot approve it: triggers write down who wrote, refuse their approval,
    and refuse that what was approved is changed under it (migration 0002).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="entrances")
    kind = models.CharField(max_length=8, choices=EntranceKind.choices)
    name = models.CharField(max_length=120)
    how = models.CharField(max_length=8, choices=EntranceHow.choices, default=EntranceHow.ASK)
    countdown_s = models.PositiveSmallIntegerField(default=60, help_text="How long an agent is asked.")
    starts_when_silent = models.BooleanField(
        default=True, help_text="It starts when nobody answered in time; not: it is dropped, and said so."
    )
    settings = models.JSONField(default=dict, help_text="crisis.entrances.settings, as its kind has them.")
    sealed = models.BinaryField(null=True, blank=True, editable=False, help_text="A webhook's secret, sealed.")
    code = models.CharField(max_length=64, blank=True, editable=False, help_text="A keyed digest of a call's code.")
    secret_at = models.DateTimeField(null=True, blank=True, help_text="When secret or code was made.")
    enabled = models.BooleanField(default=False)
    written_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    edition = models.PositiveIntegerField(default=1, help_text="Counts what was approved and then written in again.")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(
        null=True, blank=True, help_text="When something forged in its name was last journalled."
    )
    version = models.PositiveIntegerField(default=1, help_text="Counts changes, so that two people editing are told.")

    scope_site: ClassVar = "site_id"

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="entrances_entrance_in_organisation"),
            models.UniqueConstraint(
                fields=["site", "name"], condition=Q(removed_at=None), name="entrances_name_once_a_site"
            ),
            models.CheckConstraint(condition=Q(countdown_s__range=(5, 900)), name="entrances_countdown"),
            models.CheckConstraint(
                condition=Q(enabled=False) | Q(how="ask") | Q(approved_by__isnull=False),
                name="entrances_at_once_is_approved",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="entrances_approved_by_somebody",
            ),
            models.CheckConstraint(condition=Q(enabled=False) | Q(removed_at=None), name="entrances_removed_is_off"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "kind"], condition=Q(enabled=True), name="entrances_on"),
        ]

    def __str__(self) -> str:
        return self.name


class EntranceEditor(models.Model):
    """That a member wrote in an edition of an entrance: none of them approves it. Rows come from a trigger."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    entrance = models.ForeignKey(Entrance, on_delete=models.CASCADE, related_name="editors")
    edition = models.PositiveIntegerField()
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")

    scope_site: ClassVar = "entrance__site_id"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entrance", "edition", "member"], name="entrances_editor_once"),
        ]


class EntranceOutcome(models.TextChoices):
    """What came of something that came in."""

    STARTED = "started", _("started the plan")
    ASKED = "asked", _("asked an agent")
    LINKED = "linked", _("joined what was under way")
    DRILL = "drill", _("began a drill")
    NOTHING = "nothing", _("did nothing")
    REFUSED = "refused", _("was refused")


class EntranceCall(models.Model):
    """Something that came in by an entrance, and what came of it."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    entrance = models.ForeignKey(Entrance, on_delete=models.PROTECT, related_name="calls")
    at = models.DateTimeField(default=clock.now)
    outcome = models.CharField(max_length=8, choices=EntranceOutcome.choices)
    reason = models.CharField(max_length=48, blank=True, help_text="Why it was refused or did nothing, a code.")
    key = models.CharField(
        max_length=600, blank=True, help_text="Of what came, so that the same does nothing twice; empty: refused."
    )
    digest = models.CharField(max_length=64, blank=True, help_text="Of a webhook's body.")
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, null=True, blank=True, related_name="calls")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sender = models.CharField(max_length=16, blank=True, help_text="The end of a number that is nobody's.")
    said = models.CharField(max_length=500, blank=True, help_text="Where the person is, or what the system writes.")
    erased_at = models.DateTimeField(
        null=True, blank=True, help_text="When what was said, and by whom, was erased; what came of it stays."
    )

    scope_site: ClassVar = "entrance__site_id"

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entrance", "key"], condition=~Q(key=""), name="entrances_call_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="entrances_call_in_organisation"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["entrance", "-id"], name="entrances_lately"),
            models.Index(fields=["member", "-id"], condition=Q(member__isnull=False), name="entrances_own"),
            models.Index(fields=["organisation", "at"], condition=Q(erased_at=None), name="entrances_to_erase"),
        ]


class Press(models.Model):
    """The first of the two gestures at a button: it says what is about to happen, and lasts for seconds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    entrance = models.ForeignKey(Entrance, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    used_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, help_text="Of what was shown: the second gesture is about exactly that.")

    scope_site: ClassVar = "entrance__site_id"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="entrances_press_in_organisation"),
        ]
