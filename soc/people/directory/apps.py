"""The app of this folder."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "soc.people.directory"
    label = "soc_directory"
