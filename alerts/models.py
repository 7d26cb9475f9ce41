"""Rules, the alerts they raise, what was done about each, and what was recorded."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from detection.models import Camera, Line, Zone
from soc import clock
from soc.people.models import Member, Organisation, Site


class Severity(models.IntegerChoices):
    """How bad; ordered, so that lists sort by it. ISO 22324's colours are the front end's."""

    LOW = 1, _("low")
    MEDIUM = 2, _("medium")
    HIGH = 3, _("high")
    CRITICAL = 4, _("critical")


class RuleState(models.TextChoices):
    """A rule runs silently until it is switched on."""

    OFF = "off", _("off")
    SILENT = "silent", _("silent run")
    ON = "on", _("on")


class Rule(models.Model):
    """What on a camera raises an alert. The kind's own settings are described once, in alerts/rules/<kind>.py."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="rules")
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="rules")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=32, help_text="Key of the kind in alerts.rules.registry.")
    settings = models.JSONField(default=dict, help_text="The kind's settings, validated by its pydantic model.")
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, null=True, blank=True, related_name="rules")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, null=True, blank=True, related_name="rules")
    schedule = models.JSONField(default=list, help_text="alerts.rules.schedule.Hours, empty: always.")
    severity = models.PositiveSmallIntegerField(choices=Severity.choices, default=Severity.MEDIUM)
    quiet_s = models.PositiveIntegerField(
        default=120, help_text="How long the rule stays quiet after a situation ended."
    )
    purpose = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=8, choices=RuleState.choices, default=RuleState.SILENT)
    authorising_text = models.CharField(max_length=255, blank=True)
    authorised_from = models.DateField(null=True, blank=True)
    authorised_until = models.DateField(null=True, blank=True)
    expires_at = models.DateTimeField(help_text="A rule ends after six months unless it is renewed.")
    expiry_told_at = models.DateTimeField(null=True, blank=True, help_text="When people were told that it ends soon.")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True, blank=True)

    scope_site: ClassVar = "camera__site_id"

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "id"], name="alerts_rule_in_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class RuleVersion(models.Model):
    """A rule as it was from `at` on: all its fields, who wrote them and why. Written in the transaction of the change."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now)
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, related_name="+", help_text="Null: the system."
    )
    written = models.JSONField(help_text="The fields of alerts.rule_services.RuleDraft.")
    area_name = models.CharField(max_length=120, blank=True, help_text="The zone or line, as it was; empty: all.")
    expires_at = models.DateTimeField()
    renewed = models.BooleanField(default=False)
    restored = models.PositiveIntegerField(null=True, help_text="The version that this one went back to.")
    reason = models.CharField(max_length=32, blank=True, help_text="Why the system did it, a code.")
    comment = models.CharField(max_length=255, blank=True)

    scope_site: ClassVar = "rule__camera__site_id"

    class Meta:
        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "version"], name="alerts_rule_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} v{self.version}"


class AlertState(models.TextChoices):
    """Where an alert stands."""

    OPEN = "open", _("open")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    RESOLVED = "resolved", _("resolved")
    FALSE_ALARM = "false_alarm", _("false alarm")


UNCLOSED = (AlertState.OPEN, AlertState.ACKNOWLEDGED)


class FalseAlarmReason(models.TextChoices):
    """Why an alert was none: a code, so that a rule's false alarms can be counted by reason."""

    WEATHER = "weather", _("weather or light")
    ANIMAL = "animal", _("an animal")
    SHADOW = "shadow", _("a shadow or reflection")
    AUTHORISED = "authorised", _("an authorised person")
    WRONG_ZONE = "wrong_zone", _("the zone is drawn wrongly")
    TEST = "test", _("a test")
    OTHER = "other", _("something else")


class TakeTimes(models.Model):
    """Within how many seconds an alert must be taken before it goes to the supervisor, by severity; null: never.

    An organisation without a row has the defaults of `alerts.take_times`.
    """

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, primary_key=True, related_name="+")
    critical_s = models.PositiveIntegerField(null=True)
    high_s = models.PositiveIntegerField(null=True)
    medium_s = models.PositiveIntegerField(null=True)
    low_s = models.PositiveIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    scope_site: ClassVar = None


