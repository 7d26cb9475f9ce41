"""The detection app."""

from django.apps import AppConfig


class DetectionConfig(AppConfig):
    name = "detection"
    label = "detection"
