"""The app of this folder."""

from django.apps import AppConfig


class DevicesConfig(AppConfig):
    name = "crisis.devices"
    label = "crisis_devices"
