"""The app of this folder."""

from django.apps import AppConfig


class OnCallConfig(AppConfig):
    name = "soc.people.on_call"
    label = "soc_on_call"
