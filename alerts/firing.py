"""An alert before it is committed: what the watcher accepted, as the spool keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule fired. Times are seconds of the epoch in business time.

    Attributes:
        id: the alert's id, given here and never again.
        situation: key of what lasts.
        code: the rule's kind.
        things: how many of each class.
        params: what else the sentence names.
    """

    id: UUID
    organisation: UUID
    camera: UUID
    rule: UUID
    rule_name: str
    rule_version: int
    severity: int
    area_name: str
    situation: str
    code: str
    things: dict[str, int]
    params: dict[str, int | float | str]
    captured_at: float
    raised_at: float


_ADAPTER = TypeAdapter(Firing)


def dump(firing: Firing) -> bytes:
    """As JSON, for the spool."""
    return _ADAPTER.dump_json(firing)


def load(record: bytes) -> Firing:
    """From the spool's JSON.

    Raises:
        pydantic.ValidationError: it is no firing.
    """
    return _ADAPTER.validate_json(record)
