"""What can be asked about recordings, scoped to the member."""

from __future__ import annotations

import structlog
from django.db.models import QuerySet

from alerts.channels.recordings.models import DAYS_AT_FIRST, RecordingPolicy, SoundRecording
from soc.people.models import Member, Organisation
from soc.people.rights import Right
from soc.people.scope import scoped

log = structlog.get_logger(__name__)


def recordings(member: Member, right: Right = Right.SEE_CRISIS) -> QuerySet[SoundRecording]:
    """The recordings in the member's reach that are offered, the newest first."""
    rows = SoundRecording.objects.filter(removed_at=None, destroyed_at=None).select_related("site", "made_by")
    return scoped(rows, member, right)


def days(organisation: Organisation) -> int:
    """For how many days recordings that nothing uses are kept."""
    found = RecordingPolicy.objects.filter(organisation=organisation).first()
    return found.days if found is not None else DAYS_AT_FIRST


def data_of(recording: SoundRecording) -> bytes | None:
    """Its WAV file; ``None``: the storage does not give it."""
    if recording.destroyed_at is not None:
        return None
    try:
        with recording.file.open("rb") as stored:
            return bytes(stored.read())
    except OSError as error:
        log.exception("sound_recording.not_read", recording=str(recording.pk), error=error.strerror)
        return None
