"""The app of the simulated phones."""

from django.apps import AppConfig


class SimulatedConfig(AppConfig):
    name = "alerts.channels.simulated"
    label = "alerts_simulated"