class Alert(models.Model):
    """What a rule made of a situation. Its UUID is given in the watcher when the rule fires."""

    id = models.UUIDField(primary_key=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="alerts")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="alerts")
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="alerts")
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="alerts")
    rule_name = models.CharField(max_length=120, help_text="As it was when the rule fired.")
    rule_version = models.PositiveIntegerField()
    severity = models.PositiveSmallIntegerField(choices=Severity.choices)
    area_name = models.CharField(max_length=120, blank=True, help_text="The zone or line, as it was; empty: all.")
    situation = models.CharField(
        max_length=120, help_text="Key of what lasts: rule, zone or line, and a digest of what is looked for."
    )
    why = models.JSONField(help_text="Code and parameters of why it fired, rendered when read.")
    state = models.CharField(max_length=16, choices=AlertState.choices, default=AlertState.OPEN)
    captured_at = models.DateTimeField(help_text="When the frame that fired was captured.")
    raised_at = models.DateTimeField(help_text="When the rule fired in the watcher.")
    committed_at = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(help_text="When the situation was last seen to last.")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When the situation ended.")
    assigned_to = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    acknowledged_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    false_alarm_reason = models.CharField(max_length=16, choices=FalseAlarmReason.choices, blank=True)
    take_by = models.DateTimeField(null=True, blank=True, help_text="When it goes to the supervisor; null: never.")
    escalated_at = models.DateTimeField(null=True, blank=True, help_text="When it went to the supervisor.")
    version = models.PositiveIntegerField(default=1, help_text="Counts changes, so that two people editing are told.")
    urgency = models.GeneratedField(
        # What nobody has taken comes first, by severity; then what is in hand; then what is closed.
        expression=Case(
            When(state="open", then=Value(1) + F("severity")),
            When(state="acknowledged", then=Value(1)),
            default=Value(0),
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )

    scope_site: ClassVar = "site_id"

    class Meta:
        ordering: ClassVar = ["-captured_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "situation"],
                condition=models.Q(state__in=[s.value for s in UNCLOSED], ended_at__isnull=True),
                name="alerts_one_open_a_situation",
            ),
            models.UniqueConstraint(fields=["organisation", "id"], name="alerts_alert_in_organisation"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-captured_at"]),
            models.Index(fields=["rule", "-captured_at"], name="alerts_of_a_rule"),
            models.Index(
                fields=["last_seen_at"], condition=models.Q(ended_at__isnull=True), name="alerts_lasting_situations"
            ),
            models.Index(
                fields=["organisation", "camera"],
                condition=models.Q(state__in=[s.value for s in UNCLOSED]),
                name="alerts_not_closed",
            ),
            models.Index(fields=["organisation", "-urgency", "-captured_at", "-id"], name="alerts_by_urgency"),
            models.Index(
                fields=["take_by"], condition=Q(state="open", escalated_at__isnull=True), name="alerts_to_be_taken"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_name} {localtime(self.captured_at):%Y-%m-%d %H:%M:%S}"


class AlertWords(models.Model):
    """The words an alert is found by (`alerts.search`). A table of its own, because an alert's row changes each second
    while its situation lasts, and this index would have to follow each time."""

    alert = models.OneToOneField(Alert, on_delete=models.CASCADE, primary_key=True, related_name="words")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    words = SearchVectorField()

    scope_site: ClassVar = "alert__site_id"

    class Meta:
        indexes: ClassVar = [GinIndex(fields=["words"], name="alerts_words")]


class AlertSighting(models.Model):
    """A member opened an alert's page: once, the first time."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="sightings")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    scope_site: ClassVar = "alert__site_id"

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["alert", "member"], name="alerts_seen_once")]


class LogKind(models.TextChoices):
    """What was done about an alert."""

    RAISED = "raised", _("raised")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    ASSIGNED = "assigned", _("assigned")
    COMMENTED = "commented", _("commented")
    RESOLVED = "resolved", _("resolved")
    FALSE_ALARM = "false_alarm", _("marked as a false alarm")
    ENDED = "ended", _("situation ended")
    ESCALATED = "escalated", _("nobody took it in time")


class AlertLog(models.Model):
    """One line of an alert's log."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField(default=clock.now)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=16, choices=LogKind.choices)
    text = models.TextField(blank=True)
    to_member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")

    scope_site: ClassVar = "alert__site_id"

    class Meta:
        ordering: ClassVar = ["at", "id"]


class RecordingKind(models.TextChoices):
    """What was recorded."""

    SNAPSHOT = "snapshot", _("snapshot")
    CLIP = "clip", _("clip")


class RecordingFailure(models.TextChoices):
    """Why an alert has no snapshot or clip."""

    NO_PICTURE = "no_picture", _("The camera gave no picture that may be shown at that time.")
    DISK_FULL = "disk_full", _("The disk was full, so it could not be kept. Free some room.")
    STORAGE = "storage", _("The storage refused it. See the watcher's log.")
    NO_ROOM = "no_room", _("The watcher had to let it go before it could be kept.")
    INTERRUPTED = "interrupted", _("The watcher stopped before it was kept.")


class Recording(models.Model):
    """The register of what was recorded for an alert: the row stays when the file is destroyed.

    The row, with the file's name, is committed before the file is written, so that no file exists that the register does
    not know; `sha256` is set when the file is whole.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="recordings")
    kind = models.CharField(max_length=16, choices=RecordingKind.choices)
    file = models.FileField(upload_to="recordings/%Y/%m/%d/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)
    recorded_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True, blank=True)
    began_at = models.DateTimeField(null=True, blank=True, help_text="Of a clip: when its first frame was captured.")
    frames = models.JSONField(default=list, help_text="Of a clip: when each frame is shown, in ms from its start.")
    failed = models.CharField(
        max_length=48, blank=True, choices=RecordingFailure.choices, help_text="Why there is none."
    )

    scope_site: ClassVar = "alert__site_id"
    named_by: ClassVar = "alert"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["alert", "kind"], name="alerts_recording_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["expires_at"], condition=models.Q(destroyed_at__isnull=True), name="alerts_recordings_kept"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.alert}"

    @property
    def is_ready(self) -> bool:
        """Whether the file is whole and still there."""
        return bool(self.sha256) and self.destroyed_at is None


class RuleTrialHit(models.Model):
    """A rule in its silent run would have raised an alert: when, and nothing else."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="silent_hits")
    rule_version = models.PositiveIntegerField()
    at = models.DateTimeField()

    scope_site: ClassVar = "rule__camera__site_id"

    class Meta:
        ordering: ClassVar = ["-at"]
        indexes: ClassVar = [models.Index(fields=["rule", "-at"])]

    def __str__(self) -> str:
        return f"{self.rule_id} {localtime(self.at):%Y-%m-%d %H:%M:%S}"


class TrialFailure(models.TextChoices):
    """Why a trial has no answer."""

    INVALID = "invalid", _("The camera's watcher could not read these settings.")
    TOO_LONG = "too_long", _("The trial took too long. Try again with fewer classes or a shorter schedule.")


class RuleTrial(models.Model):
    """A question to the watcher of a camera: when would this rule have raised, over what it holds in RAM?

    The watcher polls for these rows, so a trial works without the broker. Times are what it writes back, no pictures.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=32)
    settings = models.JSONField()
    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    line = models.ForeignKey(Line, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    schedule = models.JSONField(default=list)
    quiet_s = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(
        Member,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        help_text="Whose next question replaces this one.",
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    since = models.DateTimeField(null=True, blank=True, help_text="How far back the watcher's memory reached.")
    hits = models.JSONField(default=list, help_text="When it would have raised, ISO 8601.")
    outside = models.JSONField(default=list, help_text="When it would have but for its hours, ISO 8601.")
    failed = models.CharField(max_length=16, blank=True, choices=TrialFailure.choices)

    scope_site: ClassVar = "camera__site_id"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["asked_at"], condition=models.Q(answered_at__isnull=True), name="alerts_trials_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {localtime(self.asked_at):%Y-%m-%d %H:%M:%S}"
