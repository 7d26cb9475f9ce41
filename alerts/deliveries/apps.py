"""The app of the outbox: it listens to alerts, to answers, and to what providers call back with."""

from importlib.util import find_spec

from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    name = "alerts.deliveries"
    label = "alerts_deliveries"

    def ready(self) -> None:
        from alerts.deliveries import codes, notices
        from alerts.deliveries.listening import register_answer_listener
        from alerts.raising import register_raised_listener
        from soc.people.directory.verification import register_code_sender

        register_raised_listener(notices.raised)
        register_answer_listener(notices.answered)
        register_code_sender(codes.send)
        # Providers call the web, whose packages a watcher lacks.
        if find_spec("rest_framework") is not None:
            from alerts.channels import callbacks as channel_callbacks
            from alerts.channels.selectors import channel_of
            from alerts.deliveries.callbacks import taker

            channel_callbacks.listen(taker(channel_of))
