"""What a plan says, as one document: its steps, who each is for, by which ways, in which words, and what ends it.

The document of an approved version is never changed, and an activation runs on a copy of it: what is under way does not change
because somebody edits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field

from alerts.channels.base import AnswerKind, Channel
from soc.people.rights import Role

LONGEST_DELAY_S = 24 * 3600
MOST_STEPS = 60
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$", description="Names a step within its plan.")]
Delay = Annotated[int, Field(ge=0, le=LONGEST_DELAY_S)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")]


class Part(BaseModel):
    """A part of the document: exact fields, never changed once it is put together."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)


class OfRole(Part):
    """Members who hold a role where the plan is for."""

    kind: Literal["role"] = "role"
    role: Role


class OfProfile(Part):
    """People of a profile."""

    kind: Literal["profile"] = "profile"
    profile: UUID


class OnList(Part):
    """People on a list."""

    kind: Literal["list"] = "list"
    list: UUID


class ThesePeople(Part):
    """These people."""

    kind: Literal["people"] = "people"
    people: tuple[UUID, ...] = Field(min_length=1, max_length=200)


class OfSite(Part):
    """People whose site it is."""

    kind: Literal["site"] = "site"
    site: UUID


Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class InArea(Part):
    """People who live or work within an outline on the map; looked for when the step is due."""

    kind: Literal["area"] = "area"
    name: str = Field("", max_length=80, description="What the plan calls it; empty: it has no name.")
    outline: tuple[tuple[Latitude, Longitude], ...] = Field(
        min_length=3, max_length=200, description="Corners: latitude and longitude in degrees, WGS 84."
    )


class OnCall(Part):
    """Whoever is on call when the step is due."""

    kind: Literal["on_call"] = "on_call"
    schedule: UUID


Group = Annotated[OfRole | OfProfile | OnList | ThesePeople | OfSite | InArea | OnCall, Field(discriminator="kind")]
RESOLVED_WHEN_DUE = (InArea, OnCall)
"""Who these are is known when the step is due, and written down then."""


class Whom(models.TextChoices):
    """Which of a group's people."""

    ALL = "all", _("everybody")
    INSIDE = "inside", _("people of the organisation")
    OUTSIDE = "outside", _("people outside it")


class Audience(Part):
    """Who a step is for: everybody who is in one of the groups."""

    groups: tuple[Group, ...] = Field(min_length=1, max_length=20)
    whom: Whom = Whom.ALL


class StepWay(Part):
    """A channel, and how long after the step began it is used, for who has not answered by then."""

    channel: Channel
    after_s: Delay = 0


class Words(Part):
    """A message in one language, with places in braces (`crisis.templates`)."""

    subject: str = Field("", max_length=200)
    text: str = Field(max_length=4000)
    short: str = Field("", max_length=1000, description="For SMS and push; empty: the text.")
    spoken: str = Field("", max_length=2000, description="For calls; empty: the short one.")
    plain: str = Field("", max_length=2000, description="In plain language.")


class Choice(Part):
    """An answer that people can give."""

    key: str = Field(pattern=r"^[1-9]$")
    kind: AnswerKind
    words: Mapping[Language, Annotated[str, Field(max_length=40)]] = Field(default_factory=dict)


class Unanswered(Part):
    """Only if fewer than so many people answered a step by now: what escalation is made of."""

    step: Key
    needed: int = Field(1, ge=1, le=10_000)


class Step(Part):
    """What all steps have in common."""

    key: Key
    name: str = Field(min_length=1, max_length=120)
    after: Key | None = Field(None, description="The step after whose beginning it comes; null: the start.")
    delay_s: Delay = Field(0, description="How long after that.")
    unless: Unanswered | None = Field(None, description="Only if a step was not answered enough; null: always.")
    by_hand: bool = Field(False, description="Waits until somebody who directs lets it go.")


class MessageStep(Step):
    """People are told something, and may answer."""

    kind: Literal["message"] = "message"
    to: Audience
    ways: tuple[StepWay, ...] = Field(min_length=1, max_length=10)
    words: Mapping[Language, Words] = Field(min_length=1)
    choices: tuple[Choice, ...] = Field((), max_length=9)
    first: bool = Field(False, description="The plan's first alarm: it leaves before everything else.")


class InstructionStep(Step):
    """An instruction is shown and spoken on every screen that is connected at the site."""

    kind: Literal["instruction"] = "instruction"
    words: Mapping[Language, Annotated[str, Field(min_length=1, max_length=1000)]] = Field(min_length=1)
    recordings: Mapping[Language, UUID] = Field(
        default_factory=dict, description="Played instead of a machine's voice; the words say the same."
    )
    again_every_s: int = Field(0, ge=0, le=3600, description="0: once.")
    times: int = Field(1, ge=1, le=60)


class DevicesStep(Step):
    """A script moves things."""

    kind: Literal["devices"] = "devices"
    script: UUID
    in_drills: bool = Field(False, description="A drill moves them too.")


class Contacting(models.TextChoices):
    """How an emergency service is told."""

    SHEET = "sheet", _("somebody calls and reads the sheet")
    CALL = "call", _("called automatically")
    WRITE = "write", _("written to automatically")
    CAP = "cap", _("a CAP message is given out")


class EmergencyStep(Step):
    """An emergency service is told, or somebody is given what to tell it."""

    kind: Literal["emergency"] = "emergency"
    contact: UUID | None = None
    how: Contacting


class TaskStep(Step):
    """Somebody does something: a line of the checklist, with its deadline."""

    kind: Literal["task"] = "task"
    role: str = Field(max_length=120, description="Who does it, as the plan calls them.")
    within_s: Delay = Field(0, description="Late after so long; 0: no deadline.")


AnyStep = Annotated[MessageStep | InstructionStep | DevicesStep | EmergencyStep | TaskStep, Field(discriminator="kind")]


class PlanContent(Part):
    """The whole document."""

    languages: tuple[Language, ...] = Field(min_length=1, max_length=20, description="In which every text must be.")
    steps: tuple[AnyStep, ...] = Field((), max_length=MOST_STEPS)
    stand_down: Mapping[Language, Words] = Field(
        default_factory=dict, description="What those who were reached are told at the end."
    )
    help_to: Audience | None = Field(None, description="Who is told of each call for help; null: who directs.")

    def step(self, key: str) -> AnyStep | None:
        """The step of this key."""
        return next((step for step in self.steps if step.key == key), None)

    def messages(self) -> Iterator[MessageStep]:
        """The steps that tell people something."""
        return (step for step in self.steps if isinstance(step, MessageStep))
