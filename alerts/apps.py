"""The alerts app: it listens to what detection observes."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "alerts"
    label = "alerts"

    def ready(self) -> None:
        from alerts.desk import open_listener
        from detection.observations import register_listener

        register_listener(open_listener)
