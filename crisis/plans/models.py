"""Plans, their versions, who approved each, and which rule starts which."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alerts.models import Rule
from crisis.plans.content import PlanContent
from soc import clock
from soc.people.models import Member, Organisation, Site


class Plan(models.Model):
    """What is done at a site when a risk comes true. What it says is in its versions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="plans")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, help_text="Counts changes of its name and its removal.")

    scope_site: ClassVar = "site_id"

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["site", "name"], condition=Q(removed_at=None), name="crisis_plans_name_once_a_site"
            ),
            models.UniqueConstraint(fields=["organisation", "id"], name="crisis_plans_plan_in_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class VersionState(models.TextChoices):
    """Where a version stands."""

    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("waiting for approval")
    APPROVED = "approved", _("approved")
    SUPERSEDED = "superseded", _("superseded")


class PlanVersion(models.Model):
    """What a plan says. A plan has at most one that is being written and one that is approved.

    That two pairs of eyes saw it is kept by the database: whoever wrote in it cannot approve it (a constraint, and a trigger that
    reads `PlanEditor`), and triggers refuse every change of an approved one but that it is superseded (migration 0002).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=VersionState.choices, default=VersionState.DRAFT)
    document = models.JSONField(help_text="crisis.plans.content.PlanContent.")
    risk = models.UUIDField(null=True, blank=True, help_text="The risk of an approved audit that it answers.")
    author = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    edited_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    sent_back = models.CharField(max_length=1000, blank=True, help_text="Why it was sent back.")
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of what was approved.")
    edits = models.PositiveIntegerField(default=1, help_text="Counts changes, so that two people editing are told.")

    scope_site: ClassVar = "plan__site_id"

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="crisis_plans_version_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="crisis_plans_version_in_organisation"),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(state__in=["draft", "in_review"]), name="crisis_plans_one_draft"
            ),
            models.UniqueConstraint(fields=["plan"], condition=Q(state="approved"), name="crisis_plans_one_in_force"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("author")) & ~Q(approved_by=F("edited_by")),
                name="crisis_plans_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "in_review"], approved_by=None, approved_at=None, digest="")
                | Q(state__in=["approved", "superseded"], approved_by__isnull=False, approved_at__isnull=False)
                & ~Q(digest=""),
                name="crisis_plans_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.number}"

    @property
    def content(self) -> PlanContent:
        """The document, in its types."""
        return PlanContent.model_validate(self.document)


class PlanEditor(models.Model):
    """That a member wrote in a version: none of them approves it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="editors")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")

    scope_site: ClassVar = "version__plan__site_id"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "member"], name="crisis_plans_editor_once"),
        ]


class Starting(models.TextChoices):
    """What a rule's alert does with a plan."""

    OWN_PEOPLE = "own_people", _("tell the organisation's own people at once, ask for the rest")
    ASK = "ask", _("ask an agent, with a countdown")


class RulePlan(models.Model):
    """Which plan an alert of a rule starts, and how. Rules themselves know nothing of plans."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    rule = models.OneToOneField(Rule, on_delete=models.CASCADE, related_name="starts")
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="started_by")
    starting = models.CharField(max_length=12, choices=Starting.choices, default=Starting.ASK)
    countdown_s = models.PositiveSmallIntegerField(default=60, help_text="How long an agent is asked.")
    starts_when_silent = models.BooleanField(
        default=True, help_text="It starts when nobody answered in time; not: it is dropped, and said so."
    )
    version = models.PositiveIntegerField(default=1)

    scope_site: ClassVar = "plan__site_id"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="crisis_plans_start_in_organisation"),
            models.CheckConstraint(condition=Q(countdown_s__range=(5, 900)), name="crisis_plans_countdown"),
        ]
