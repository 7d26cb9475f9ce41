"""An audit as a version of what was found at a site: who wrote in it, who signed it, what was said about it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from soc import clock
from soc.people.models import Member, Organisation, Site


class AuditState(models.TextChoices):
    """Where an audit stands."""

    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    APPROVED = "approved", _("approved")
    SUPERSEDED = "superseded", _("superseded")
    WITHDRAWN = "withdrawn", _("withdrawn")


UNFINISHED = (AuditState.DRAFT, AuditState.IN_REVIEW)


class AuditedSite(models.Model):
    """What a site's audits count: its row is locked by whoever begins or approves one, so that two follow each other."""

    site = models.OneToOneField(Site, on_delete=models.CASCADE, primary_key=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    audits = models.PositiveIntegerField(default=0, help_text="The number of the site's last audit.")
    risks = models.PositiveIntegerField(default=0, help_text="The number of the site's last risk; none is given twice.")


class RiskAudit(models.Model):
    """A version of the audit of a site's risks. One is in force, one is being written."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="risk_audits")
    number = models.PositiveIntegerField(help_text="1, 2, 3, … of its site: what people call its version.")
    state = models.CharField(max_length=12, choices=AuditState.choices, default=AuditState.DRAFT)
    scope = models.TextField(blank=True, help_text="What was looked at, and how.")
    previous = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="What it was copied from."
    )
    author = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    last_editor = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    edited_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewer = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approver = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    review_on = models.DateField(null=True, blank=True, help_text="The last day on which it holds.")
    superseded_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 over the content, kept at the approval.")
    version = models.PositiveIntegerField(default=1, help_text="Counts changes, so that two people editing are told.")

    scope_site: ClassVar = "site_id"
    named_by: ClassVar = "site"

    class Meta:
        ordering: ClassVar = ["site__name", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="audits_audit_in_organisation"),
            models.UniqueConstraint(fields=["site", "number"], name="audits_number_once"),
            models.UniqueConstraint(
                fields=["site"], condition=Q(state__in=["draft", "in_review"]), name="audits_one_unfinished_a_site"
            ),
            models.UniqueConstraint(fields=["site"], condition=Q(state="approved"), name="audits_one_in_force_a_site"),
            # Four eyes: NULL, when nobody has approved, passes. Of the other editors a trigger asks their table.
            models.CheckConstraint(condition=~Q(approver=F("author")), name="audits_author_does_not_approve"),
            models.CheckConstraint(condition=~Q(approver=F("last_editor")), name="audits_editor_does_not_approve"),
            models.CheckConstraint(
                condition=Q(approver__isnull=True, approved_at__isnull=True, digest="")
                | Q(
                    approver__isnull=False,
                    approved_at__isnull=False,
                    reviewer__isnull=False,
                    review_on__isnull=False,
                    digest__regex="^[0-9a-f]{64}$",
                ),
                name="audits_approved_is_signed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "in_review"], approved_at__isnull=True)
                | Q(state__in=["approved", "superseded"], approved_at__isnull=False)
                | Q(state="withdrawn", withdrawn_at__isnull=False),
                name="audits_state_says_what_was_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site.name}, {self.number}"


class AuditEditor(models.Model):
    """That a member wrote in an audit: who did, does not approve it. Never changed, never deleted (trigger)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    audit = models.ForeignKey(RiskAudit, on_delete=models.PROTECT, related_name="editors")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(default=clock.now)

    scope_site: ClassVar = "audit__site_id"

    class Meta:
        ordering: ClassVar = ["since"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["audit", "member"], name="audits_editor_once")]


class RemarkKind(models.TextChoices):
    """On what occasion somebody remarked something about an audit."""

    SENT_BACK = "sent_back", _("sent back")
    REVIEWED = "reviewed", _("reviewed")
    APPROVED = "approved", _("approved")
    WITHDRAWN = "withdrawn", _("withdrawn")


class AuditRemark(models.Model):
    """What somebody said about an audit when it was sent back, reviewed, approved or withdrawn. Append-only (trigger)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    audit = models.ForeignKey(RiskAudit, on_delete=models.PROTECT, related_name="remarks")
    kind = models.CharField(max_length=12, choices=RemarkKind.choices)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    text = models.TextField()

    scope_site: ClassVar = "audit__site_id"

    class Meta:
        ordering: ClassVar = ["at", "id"]


class AuditReminder(models.Model):
    """That people were told so many days before an audit's end: once."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    audit = models.ForeignKey(RiskAudit, on_delete=models.CASCADE, related_name="+")
    days = models.SmallIntegerField(help_text="Before its end; negative: after it.")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["audit", "days"], name="audits_reminded_once")]
