"""The app of recordings."""

from django.apps import AppConfig


class RecordingsConfig(AppConfig):
    name = "alerts.channels.recordings"
    label = "alerts_recordings"

    def ready(self) -> None:
        from alerts.channels.recordings.models import Origin
        from soc.journal.vocabulary import register_codes

        register_codes("recording_origin", dict(Origin.choices))
