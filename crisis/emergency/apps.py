"""The app of this folder."""

from django.apps import AppConfig


class EmergencyConfig(AppConfig):
    name = "crisis.emergency"
    label = "crisis_emergency"
