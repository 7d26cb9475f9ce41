"""The floor plans app."""

from django.apps import AppConfig


class FloorPlansConfig(AppConfig):
    name = "detection.floor_plans"
    label = "detection_floor_plans"
