"""What stands open when a shift is handed over, sealed for who reads it: exactly what was read is what is signed."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.core import signing
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from alerts import selectors as alert_selectors
from alerts.logbook import selectors as logbook
from alerts.logbook.models import Shift
from alerts.logbook.wire import LinkedAlert, Referred, linked_alert
from alerts.models import UNCLOSED, AlertState
from alerts.wire import Named, View
from detection import selectors as detection
from detection.models import WatchState
from detection.reasons import Reason
from soc import clock
from soc.people.rights import Right
from soc.refusals import Refusal, Status

MOST = 100
"""So many alerts and entries are named; the others are counted."""

SIGNED_WITHIN = dt.timedelta(minutes=30)
"""Who signs later than this after reading reads anew."""

_SALT = "alerts.logbook.handover"


class UnclosedAlert(LinkedAlert):
    """An alert that nobody has closed."""

    state: AlertState


class DarkCamera(View):
    """A camera that gives no picture, though it should."""

    camera: Named
    state: WatchState
    since: dt.datetime | None


class HandoverSummary(View):
    """What stands open, and what was written since the shift began."""

    since: dt.datetime = Field(description="When the shift began.")
    as_of: dt.datetime
    alerts: list[UnclosedAlert] = Field(description="Most urgent first, at most 100.")
    more_alerts: int
    cameras: list[DarkCamera]
    entries: list[Referred] = Field(description="The logbook since the shift began, oldest first, at most 100.")
    more_entries: int


class _Sealed(View):
    member: UUID
    shift: UUID
    summary: HandoverSummary


def of_shift(shift: Shift) -> HandoverSummary:
    """What stands open now where the shift is, as far as its member sees it."""
    member, now = shift.member, clock.now()
    where = {} if shift.site_id is None else {"site": shift.site_id}
    unclosed = (
        alert_selectors.alerts(member).filter(state__in=UNCLOSED, **where).order_by("-urgency", "-captured_at", "-id")
    )
    written = logbook.entries(member).filter(written_at__gte=shift.started_at, **where).order_by("year", "number")
    alerts, entries = list(unclosed[: MOST + 1]), list(written[: MOST + 1])
    return HandoverSummary(
        since=shift.started_at,
        as_of=now,
        alerts=[UnclosedAlert(**linked_alert(one).model_dump(), state=AlertState(one.state)) for one in alerts[:MOST]],
        more_alerts=unclosed.count() - MOST if len(alerts) > MOST else 0,
        cameras=_dark(shift),
        entries=[Referred(id=one.pk, reference=one.reference) for one in entries[:MOST]],
        more_entries=written.count() - MOST if len(entries) > MOST else 0,
    )


def sealed(shift: Shift, summary: HandoverSummary) -> str:
    """The summary as who reads it gives it back with the signature."""
    content = _Sealed(member=shift.member_id, shift=shift.pk, summary=summary)
    return signing.dumps(content.model_dump(mode="json"), salt=_SALT, compress=True)


def unsealed(shift: Shift, seal: str) -> HandoverSummary:
    """The summary that was read, if it was of this shift and not long ago.

    Raises:
        Refusal: it was not.
    """
    again = Refusal("read_again", _("You read this too long ago. Read it again, then sign."), status=Status.CONFLICT)
    try:
        content = _Sealed.model_validate(signing.loads(seal, salt=_SALT))
    except signing.BadSignature:
        raise again from None
    is_of_it = (content.member, content.shift) == (shift.member_id, shift.pk)
    if not is_of_it or clock.now() - content.summary.as_of > SIGNED_WITHIN:
        raise again
    return content.summary


def _dark(shift: Shift) -> list[DarkCamera]:
    cameras = [
        one
        for one in detection.cameras(shift.member, Right.SEE_CAMERAS)
        if shift.site_id is None or one.site_id == shift.site_id
    ]
    found = detection.situations(cameras)
    return [
        DarkCamera(camera=Named(id=one.pk, name=one.name), state=found[one.pk].state, since=found[one.pk].since)
        for one in cameras
        if found[one.pk].state in (WatchState.DOWN, WatchState.UNWATCHED)
        and found[one.pk].reason is not Reason.DISABLED
    ]
