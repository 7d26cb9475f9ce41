"""The broadcast app."""

from django.apps import AppConfig


class BroadcastConfig(AppConfig):
    name = "soc.broadcast"
    label = "soc_broadcast"
