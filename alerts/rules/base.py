"""What every kind of rule is: its words, its settings described once, and an evaluator over observations.

Nothing here needs Django's settings or a database: evaluation is pure, and texts are only marked for translation.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, ClassVar, Generic, Protocol, TypeVar
from uuid import UUID

from django.utils.functional import Promise
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from alerts.rules.labels import KNOWN
from detection.observations import Observation, ObservedTrack

#: Seconds for which a track or a match may be missing without having gone: the detector flickers, and the motion gate
#: lets a still scene go unanalysed for up to 2 s.
GRACE_S = 3.0


def gettext_noop(text: str) -> str:
    """Mark a text for translation; unlike Django's, without needing its settings."""
    return text


class Need(StrEnum):
    """Where on the picture a kind looks."""

    ZONE_OR_ALL = "zone_or_all"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Match:
    """A rule matches now.

    Attributes:
        things: how many of each class make it match, e.g. ``{"person": 2}``.
        params: what else its sentence names, e.g. the seconds.
        tracks: the numbers of those that make it match, for who looks at the live picture; nothing that is kept.
    """

    things: Mapping[str, int]
    params: Mapping[str, int | float | str] = field(default_factory=dict)
    tracks: frozenset[int] = field(default=frozenset(), compare=False)


class Evaluator(Protocol):
    """One rule on one camera, observation after observation. Microseconds a call, no waiting, bounded memory."""

    def observe(self, observation: Observation) -> Match | None:
        """Whether the rule matches now."""

    def lost(self) -> None:
        """The source went away: forget what was only being counted."""


class KindSettings(BaseModel):
    """Base of the kinds' settings. Titles and descriptions are marked with ``gettext_noop`` and translated when read.

    Hints for forms and sentences stand in ``json_schema_extra``: ``x-widget`` (labels, duration), ``x-labels`` (a choice's
    names), ``x-words`` (what a value says in the sentence), ``x-phrase`` ("for at least {value}"), ``x-phrase-zero``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")


def _known(labels: tuple[str, ...]) -> tuple[str, ...]:
    if unknown := sorted(set(labels) - KNOWN):
        shown = ", ".join(label[:40] for label in unknown[:5])
        raise PydanticCustomError("unknown_label", "unknown label", {"labels": shown})
    return tuple(dict.fromkeys(labels))


Labels = Annotated[tuple[str, ...], AfterValidator(_known)]


class ThingSettings(KindSettings):
    """Which things a rule is about."""

    labels: Labels = Field(
        title=gettext_noop("What"),
        description=gettext_noop("The kinds of things that count, e.g. person or car."),
        min_length=1,
        max_length=80,
        json_schema_extra={"x-widget": "labels"},
    )
    confidence: float = Field(
        default=0.4,
        title=gettext_noop("Certainty"),
        description=gettext_noop("How sure the model must be, from 0.1 to 1. Lower finds more and errs more."),
        ge=0.1,
        le=1.0,
    )


class Things:
    """Picks the tracks that a rule is about: their class, certainty and place."""

    __slots__ = ("confidence", "labels", "zone")

    def __init__(self, settings: ThingSettings, zone: UUID | None) -> None:
        self.labels = frozenset(settings.labels)
        self.confidence = settings.confidence
        self.zone = zone

    def __call__(self, observation: Observation) -> list[ObservedTrack]:
        """The tracks of `observation` that count."""
        labels, confidence, zone = self.labels, self.confidence, self.zone
        return [
            track
            for track in observation.tracks
            if track.label in labels and track.confidence >= confidence and (zone is None or zone in track.zones)
        ]


def tally(labels: Iterable[str]) -> dict[str, int]:
    """How many of each class."""
    counts: dict[str, int] = {}
    for label in labels:
        counts[label] = counts.get(label, 0) + 1
    return counts


def matched(tracks: Sequence[ObservedTrack], params: Mapping[str, int | float | str] | None = None) -> Match:
    """The match that these tracks make."""
    return Match(tally(track.label for track in tracks), params or {}, frozenset(track.track for track in tracks))


S = TypeVar("S", bound=KindSettings)


class RuleKind(ABC, Generic[S]):
    """A kind of rule: subclass it in a file of its own and add it to `alerts.rules.registry`.

    Attributes:
        key: stable name, kept in the database.
        label: what people call it.
        help: one or two sentences that say when it raises an alert.
        sentence: why an alert was raised, with named places: ``things`` and the match's params.
        condition: how the rule's own sentence begins ("When {labels} is seen {zone}"). A slot is ``{name}``: a setting, ``zone``
            or ``line``. ``{labels:form}`` names classes as `alerts.rules.sentences.things` does, ``{labels:count=limit}`` as
            after the number in the setting ``limit``; ``{zone:none}`` follows a "no". What it leaves out is shown apart.
        needs: where on the picture it looks.
        calmer: key of a kind that looks for the same but waits for some ``seconds`` first, if there is one.
        settings_model: the kind's own settings.
    """

    key: ClassVar[str]
    label: ClassVar[Promise | str]
    help: ClassVar[Promise | str]
    sentence: ClassVar[Promise | str]
    condition: ClassVar[Promise | str]
    needs: ClassVar[Need]
    calmer: ClassVar[str | None] = None
    settings_model: type[S]

    @abstractmethod
    def evaluator(self, settings: S, area: UUID | None) -> Evaluator:
        """An evaluator with these settings. `area` is the zone's or line's id; ``None`` is the whole picture."""

    def prepare(self, raw: Mapping[str, object], area: UUID | None) -> Evaluator:
        """An evaluator from settings as the database keeps them.

        Raises:
            pydantic.ValidationError: when they are not this kind's.
        """
        return self.evaluator(self.settings_model.model_validate(raw), area)
