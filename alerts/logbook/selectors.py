"""What can be asked about duty and the logbook, scoped to the member."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from alerts.logbook.models import AlertLink, CameraLink, LogbookEntry, Shift
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped


def on_duty(member: Member) -> QuerySet[Shift]:
    """The shifts under way that `member` may see, the longest first: those at her sites, and those at all sites."""
    under_way = Shift.objects.filter(ended_at=None, member__is_active=True).select_related("member", "site")
    return scoped(under_way, member, Right.SEE_PEOPLE).order_by("started_at")


def own_shift(member: Member) -> Shift | None:
    """The shift that `member` is on."""
    return Shift.objects.select_related("member", "site").filter(member=member, ended_at=None).first()


def entries(member: Member, right: Right = Right.SEE_LOGBOOK) -> QuerySet[LogbookEntry]:
    """The entries in the member's reach, newest first, with everything their view reads."""
    shown = LogbookEntry.objects.select_related(
        "words", "site", "category", "author", "refers_to", "handover__taken_by"
    ).prefetch_related(
        Prefetch("followers", queryset=LogbookEntry.objects.select_related("author")),
        Prefetch("alert_links", queryset=AlertLink.objects.select_related("alert__camera")),
        Prefetch("camera_links", queryset=CameraLink.objects.select_related("camera")),
    )
    return scoped(shown, member, right)
