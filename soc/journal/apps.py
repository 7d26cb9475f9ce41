"""The journal app."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "soc.journal"
    label = "soc_journal"
