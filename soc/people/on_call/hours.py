"""How the hours of the week at which a rotation counts are written, in the database and in the API."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from soc.people.on_call.turns import Hours

MOST_HOURS = 28
WallTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class WrittenHours(BaseModel):
    """Some hours of some days. An end that is not after the start lies on the next day; 00:00 to 00:00 is the whole day."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    days: tuple[Annotated[int, Field(ge=0, le=6)], ...] = Field(
        min_length=1, max_length=7, description="Days on which it begins: 0 is Monday, 6 is Sunday."
    )
    start: WallTime = Field(description="HH:MM")
    end: WallTime = Field(description="HH:MM, not included")

    def read(self) -> Hours:
        """As the arithmetic takes it."""
        return Hours(frozenset(self.days), dt.time.fromisoformat(self.start), dt.time.fromisoformat(self.end))


WRITTEN_HOURS = TypeAdapter(Annotated[tuple[WrittenHours, ...], Field(max_length=MOST_HOURS)])


def read(written: Any) -> tuple[Hours, ...]:
    """The hours that were written down.

    Raises:
        pydantic.ValidationError: they are none.
    """
    return tuple(one.read() for one in WRITTEN_HOURS.validate_python(written))
