"""The kind "seen": something of these classes is in the zone."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from alerts.rules.base import Evaluator, Match, Need, RuleKind, Things, ThingSettings, matched
from detection.observations import Observation


class SeenEvaluator:
    """Matches while something that counts is there."""

    def __init__(self, settings: ThingSettings, zone: UUID | None) -> None:
        self._things = Things(settings, zone)

    def observe(self, observation: Observation) -> Match | None:
        """Match with what is there."""
        found = self._things(observation)
        return matched(found) if found else None

    def lost(self) -> None:
        """Nothing is remembered."""


class Seen(RuleKind[ThingSettings]):
    """Something is in a zone."""

    key = "seen"
    label = _("Seen in a zone")
    help = _("Raises an alert when one of these things is in the zone, or anywhere in the picture without a zone.")
    sentence = _("Seen: %(things)s")
    condition = _("When {labels} is seen {zone}")
    needs = Need.ZONE_OR_ALL
    calmer = "stays"
    settings_model = ThingSettings

    @override
    def evaluator(self, settings: ThingSettings, area: UUID | None) -> Evaluator:
        return SeenEvaluator(settings, area)
