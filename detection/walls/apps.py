"""The walls app."""

from django.apps import AppConfig


class WallsConfig(AppConfig):
    name = "detection.walls"
    label = "detection_walls"
