"""The app of activations: it listens to alerts, and to what people answer; audits are told when risks came true."""

from django.apps import AppConfig


class ActivationsConfig(AppConfig):
    name = "crisis.activations"
    label = "crisis_activations"

    def ready(self) -> None:
        from alerts.channels.recordings.uses import register_use
        from alerts.deliveries.erasing import leave_to
        from alerts.deliveries.listening import register_answer_listener
        from alerts.raising import register_raised_listener
        from crisis.activations.health import outside_monitor
        from crisis.activations.incidents import came_true
        from crisis.activations.kinds import TalkEnd
        from crisis.activations.listeners import answered, run_changed
        from crisis.activations.raised import raised
        from crisis.activations.rounds import ASKER
        from crisis.activations.states import is_under_way, recordings_named
        from crisis.audits.incidents import register_incident_source
        from crisis.devices.listeners import register_run_listener
        from crisis.plans.parts import register_under_way
        from soc.health import register_check
        from soc.journal.vocabulary import register_codes

        register_answer_listener(answered)
        register_raised_listener(raised)
        register_run_listener(run_changed)
        register_under_way(is_under_way)
        register_incident_source(came_true)
        leave_to(f"{ASKER}:")
        register_check("outside_monitor", outside_monitor)
        register_use(recordings_named)
        register_codes("ended_because", dict(TalkEnd.choices))
