"""The kind "none left": nothing of these classes is in the zone any more."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field
from typing_extensions import override

from alerts.rules.base import Evaluator, Match, Need, RuleKind, Things, ThingSettings, gettext_noop
from detection.observations import Observation

#: A gap between observations that is longer than this says nothing about who was there.
BLIND_S = 10.0


class NoneLeftSettings(ThingSettings):
    """For how long nothing may be there."""

    seconds: float = Field(
        default=30,
        title=gettext_noop("For at least, seconds"),
        description=gettext_noop("How long none may be there before an alert is raised."),
        ge=1,
        le=86_400,
        json_schema_extra={"x-widget": "duration"},
    )
    seen_before: bool = Field(
        default=True,
        title=gettext_noop("Only after one was there"),
        description=gettext_noop(
            "Wait until one has been seen; without it, an empty zone raises an alert from the start."
        ),
        json_schema_extra={
            "x-words": {"true": gettext_noop("after one was there"), "false": gettext_noop("even if none ever was")}
        },
    )


class NoneLeftEvaluator:
    """Remembers since when the zone is empty; time in which nothing was observed does not count."""

    def __init__(self, settings: NoneLeftSettings, zone: UUID | None) -> None:
        self._things = Things(settings, zone)
        self._labels = settings.labels
        self._seconds = settings.seconds
        self._armed = not settings.seen_before
        self._since: float | None = None
        self._last = 0.0

    def observe(self, observation: Observation) -> Match | None:
        """Match once the zone has been empty for long enough."""
        at = observation.captured_at
        blind = not 0 <= at - self._last <= BLIND_S
        self._last = at
        if self._things(observation):
            self._armed = True
            self._since = None
            return None
        if self._since is None or blind:
            self._since = at
        if not self._armed or at - self._since < self._seconds:
            return None
        return Match(dict.fromkeys(self._labels, 0), {"seconds": self._seconds})

    def lost(self) -> None:
        """The time starts again when the picture comes back."""
        self._since = None


class NoneLeft(RuleKind[NoneLeftSettings]):
    """Nothing is left."""

    key = "none_left"
    label = _("None left of")
    help = _("Raises an alert when none of these things has been in the zone for the time you set.")
    sentence = _("None left for %(seconds)s s: %(things)s")
    condition = _("When {labels:none} has been {zone:none} for {seconds} {seen_before}")
    needs = Need.ZONE_OR_ALL
    settings_model = NoneLeftSettings

    @override
    def evaluator(self, settings: NoneLeftSettings, area: UUID | None) -> Evaluator:
        return NoneLeftEvaluator(settings, area)
