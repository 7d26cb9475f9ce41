"""How walls are written in the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from detection.walls.models import Layout, Wall
from detection.walls.services import MOST_CAMERAS, may_change
from soc.people.serializers import Strict


class WallSerializer(serializers.ModelSerializer[Wall]):
    """A wall, with those of its cameras that the reader may watch."""

    owner = serializers.CharField(source="owner.display_name", help_text="Who keeps it.")
    mine = serializers.SerializerMethodField()
    may_change = serializers.SerializerMethodField()
    cameras = serializers.SerializerMethodField()

    class Meta:
        model = Wall
        fields = ("id", "name", "layout", "shared", "owner", "mine", "may_change", "version", "cameras")

    def get_mine(self, wall: Wall) -> bool:
        """Whether the reader keeps it."""
        return bool(wall.owner_id == self.context["member"].pk)

    def get_may_change(self, wall: Wall) -> bool:
        """Whether the reader may change or delete it."""
        return may_change(self.context["member"], wall)

    def get_cameras(self, wall: Wall) -> list[UUID]:
        """Ids of the cameras, in their order."""
        found: dict[Any, list[UUID]] = self.context["cameras"]
        return found[wall.pk]


class WallInput(Strict):
    """What is entered about a wall."""

    name = serializers.CharField(max_length=80)
    layout = serializers.ChoiceField(choices=Layout.choices)
    shared = serializers.BooleanField(required=False)
    cameras = serializers.ListField(child=serializers.UUIDField(), max_length=MOST_CAMERAS)


class WallChange(Strict):
    """What changes of a wall, and the version that was seen."""

    version = serializers.IntegerField(min_value=1)
    name = serializers.CharField(max_length=80, required=False)
    layout = serializers.ChoiceField(choices=Layout.choices, required=False)
    shared = serializers.BooleanField(required=False)
    cameras = serializers.ListField(child=serializers.UUIDField(), max_length=MOST_CAMERAS, required=False)
