"""What is kept of a wall."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from detection.models import Camera
from soc import clock
from soc.people.models import Member, Organisation


class Layout(models.TextChoices):
    """How many tiles a wall shows at once."""

    ONE = "1", _("1 tile")
    FOUR = "4", _("4 tiles")
    NINE = "9", _("9 tiles")
    SIXTEEN = "16", _("16 tiles")
    ONE_AND_FIVE = "1+5", _("1 large and 5 small")
    ONE_AND_SEVEN = "1+7", _("1 large and 7 small")


class Wall(models.Model):
    """An arrangement of cameras with a name: its owner's, and seen by all colleagues once it is shared."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    layout = models.CharField(max_length=8, choices=Layout.choices)
    shared = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    scope_site: ClassVar = None

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name"], name="walls_name_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="walls_wall_in_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """A camera's place on a wall."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    wall = models.ForeignKey(Wall, on_delete=models.CASCADE, related_name="places")
    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()

    scope_site: ClassVar = "camera__site_id"

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["wall", "camera"], name="walls_camera_once"),
            models.UniqueConstraint(
                fields=["wall", "position"], name="walls_position_once", deferrable=models.Deferrable.DEFERRED
            ),
        ]
