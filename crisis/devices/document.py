"""A script as a closed JSON document: a handful of steps, no code, no expressions, no loop, and a time limit everywhere.

{"steps": [{"do": "set", "device": "…", "state": "on"},
           {"do": "parallel", "branches": [[…], […]]},
           {"do": "wait_for", "device": "…", "state": "locked", "limit_s": 60}]}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

LONGEST_WAIT_S: Final = 600
LONGEST_S: Final = 1800
LONGEST_LIMIT_S: Final = 600
LONGEST_SET_S: Final = 60
MOST_STEPS: Final = 100
MOST_BRANCHES: Final = 20
DEEPEST: Final = 5

StateKey = Annotated[str, StringConstraints(min_length=1, max_length=32)]


class Otherwise(StrEnum):
    """What happens when a step does not do what it should."""

    ASK = "ask"
    GO_ON = "go_on"
    STOP = "stop"


class _Step(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SetStep(_Step):
    """Tell a device to take a state."""

    do: Literal["set"]
    device: UUID
    state: StateKey
    limit_s: int = Field(
        10,
        strict=True,
        ge=1,
        le=LONGEST_SET_S,
        description="Within how many seconds the device must say that it did it.",
    )
    otherwise: Otherwise = Otherwise.ASK


class WaitStep(_Step):
    """Do nothing for a while."""

    do: Literal["wait"]
    seconds: int = Field(strict=True, ge=1, le=LONGEST_WAIT_S)


class WaitForStep(_Step):
    """Wait until a device is in a state."""

    do: Literal["wait_for"]
    device: UUID
    state: StateKey
    limit_s: int = Field(strict=True, ge=1, le=LONGEST_LIMIT_S)
    otherwise: Otherwise = Otherwise.ASK


class IfStep(_Step):
    """One of two ways, by the state a device is in."""

    do: Literal["if"]
    device: UUID
    state: StateKey
    limit_s: int = Field(
        10, strict=True, ge=1, le=LONGEST_SET_S, description="Within how many seconds the device must say how it is."
    )
    then: tuple[Step, ...] = ()
    else_: tuple[Step, ...] = Field((), alias="else")
    otherwise: Otherwise = Otherwise.ASK


class ParallelStep(_Step):
    """Several ways at once; goes on when all have come to their end."""

    do: Literal["parallel"]
    branches: tuple[tuple[Step, ...], ...] = Field(min_length=1, max_length=MOST_BRANCHES)


class StopStep(_Step):
    """End the script here, all of it."""

    do: Literal["stop"]


Step = Annotated[
    SetStep | WaitStep | WaitForStep | IfStep | ParallelStep | StopStep,
    Field(discriminator="do"),
]
AnyStep = SetStep | WaitStep | WaitForStep | IfStep | ParallelStep | StopStep
DeviceStep = SetStep | WaitForStep | IfStep


class Document(BaseModel):
    """The steps of a script."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    steps: tuple[Step, ...] = Field(min_length=1, max_length=MOST_STEPS)


IfStep.model_rebuild()
ParallelStep.model_rebuild()
Document.model_rebuild()


class NoDocument(Exception):
    """What was entered is no script: where, and pydantic's kind of error with what it was measured against."""

    def __init__(self, faults: list[tuple[str, str, Mapping[str, Any]]]) -> None:
        super().__init__("no script")
        self.faults = faults


def parse(entered: object) -> Document:
    """Read a document; what is nested too deep is refused before anything follows it down.

    Raises:
        NoDocument: it is none.
    """
    if _depth(entered) > 3 * DEEPEST + 4:  # a level of steps is up to three levels of JSON
        raise NoDocument([("steps", "too_deep", {})])
    try:
        return Document.model_validate(entered)
    except ValidationError as error:
        faults: list[tuple[str, str, Mapping[str, Any]]] = [
            (_place(one["loc"]), one["type"], one.get("ctx", {})) for one in error.errors(include_url=False)
        ]
        raise NoDocument(_innermost(faults)) from None


def written(document: Document) -> dict[str, Any]:
    """The document as it is kept."""
    return document.model_dump(mode="json", by_alias=True)


def _place(loc: tuple[int | str, ...]) -> str:
    """Where an error is, without the names of the union's members, which nobody wrote."""
    members = {"set", "wait", "wait_for", "if", "parallel", "stop"}
    kept = [str(part) for at, part in enumerate(loc) if not (part in members and at and isinstance(loc[at - 1], int))]
    return ".".join(kept)


def _innermost(faults: list[tuple[str, str, Mapping[str, Any]]]) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Those with nothing wrong inside them: a list whose only item is wrong is not too short as well."""
    places = [place for place, _kind, _context in faults]
    return [one for one in faults if not any(place.startswith(f"{one[0]}.") for place in places)]


def _depth(entered: object) -> int:
    """How deep lists and objects are nested, without recursion."""
    deepest, level = 0, [entered]
    while level and deepest <= 64:
        below: list[object] = []
        for one in level:
            if isinstance(one, dict):
                below.extend(one.values())
            elif isinstance(one, (list, tuple)):
                below.extend(one)
        deepest += 1
        level = below
    return deepest


def walk(steps: tuple[AnyStep, ...], prefix: str = "") -> Iterator[tuple[str, AnyStep]]:
    """Every step with its path (`crisis.devices.paths`), those within others too."""
    for at, step in enumerate(steps):
        path = f"{prefix}{at}"
        yield path, step
        if isinstance(step, IfStep):
            yield from walk(step.then, f"{path}.then.")
            yield from walk(step.else_, f"{path}.else.")
        elif isinstance(step, ParallelStep):
            for number, branch in enumerate(step.branches):
                yield from walk(branch, f"{path}.{number}.")


def devices_in(document: Document) -> set[UUID]:
    """The devices that a document names."""
    return {step.device for _, step in walk(document.steps) if isinstance(step, DeviceStep)}


def longest_s(steps: tuple[AnyStep, ...]) -> int:
    """How many seconds these steps take at most, waits and time limits together, whichever way they go."""
    total = 0
    for step in steps:
        if isinstance(step, WaitStep):
            total += step.seconds
        elif isinstance(step, (SetStep, WaitForStep)):
            total += step.limit_s
        elif isinstance(step, IfStep):
            total += step.limit_s + max(longest_s(step.then), longest_s(step.else_))
        elif isinstance(step, ParallelStep):
            total += max(longest_s(branch) for branch in step.branches)
    return total
