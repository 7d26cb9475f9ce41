"""The people app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "soc.people"
    label = "soc_people"
