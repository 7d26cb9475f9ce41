"""Audits of a site's risks: what each version (`versions.py`) found; and what goes on after an audit is approved.

What is approved is never changed: triggers (`0003_approved`) refuse it, and they hold the four eyes too. What goes on afterwards
(measures that are carried out, tests, links to rules, contradictions that were looked at) are rows of their own.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alerts.models import Rule
from crisis.audits import catalogue
from crisis.audits.pcs.models import (
    CellPost,
    CommandCell,
    Director,
    PcsExercise,
    ReflexSheet,
    SafeguardPlan,
    Shelter,
    Volunteer,
    VulnerablePerson,
)
from crisis.audits.scale import Harm, Likelihood, Treatment, treatment_of
from crisis.audits.versions import (
    UNFINISHED,
    AuditEditor,
    AuditedSite,
    AuditRemark,
    AuditReminder,
    AuditState,
    RemarkKind,
    RiskAudit,
)
from detection.models import Camera
from soc import clock
from soc.people.directory.models import Person
from soc.people.models import Member, Organisation, Site
from soc.people.on_call.models import Schedule

__all__ = [
    "UNFINISHED",
    "AuditEditor",
    "AuditRemark",
    "AuditReminder",
    "AuditState",
    "AuditedRisk",
    "AuditedSite",
    "CellPost",
    "CommandCell",
    "Director",
    "KeptContradiction",
    "Measure",
    "MeasureProgress",
    "MeasureState",
    "PcsExercise",
    "Protection",
    "ProtectionKind",
    "ProtectionTest",
    "ReflexSheet",
    "RemarkKind",
    "RiskAudit",
    "RiskRule",
    "SafeguardPlan",
    "Shelter",
    "Volunteer",
    "VulnerablePerson",
]


_ONE_RESPONSIBLE = Q(responsible_member=None) | Q(responsible_person=None)


class AuditedRisk(models.Model):
    """A risk in an audit: how likely, how bad, what is exposed, what is missing, who is responsible."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    audit = models.ForeignKey(RiskAudit, on_delete=models.PROTECT, related_name="risks")
    number = models.PositiveIntegerField(help_text="Of its site, the same in every version: 3 of R3.")
    code = models.CharField(max_length=32, blank=True, help_text="Of the catalogue; empty: the risk has an own name.")
    own_name = models.CharField(max_length=120, blank=True)
    likelihood = models.PositiveSmallIntegerField(null=True, blank=True, choices=Likelihood.choices)
    severity = models.PositiveSmallIntegerField(null=True, blank=True, choices=Harm.choices)
    score = models.GeneratedField(
        expression=F("likelihood") * F("severity"),
        output_field=models.PositiveSmallIntegerField(null=True),
        db_persist=True,
    )
    exposed = models.TextField(blank=True)
    missing = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    responsible_member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    responsible_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField(null=True, blank=True, help_text="By when what is missing is there.")
    version = models.PositiveIntegerField(default=1, help_text="Counts changes, so that two people editing are told.")

    scope_site: ClassVar = "audit__site_id"

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="audits_risk_in_organisation"),
            models.UniqueConstraint(fields=["audit", "number"], name="audits_risk_number_once"),
            models.CheckConstraint(
                condition=(Q(code="") & ~Q(own_name="")) | (~Q(code="") & Q(own_name="")),
                name="audits_risk_has_one_name",
            ),
            models.CheckConstraint(
                condition=Q(likelihood=None) | Q(likelihood__range=(1, 5)), name="audits_likelihood_of_the_scale"
            ),
            models.CheckConstraint(
                condition=Q(severity=None) | Q(severity__range=(1, 5)), name="audits_severity_of_the_scale"
            ),
            models.CheckConstraint(condition=_ONE_RESPONSIBLE, name="audits_risk_one_responsible"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.name}"

    @property
    def reference(self) -> str:
        """As people say it: R3."""
        return f"R{self.number}"

    @property
    def name(self) -> str:
        """In the active language."""
        return catalogue.name_of(self.code, self.own_name)

    @property
    def treatment(self) -> Treatment | None:
        """What its score asks for; ``None`` before it is judged."""
        return treatment_of(self.likelihood * self.severity) if self.likelihood and self.severity else None


class MeasureState(models.TextChoices):
    """How far a measure is."""

    PLANNED = "planned", _("planned")
    ORDERED = "ordered", _("ordered")
    UNDER_WAY = "under_way", _("under way")
    DONE = "done", _("done")


