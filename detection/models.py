"""Cameras, their zones and lines, and who watches them now."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from soc import clock
from soc.people.models import Organisation, Site


class SourceKind(models.TextChoices):
    """How a camera's pictures arrive. A kind is one file in detection/sources."""

    RTSP = "rtsp", _("RTSP")
    HTTP = "http", _("HTTP (MJPEG)")
    FILE = "file", _("File of the operator's folder")


class PlaceKind(models.TextChoices):
    """What the law calls the place a camera looks at (promise 9)."""

    PRIVATE = "private", _("Private")
    WORKPLACE = "workplace", _("Workplace")
    OPEN_TO_PUBLIC = "open_to_public", _("Open to the public")
    PUBLIC_ROAD = "public_road", _("Public road")


class Camera(models.Model):
    """A camera: where its pictures come from, where it stands, and the facts that make watching lawful."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="cameras")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="cameras")
    name = models.CharField(max_length=120)
    enabled = models.BooleanField(default=True)

    source = models.CharField(max_length=16, choices=SourceKind.choices)
    address = models.CharField(
        max_length=500, help_text="URL without credentials, or a file name in the operator's folder."
    )
    credentials = models.BinaryField(
        null=True,
        editable=False,
        help_text="User name and password, encrypted with VIGIE_CREDENTIAL_KEY; never shown again.",
    )

    frames_per_second = models.FloatField(default=5.0, help_text="Frames analysed a second, at most.")
    analysis_size = models.PositiveIntegerField(
        default=640, help_text="Longer side of the picture the model sees, pixels."
    )
    retention_days = models.PositiveIntegerField(
        default=30, help_text="How long snapshots and clips are kept, 1 to 30."
    )
    clip_before_s = models.PositiveIntegerField(default=5)
    clip_after_s = models.PositiveIntegerField(default=5)

    place = models.CharField(max_length=16, choices=PlaceKind.choices, blank=True)
    purpose = models.CharField(max_length=255, blank=True)
    legal_basis = models.CharField(max_length=255, blank=True)
    authorisation = models.CharField(
        max_length=255, blank=True, help_text="Number of the authorisation, where one is needed."
    )
    authorised_until = models.DateField(null=True, blank=True)
    notice_displayed = models.BooleanField(default=False)

    created_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="A removed camera stays for its alerts' sake: switched off, without credentials.",
    )
    version = models.PositiveIntegerField(
        default=1, help_text="Counts changes; a watcher re-reads a camera whose version moved."
    )

    scope_site: ClassVar = "site_id"

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "site", "name"],
                condition=models.Q(removed_at=None),
                name="detection_camera_name_once",
            ),
            models.UniqueConstraint(fields=["organisation", "id"], name="detection_camera_in_organisation"),
            models.CheckConstraint(
                condition=models.Q(retention_days__gte=1, retention_days__lte=30), name="detection_retention_lawful"
            ),
            models.CheckConstraint(
                condition=models.Q(removed_at=None) | models.Q(enabled=False, credentials=None),
                name="detection_removed_is_off",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Zone(models.Model):
    """A polygon on a camera's picture: watched by rules, or private and blacked out before anything reads it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="zones")
    name = models.CharField(max_length=120)
    private = models.BooleanField(default=False)
    polygon = models.JSONField(help_text="[[x, y], …], 3 to 64 points, 0..1 of the frame; must not cross itself.")

    scope_site: ClassVar = "camera__site_id"

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["camera", "name"], name="detection_zone_name_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="detection_zone_in_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class Line(models.Model):
    """A line on a camera's picture that tracks may cross, forward (left to right seen from its start) or backward."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="lines")
    name = models.CharField(max_length=120)
    start = models.JSONField(help_text="[x, y], 0..1 of the frame.")
    end = models.JSONField(help_text="[x, y], 0..1 of the frame.")

    scope_site: ClassVar = "camera__site_id"

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["camera", "name"], name="detection_line_name_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="detection_line_in_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class Lease(models.Model):
    """Who watches a camera. Taken and renewed with the database's clock; the token fences off a watcher that lost it."""

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, primary_key=True, related_name="lease")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    watcher = models.CharField(max_length=120, blank=True)
    token = models.BigIntegerField(default=0, help_text="Fencing token: grows with every new holder.")
    expires_at = models.DateTimeField(null=True)
    deaths = models.PositiveIntegerField(
        default=0, help_text="Times a watcher died with this camera; at 2 it is watched alone."
    )


class Watcher(models.Model):
    """A watcher process that lives: its room, its load."""

    name = models.CharField(max_length=120, primary_key=True)
    capacity = models.PositiveIntegerField()
    engine = models.CharField(max_length=64, blank=True)
    cores = models.FloatField(default=0, help_text="Processor cores that it may use.")
    load = models.FloatField(default=0, help_text="Cores that it used lately, measured.")
    seen_at = models.DateTimeField(help_text="Database clock.")
    started_at = models.DateTimeField(help_text="Database clock.")


class WatchState(models.TextChoices):
    """How the watch of a camera goes."""

    UNWATCHED = "unwatched", _("not watched")
    CONNECTING = "connecting", _("connecting")
    LIVE = "live", _("live")
    DOWN = "down", _("down")


class CameraStatus(models.Model):
    """What a watcher last said about a camera: state, why, and its figures."""

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, primary_key=True, related_name="status")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=16, choices=WatchState.choices, default=WatchState.UNWATCHED)
    reason = models.CharField(max_length=48, blank=True, help_text="A code of detection.reasons, rendered when read.")
    reason_details = models.JSONField(default=dict)
    since = models.DateTimeField(default=clock.now)
    reported_at = models.DateTimeField(null=True)
    watcher = models.CharField(max_length=120, blank=True)
    analysed_per_second = models.FloatField(default=0)
    frames_dropped = models.BigIntegerField(default=0)
    cores = models.FloatField(
        null=True, help_text="Processor cores that the watch used lately, measured; null before that is known."
    )
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    next_try = models.DateTimeField(null=True, help_text="When a camera that is down is tried again.")

    scope_site: ClassVar = "camera__site_id"


class Outage(models.Model):
    """A time in which a camera gave no picture: down, not watched, or not yet live again. Ends when it is live.

    One row for each reason; those of a camera follow one another and never overlap. The open one has no end.
    """

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="outages")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=16, choices=WatchState.choices)
    reason = models.CharField(max_length=48, blank=True, help_text="A code of detection.reasons, rendered when read.")
    reason_details = models.JSONField(default=dict)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    scope_site: ClassVar = "camera__site_id"

    class Meta:
        ordering: ClassVar = ["since"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["camera"], condition=models.Q(until=None), name="detection_one_open_outage"
            ),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="detection_outage_ends_after",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["camera", "until"], name="detection_outages_of_camera")]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.state} {self.since:%Y-%m-%d %H:%M:%S}"


class FrameCount(models.Model):
    """How many frames of a camera were analysed and dropped in some minutes: figures, kept for two days."""

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(help_text="When the minutes begin.")
    analysed = models.BigIntegerField(default=0)
    dropped = models.BigIntegerField(default=0)

    scope_site: ClassVar = "camera__site_id"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["camera", "at"], name="detection_frames_counted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.at:%Y-%m-%d %H:%M}"


class Probe(models.Model):
    """A test of a camera that is not saved yet. Its row carries the request; the answer's picture travels by pub/sub only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=16, choices=SourceKind.choices)
    address = models.CharField(max_length=500)
    credentials = models.BinaryField(null=True, editable=False)
    private_polygons = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now, editable=False)
