"""The kind "crosses": something crosses a line in a direction."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field
from typing_extensions import override

from alerts.rules.base import Evaluator, Match, Need, RuleKind, ThingSettings, gettext_noop, tally
from detection.observations import Observation


class Direction(StrEnum):
    """Which way over the line; forward is from its left to its right, seen from its start."""

    FORWARD = "forward"
    BACKWARD = "backward"
    BOTH = "both"


class CrossesSettings(ThingSettings):
    """Which way counts."""

    direction: Direction = Field(
        default=Direction.BOTH,
        title=gettext_noop("Direction"),
        description=gettext_noop("Forward is from the line's left to its right, seen from its start."),
        json_schema_extra={
            "x-labels": {
                "forward": gettext_noop("forward"),
                "backward": gettext_noop("backward"),
                "both": gettext_noop("both directions"),
            },
            "x-words": {
                "forward": gettext_noop("from left to right"),
                "backward": gettext_noop("from right to left"),
                "both": gettext_noop("in either direction"),
            },
        },
    )


class CrossesEvaluator:
    """Matches on the observation in which a crossing is reported."""

    def __init__(self, settings: CrossesSettings, line: UUID | None) -> None:
        self._labels = frozenset(settings.labels)
        self._confidence = settings.confidence
        self._line = line
        self._forward = settings.direction is not Direction.BACKWARD
        self._backward = settings.direction is not Direction.FORWARD

    def observe(self, observation: Observation) -> Match | None:
        """Match with what has just crossed."""
        if not observation.crossings:
            return None
        unsure = {track.track for track in observation.tracks if track.confidence < self._confidence}
        crossed = [
            crossing
            for crossing in observation.crossings
            if crossing.line == self._line
            and crossing.label in self._labels
            and (self._forward if crossing.forward else self._backward)
            and crossing.track not in unsure
        ]
        if not crossed:
            return None
        return Match(
            tally(crossing.label for crossing in crossed), tracks=frozenset(crossing.track for crossing in crossed)
        )

    def lost(self) -> None:
        """Nothing is remembered."""


class Crosses(RuleKind[CrossesSettings]):
    """Something crosses a line."""

    key = "crosses"
    label = _("Crosses a line")
    help = _("Raises an alert when one of these things crosses the line in the direction you set.")
    sentence = _("Crossed the line: %(things)s")
    condition = _("When {labels} crosses {line} {direction}")
    needs = Need.LINE
    settings_model = CrossesSettings

    @override
    def evaluator(self, settings: CrossesSettings, area: UUID | None) -> Evaluator:
        return CrossesEvaluator(settings, area)
