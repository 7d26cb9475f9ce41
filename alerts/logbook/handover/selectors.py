"""What can be asked about handovers, scoped to the member."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from alerts import selectors as alert_selectors
from alerts.logbook import selectors as logbook
from alerts.logbook import wire as logbook_wire
from alerts.logbook.handover import wire
from alerts.logbook.handover.summary import HandoverSummary, of_shift, sealed
from alerts.logbook.models import Handover, Shift
from alerts.wire import Named
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped


def handovers(member: Member, right: Right = Right.SEE_LOGBOOK) -> QuerySet[Handover]:
    """The handovers in the member's reach, the newest first."""
    rows = Handover.objects.select_related("site", "shift__member", "taken_by", "entry")
    return scoped(rows, member, right)


def waiting(member: Member, right: Right = Right.SEE_LOGBOOK) -> list[wire.HandoverBrief]:
    """Those whose second signature is missing, the longest first."""
    rows = handovers(member, right).filter(taken_at=None, withdrawn_at=None).order_by("given_at")
    return [wire.brief(one) for one in rows]


def draft(shift: Shift) -> wire.HandoverDraft:
    """What stands open now, for the member whose shift it is."""
    summary = of_shift(shift)
    return wire.HandoverDraft(
        site=Named(id=shift.site.pk, name=shift.site.name) if shift.site else None,
        summary=summary,
        written=_written(shift.member, summary),
        seal=sealed(shift, summary),
    )


def detail(handover: Handover, reader: Member) -> wire.HandoverView:
    """A handover with all that is signed, as the reader sees it."""
    summary = HandoverSummary.model_validate(handover.summary)
    where = {} if handover.site_id is None else {"site": handover.site_id}
    meanwhile = wire.Meanwhile(
        alerts=alert_selectors.alerts(reader).filter(raised_at__gt=summary.as_of, **where).count(),
        entries=logbook.entries(reader)
        .filter(written_at__gt=summary.as_of, **where)
        .exclude(pk=handover.entry_id)
        .count(),
    )
    handover.entry = logbook.entries(reader).get(pk=handover.entry_id)
    return wire.view(handover, _written(reader, summary), meanwhile)


def _written(reader: Member, summary: HandoverSummary) -> list[logbook_wire.LogbookEntryView]:
    named: Iterable[UUID] = [one.id for one in summary.entries]
    found = logbook.entries(reader).filter(pk__in=named).order_by("year", "number")
    return [logbook_wire.entry_view(one) for one in found]
