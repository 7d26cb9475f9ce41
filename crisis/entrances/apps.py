"""The app of the ways in: it listens to texts, to calls, and to CAP messages, and forgets what erased people said."""

from django.apps import AppConfig


class EntrancesConfig(AppConfig):
    name = "crisis.entrances"
    label = "crisis_entrances"

    def ready(self) -> None:
        from alerts.channels.voice.incoming import register_call_listener
        from alerts.deliveries.listening import register_incoming_listener
        from crisis.emergency.cap.listeners import register_cap_listener
        from crisis.entrances import listeners
        from soc.people.directory.erasing import register_forget

        register_incoming_listener(listeners.texted, claims=listeners.is_for_us)
        register_call_listener(listeners.called)
        register_cap_listener(listeners.cap_came)
        register_forget(listeners.person_erased)
