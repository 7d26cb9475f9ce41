"""Floor plans of a site, where its cameras stand on them, and areas that people have names for."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from detection.models import Camera, Zone
from soc import clock
from soc.people.models import Organisation, Site


class FloorPlan(models.Model):
    """A picture of one level of a site: a floor, a roof, the grounds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="floor_plans")
    name = models.CharField(max_length=120)
    level = models.SmallIntegerField(default=0, help_text="Order of the site's plans, lowest first: -1, 0, 1 …")
    picture = models.FileField(upload_to="plans/", help_text="Made anew by us from what was uploaded: see pictures.py.")
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(help_text="Pixels.")
    height = models.PositiveIntegerField(help_text="Pixels.")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    version = models.PositiveIntegerField(default=1, help_text="Counts changes, so that two people editing are told.")

    scope_site: ClassVar = "site_id"

    class Meta:
        ordering: ClassVar = ["level", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "name"], name="plans_plan_name_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="plans_plan_in_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class PlacedCamera(models.Model):
    """A camera on a plan: where it stands and what it looks at. The same camera may stand on several plans."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    plan = models.ForeignKey(FloorPlan, on_delete=models.CASCADE, related_name="cameras")
    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="+")
    x = models.FloatField(help_text="0..1 of the picture's width, from the left.")
    y = models.FloatField(help_text="0..1 of the picture's height, from the top.")
    direction = models.FloatField(default=0, help_text="Degrees clockwise from the picture's top, 0 to below 360.")
    field_of_view = models.FloatField(default=80, help_text="Degrees that the camera sees, 5 to 360.")
    reach = models.FloatField(default=0.15, help_text="How far it sees, as a part of the picture's longer side.")

    scope_site: ClassVar = "plan__site_id"

    class Meta:
        ordering: ClassVar = ["camera__name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "camera"], name="plans_camera_once"),
            models.CheckConstraint(
                condition=models.Q(
                    x__range=(0, 1),
                    y__range=(0, 1),
                    direction__gte=0,
                    direction__lt=360,
                    field_of_view__range=(5, 360),
                    reach__range=(0.01, 1),
                ),
                name="plans_camera_on_picture",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} on {self.plan_id}"


class PlanArea(models.Model):
    """A named polygon on a plan, "Yard". With a zone it shows where an alert of that zone is."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    plan = models.ForeignKey(FloorPlan, on_delete=models.CASCADE, related_name="areas")
    name = models.CharField(max_length=120)
    polygon = models.JSONField(help_text="[[x, y], …], 3 to 64 points, 0..1 of the picture; must not cross itself.")
    zone = models.ForeignKey(Zone, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    scope_site: ClassVar = "plan__site_id"

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "name"], name="plans_area_name_once")]

    def __str__(self) -> str:
        return self.name
