"""The logbook app: shifts, entries, handovers."""

from django.apps import AppConfig


class LogbookConfig(AppConfig):
    name = "alerts.logbook"
    label = "alerts_logbook"
