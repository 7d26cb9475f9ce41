"""The kind "stays": something stays in the zone for longer than a time."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field
from typing_extensions import override

from alerts.rules.base import GRACE_S, Evaluator, Match, Need, RuleKind, Things, ThingSettings, gettext_noop, matched
from detection.observations import Observation, ObservedTrack


class StaysSettings(ThingSettings):
    """How long is too long."""

    seconds: float = Field(
        default=60,
        title=gettext_noop("Longer than, seconds"),
        description=gettext_noop("How long one and the same thing may stay before an alert is raised."),
        ge=1,
        le=86_400,
        json_schema_extra={"x-widget": "duration"},
    )


@dataclass(slots=True)
class _Stay:
    since: float
    last: float


class StaysEvaluator:
    """Remembers when each track came; a gap of up to `GRACE_S` is no leaving."""

    def __init__(self, settings: StaysSettings, zone: UUID | None) -> None:
        self._things = Things(settings, zone)
        self._seconds = settings.seconds
        self._stays: dict[int, _Stay] = {}

    def observe(self, observation: Observation) -> Match | None:
        """Match with those that have been there for longer than the setting."""
        at, stays = observation.captured_at, self._stays
        present = self._things(observation)
        long: list[ObservedTrack] = []
        for track in present:
            stay = stays.get(track.track)
            if stay is None or not 0 <= at - stay.last <= GRACE_S:
                stay = stays[track.track] = _Stay(since=at, last=at)
            stay.last = at
            if at - stay.since > self._seconds:
                long.append(track)
        if len(stays) > len(present):
            for gone in [track for track, stay in stays.items() if not 0 <= at - stay.last <= GRACE_S]:
                del stays[gone]
        return matched(long, {"seconds": self._seconds}) if long else None

    def lost(self) -> None:
        """Who is there when the picture comes back came then, as far as anyone knows."""
        self._stays.clear()


class Stays(RuleKind[StaysSettings]):
    """Something stays longer than a time."""

    key = "stays"
    label = _("Stays longer than")
    help = _("Raises an alert when one and the same thing stays in the zone for longer than the time you set.")
    sentence = _("Stayed for more than %(seconds)s s: %(things)s")
    condition = _("When {labels} stays {zone} for more than {seconds}")
    needs = Need.ZONE_OR_ALL
    settings_model = StaysSettings

    @override
    def evaluator(self, settings: StaysSettings, area: UUID | None) -> Evaluator:
        return StaysEvaluator(settings, area)