class Measure(models.Model):
    """What is to be done about a risk. `key` is the same in every version, so that its progress goes on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    risk = models.ForeignKey(AuditedRisk, on_delete=models.CASCADE, related_name="measures")
    key = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveSmallIntegerField(default=0)
    what = models.CharField(max_length=255)
    responsible_member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    responsible_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    state = models.CharField(
        max_length=12, choices=MeasureState.choices, default=MeasureState.PLANNED, help_text="When it was written down."
    )

    scope_site: ClassVar = "risk__audit__site_id"

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="audits_measure_in_organisation"),
            models.UniqueConstraint(fields=["risk", "key"], name="audits_measure_key_once"),
            models.CheckConstraint(condition=_ONE_RESPONSIBLE, name="audits_measure_one_responsible"),
        ]
        indexes: ClassVar = [models.Index(fields=["key"], name="audits_measures_by_key")]

    def __str__(self) -> str:
        return self.what


class MeasureProgress(models.Model):
    """That a measure of an audit in force came to a state. Append-only (trigger): the last one counts."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="progress")
    key = models.UUIDField(help_text="The measure's, whatever the version.")
    state = models.CharField(max_length=12, choices=MeasureState.choices)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    note = models.CharField(max_length=255, blank=True)

    scope_site: ClassVar = "measure__risk__audit__site_id"

    class Meta:
        ordering: ClassVar = ["at", "id"]
        indexes: ClassVar = [models.Index(fields=["key", "at"], name="audits_progress_by_key")]


class ProtectionKind(models.TextChoices):
    """What protects."""

    CAMERA = "camera", _("camera")
    DEVICE = "device", _("device")
    TEAM = "team", _("team on call")
    OTHER = "other", _("something else")


class Protection(models.Model):
    """What already protects against a risk. `key` is the same in every version, so that its tests go on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    risk = models.ForeignKey(AuditedRisk, on_delete=models.CASCADE, related_name="protections")
    key = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=8, choices=ProtectionKind.choices)
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    device = models.UUIDField(
        null=True, blank=True, help_text="Of what is registered for devices: crisis.audits.sources."
    )
    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=120, help_text="What it is; of a camera, device or team as it was called then.")
    last_tested = models.DateField(null=True, blank=True, help_text="When it was written down.")

    scope_site: ClassVar = "risk__audit__site_id"

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="audits_protection_in_organisation"),
            models.UniqueConstraint(fields=["risk", "key"], name="audits_protection_key_once"),
            models.CheckConstraint(
                condition=Q(kind="camera", camera__isnull=False, device=None, schedule=None)
                | Q(kind="device", camera=None, device__isnull=False, schedule=None)
                | Q(kind="team", camera=None, device=None, schedule__isnull=False)
                | Q(kind="other", camera=None, device=None, schedule=None),
                name="audits_protection_names_its_kind",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["key"], name="audits_protections_by_key")]

    def __str__(self) -> str:
        return self.name


class ProtectionTest(models.Model):
    """That somebody tested a protection and found that it works. Append-only (trigger): the last one counts."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    protection = models.ForeignKey(Protection, on_delete=models.PROTECT, related_name="tests")
    key = models.UUIDField(help_text="The protection's, whatever the version.")
    tested_on = models.DateField()
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    note = models.CharField(max_length=255, blank=True)

    scope_site: ClassVar = "protection__risk__audit__site_id"

    class Meta:
        ordering: ClassVar = ["tested_on", "id"]
        indexes: ClassVar = [models.Index(fields=["key", "tested_on"], name="audits_tests_by_key")]


class RiskRule(models.Model):
    """That alerts of a rule are incidents of a site's risk. Of the risk, not of a version: it is no part of what is approved."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(help_text="Of the site's risk.")
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="+")

    scope_site: ClassVar = "site_id"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "number", "rule"], name="audits_rule_of_a_risk_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["rule"], name="audits_risks_by_rule")]


class ContradictionKind(models.TextChoices):
    """How facts contradict an audit."""

    INCIDENTS = "incidents", _("incidents")
    PROTECTION = "protection", _("protection")


class KeptContradiction(models.Model):
    """That somebody looked at a contradiction and kept the audit, and why. Append-only (trigger): the last one counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(help_text="Of the site's risk.")
    kind = models.CharField(max_length=12, choices=ContradictionKind.choices)
    key = models.UUIDField(null=True, blank=True, help_text="The protection's; empty: incidents.")
    likelihood = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Which the incidents spoke for.")
    count = models.PositiveIntegerField(default=0, help_text="Incidents that there were.")
    since = models.DateTimeField(null=True, blank=True, help_text="Since when the protection failed.")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    why = models.TextField()

    scope_site: ClassVar = "site_id"

    class Meta:
        ordering: ClassVar = ["at", "id"]
        indexes: ClassVar = [models.Index(fields=["site", "number"], name="audits_kept_by_risk")]
