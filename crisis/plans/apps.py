"""The app of plans: what they name is known by other rooms."""

from importlib.util import find_spec

from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "crisis.plans"
    label = "crisis_plans"

    def ready(self) -> None:
        # Plans are written in the web and carried out by responders. The watcher only raises what starts one, and lacks the
        # libraries of the rooms that are asked.
        if find_spec("rest_framework") is not None:
            from crisis.plans.plugs import plug_in

            plug_in()
