"""The kind "more than": more than N things are in the zone at once."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field
from typing_extensions import override

from alerts.rules.base import GRACE_S, Evaluator, Match, Need, RuleKind, Things, ThingSettings, gettext_noop, matched
from detection.observations import Observation


class MoreThanSettings(ThingSettings):
    """How many are too many."""

    limit: int = Field(
        default=10,
        title=gettext_noop("More than"),
        description=gettext_noop("How many may be there at once; one more raises an alert."),
        ge=1,
        le=1_000,
    )
    seconds: float = Field(
        default=2,
        title=gettext_noop("For at least, seconds"),
        description=gettext_noop("How long there must be too many before an alert is raised."),
        ge=0,
        le=86_400,
        json_schema_extra={
            "x-widget": "duration",
            "x-phrase": gettext_noop("for at least {value}"),
            "x-phrase-zero": gettext_noop("even for a moment"),
        },
    )


class MoreThanEvaluator:
    """Remembers since when there are too many; fewer for up to `GRACE_S` does not start the time again."""

    def __init__(self, settings: MoreThanSettings, zone: UUID | None) -> None:
        self._things = Things(settings, zone)
        self._limit = settings.limit
        self._seconds = settings.seconds
        self._since: float | None = None
        self._last = 0.0

    def observe(self, observation: Observation) -> Match | None:
        """Match while there are too many, once there have been for long enough."""
        at = observation.captured_at
        present = self._things(observation)
        if self._since is not None and not 0 <= at - self._last <= GRACE_S:
            self._since = None
        if len(present) <= self._limit:
            return None
        if self._since is None:
            self._since = at
        self._last = at
        if at - self._since < self._seconds:
            return None
        return matched(present, {"count": len(present), "limit": self._limit})

    def lost(self) -> None:
        """The time starts again."""
        self._since = None


class MoreThan(RuleKind[MoreThanSettings]):
    """Too many at once."""

    key = "more_than"
    label = _("More than a number")
    help = _("Raises an alert when more than this number of things are in the zone at once.")
    sentence = _("%(count)s at once, more than %(limit)s: %(things)s")
    condition = _("When the camera counts more than {limit} {labels:count=limit} at once {zone} {seconds}")
    needs = Need.ZONE_OR_ALL
    settings_model = MoreThanSettings

    @override
    def evaluator(self, settings: MoreThanSettings, area: UUID | None) -> Evaluator:
        return MoreThanEvaluator(settings, area)
