"""The app of this folder."""

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "alerts.channels"
    label = "alerts_channels"
