"""How floor plans are written in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from detection.floor_plans.models import FloorPlan, PlacedCamera, PlanArea
from detection.serializers import PolygonField
from soc.people.serializers import Strict

_MOST_CAMERAS, _MOST_AREAS = 200, 100


class PlacedCameraSerializer(serializers.ModelSerializer[PlacedCamera]):
    """A camera on a plan: `x`, `y` 0..1 of the picture, `direction` in degrees clockwise from its top."""

    camera = serializers.UUIDField(source="camera_id")

    class Meta:
        model = PlacedCamera
        fields = ("camera", "x", "y", "direction", "field_of_view", "reach")


class PlanAreaSerializer(serializers.ModelSerializer[PlanArea]):
    """A named area; an alert of its `zone` is shown in it."""

    polygon = PolygonField()
    zone = serializers.UUIDField(source="zone_id", allow_null=True)

    class Meta:
        model = PlanArea
        fields = ("name", "polygon", "zone")


class FloorPlanSerializer(serializers.ModelSerializer[FloorPlan]):
    """A floor plan with what is placed on it. Its picture has an address of its own."""

    site = serializers.UUIDField(source="site_id")
    cameras = PlacedCameraSerializer(many=True)
    areas = PlanAreaSerializer(many=True)

    class Meta:
        model = FloorPlan
        fields = ("id", "site", "name", "level", "width", "height", "sha256", "version", "cameras", "areas")


class PlanInput(Strict):
    """A new plan; sent as a form, because a picture comes with it."""

    site = serializers.UUIDField()
    name = serializers.CharField(max_length=120)
    level = serializers.IntegerField(min_value=-99, max_value=999, default=0)
    picture = serializers.FileField()


class PictureInput(Strict):
    """Another picture for a plan; sent as a form."""

    version = serializers.IntegerField(min_value=1)
    picture = serializers.FileField()


class PlacedCameraInput(Strict):
    """A camera as it is placed."""

    camera = serializers.UUIDField()
    x = serializers.FloatField(min_value=0, max_value=1)
    y = serializers.FloatField(min_value=0, max_value=1)
    direction = serializers.FloatField(min_value=-360, max_value=360)
    field_of_view = serializers.FloatField(min_value=5, max_value=360)
    reach = serializers.FloatField(min_value=0.01, max_value=1)


class PlanAreaInput(Strict):
    """An area as it is drawn."""

    name = serializers.CharField(max_length=120)
    polygon = PolygonField()
    zone = serializers.UUIDField(allow_null=True, default=None)


class PlanChange(Strict):
    """What changes about a plan as `version` was; `cameras` and `areas` replace all of them."""

    version = serializers.IntegerField(min_value=1)
    name = serializers.CharField(max_length=120, required=False)
    level = serializers.IntegerField(min_value=-99, max_value=999, required=False)
    cameras = serializers.ListField(child=PlacedCameraInput(), required=False, max_length=_MOST_CAMERAS)
    areas = serializers.ListField(child=PlanAreaInput(), required=False, max_length=_MOST_AREAS)


class PlanQuery(serializers.Serializer[Any]):
    """How the list of plans may be narrowed."""

    site = serializers.UUIDField(required=False)
