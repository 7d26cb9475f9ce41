"""The detection app."""

from django.apps import AppConfig
from typing_extensions import override


class DetectionConfig(AppConfig):
    name = "detection"
    label = "detection"

    @override
    def ready(self) -> None:
        """Say on `/readyz` how the watch goes."""
        from detection import health

        health.register()
