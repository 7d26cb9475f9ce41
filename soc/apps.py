"""The ground floor as a Django app: it holds the commands and texts that belong to no other app."""

from django.apps import AppConfig


class SocConfig(AppConfig):
    name = "soc"
    label = "soc"
