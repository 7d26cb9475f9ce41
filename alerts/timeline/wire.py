"""How a stretch of time is written: compact, since a day may hold thousands of alerts."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from pydantic import Field

from alerts.models import AlertState
from alerts.wire import Named, View
from detection.models import WatchState


class TimelineAlert(View):
    """An alert on the band, in the reader's language."""

    id: UUID
    version: int
    at: dt.datetime = Field(description="When the frame that fired was captured.")
    until: dt.datetime | None = Field(description="When its situation ended; null while it lasts.")
    seen: dt.datetime = Field(description="When its situation was last seen.")
    severity: int = Field(ge=1, le=4)
    state: AlertState
    rule: UUID
    name: str = Field(description="The rule's, as it was.")
    area: str
    why: str = Field(description="The sentence in the reader's language.")
    taken_at: dt.datetime | None
    taken_by: str | None
    closed_at: dt.datetime | None
    closed_by: str | None
    snapshot: UUID | None = Field(description="The recording, while it is kept.")
    clip: UUID | None


class TimelineOutage(View):
    """A time in which the camera gave no picture."""

    since: dt.datetime
    until: dt.datetime | None
    state: WatchState
    reason: str
    sentence: str = Field(description="Why, in the reader's language; empty when that is not known.")


class TimelineLane(View):
    """What happened at one camera. Either `alerts` or `bins` is filled, as the answer's `binned` says."""

    camera: Named
    site: Named
    total: int = Field(description="Alerts that began within the time.")
    alerts: list[TimelineAlert]
    bins: list[list[int]] = Field(
        description="[index, low, medium, high, critical, not closed] of each piece of time that has any."
    )
    outages: list[TimelineOutage]


class Timeline(View):
    """A stretch of time."""

    since: dt.datetime
    until: dt.datetime
    day: dt.date | None = Field(description="The day asked for, on the organisation's clock.")
    now: dt.datetime
    timezone: str
    binned: bool = Field(description="There were too many alerts to write each: ask for a shorter time to see them.")
    bin_s: float = Field(description="Length of a piece of time, seconds.")
    total: int
    severities: list[int] = Field(description="How many of them were low, medium, high, critical.")
    unclosed: int
    results: list[TimelineLane] = Field(description="By site and camera; also those without any alert.")
