"""How recordings are written in the API."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from pydantic import Field

from alerts.channels.recordings.models import Origin, SoundRecording
from alerts.wire import Named, View


class SoundRecordingView(View):
    """A recording: what it says, in which language, how long it lasts, who made it."""

    id: UUID
    site: Named
    language: str
    text: str
    origin: Origin
    seconds: float
    made_by: Named
    made_at: dt.datetime


class RecordingPolicyView(View):
    """For how long recordings are kept that nothing uses, and what may be recorded."""

    days: int = Field(description="From 1 to 365.")
    longest_s: int
    max_bytes: int


def recording_view(of: SoundRecording) -> SoundRecordingView:
    """A recording, with its site and who made it."""
    return SoundRecordingView(
        id=of.pk,
        site=Named(id=of.site.pk, name=of.site.name),
        language=of.language,
        text=of.text,
        origin=Origin(of.origin),
        seconds=of.seconds,
        made_by=Named(id=of.made_by.pk, name=of.made_by.display_name),
        made_at=of.made_at,
    )
