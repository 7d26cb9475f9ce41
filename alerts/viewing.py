"""Gives a recording to a member: whole or a range, journalled, never kept by a cache in between."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from alerts.models import Recording, RecordingKind
from alerts.ranges import ByteRange, Unsatisfiable, parse
from alerts.recordings import CONTENT_TYPES
from soc import clock
from soc.journal.actions import Action
from soc.journal.models import Entry
from soc.journal.services import record
from soc.people.models import Member
from soc.refusals import Refusal, Status

#: A player asks for a clip in many ranges: within this time they are one view.
ONE_VIEW = dt.timedelta(minutes=5)


def journal_view(recording: Recording, member: Member) -> None:
    """Write down that `member` sees `recording`, once for the many requests of one view."""
    with transaction.atomic():
        seen = Entry.objects.filter(
            organisation=recording.organisation_id,
            at__gt=clock.now() - ONE_VIEW,
            action=Action.CLIP_VIEWED,
            actor_id=member.pk,
            subject_id=str(recording.pk),
        )
        if not seen.exists():
            record(
                recording.organisation_id,
                Action.CLIP_VIEWED,
                actor=member,
                subject=recording,
                site_id=recording.alert.site_id,
                details={"alert": str(recording.alert_id), "kind": recording.kind},
            )


def response(recording: Recording, range_header: str, if_range: str) -> HttpResponse:
    """The recording's bytes: 200, 206 with a range, or 416.

    Raises:
        Refusal: the register knows it, but the storage does not give it.
    """
    tag = f'"{recording.sha256}"'
    wanted: ByteRange | None = None
    if range_header and if_range in ("", tag):
        try:
            wanted = parse(range_header, recording.size)
        except Unsatisfiable:
            return _headed(HttpResponse(status=416), tag, f"bytes */{recording.size}")
    try:
        with recording.file.open("rb") as stored:
            if wanted is not None:
                stored.seek(wanted.first)
            data = stored.read(wanted.length if wanted else recording.size)
    except OSError as error:
        raise Refusal(
            "recording_unavailable",
            _("The recording cannot be read from the storage. Tell the operator."),
            status=Status.UNAVAILABLE,
        ) from error
    content_type = CONTENT_TYPES[RecordingKind(recording.kind)]
    if wanted is None:
        return _headed(HttpResponse(data, content_type=content_type), tag, "")
    answer = HttpResponse(data, status=206, content_type=content_type)
    return _headed(answer, tag, f"bytes {wanted.first}-{wanted.last}/{recording.size}")


def _headed(answer: HttpResponse, tag: str, content_range: str) -> HttpResponse:
    answer["Accept-Ranges"] = "bytes"
    answer["ETag"] = tag
    # The browser may keep what its member saw for as long as she looks at it; nothing in between may.
    answer["Cache-Control"] = "private, max-age=300"
    answer["Content-Disposition"] = "inline"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    if content_range:
        answer["Content-Range"] = content_range
    return answer
