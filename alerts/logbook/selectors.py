"""What can be asked about duty and the logbook, scoped to the member."""

from __future__ import annotations

from django.db.models import QuerySet

from alerts.logbook.models import Shift
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
