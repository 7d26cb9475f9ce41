"""Handovers as the API writes them."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from pydantic import Field

from alerts.logbook.handover.summary import HandoverSummary
from alerts.logbook.models import Handover
from alerts.logbook.wire import LogbookEntryView, Signature, entry_view, taken_signature
from alerts.wire import Named, View


class HandoverBrief(View):
    """A handover that waits for its second signature, as lists name it."""

    id: UUID
    site: Named | None = Field(description="Null: all sites.")
    given: Signature


class HandoverDraft(View):
    """What stands open now, to be read and signed by who leaves."""

    site: Named | None = Field(description="Null: all sites.")
    summary: HandoverSummary
    written: list[LogbookEntryView] = Field(description="The entries that the summary names.")
    seal: str = Field(description="Given back with the signature: what was read is what is signed.")


class Meanwhile(View):
    """What came since the summary was read by who signed first: it is not in there."""

    alerts: int
    entries: int


class HandoverView(HandoverBrief):
    """A handover with all that is signed."""

    taken: Signature | None
    taken_here: bool = Field(description="Signed on the screen of who left.")
    withdrawn_at: dt.datetime | None
    entry: LogbookEntryView = Field(description="What the next one must know.")
    summary: HandoverSummary
    written: list[LogbookEntryView] = Field(
        description="The entries that the summary names, of which the reader may read."
    )
    meanwhile: Meanwhile
    digest: str


def brief(handover: Handover) -> HandoverBrief:
    """A handover as lists name it."""
    return HandoverBrief(id=handover.pk, site=_site(handover), given=_given(handover))


def view(handover: Handover, written: list[LogbookEntryView], meanwhile: Meanwhile) -> HandoverView:
    """A handover with all that is signed."""
    return HandoverView(
        id=handover.pk,
        site=_site(handover),
        given=_given(handover),
        taken=taken_signature(handover),
        taken_here=handover.taken_here,
        withdrawn_at=handover.withdrawn_at,
        entry=entry_view(handover.entry),
        summary=HandoverSummary.model_validate(handover.summary),
        written=written,
        meanwhile=meanwhile,
        digest=handover.digest,
    )


def _site(handover: Handover) -> Named | None:
    return Named(id=handover.site.pk, name=handover.site.name) if handover.site else None


def _given(handover: Handover) -> Signature:
    member = handover.shift.member
    return Signature(member=Named(id=member.pk, name=member.display_name), at=handover.given_at)
