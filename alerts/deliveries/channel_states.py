"""How each way to reach people stands: who carries it now, in which order, whether it is a simulation, and what waits."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import Count, Min
from pydantic import Field

from alerts.channels.base import Channel
from alerts.channels.simulated.provider import SimulatedProvider
from alerts.deliveries.carriers import carriers
from alerts.deliveries.models import TO_LEAVE, Delivery
from alerts.wire import View
from soc import clock
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import EVERYWHERE, reach


class CarrierView(View):
    """Who carries a channel's messages."""

    account: UUID | None = Field(description="Null: it needs no account.")
    per_second: float | None = Field(description="How many leave in a second at most; null: as many as come.")


class ChannelStateView(View):
    """How a way to reach people stands."""

    channel: Channel
    carriers: list[CarrierView] = Field(description="First choice first; empty: what is owed by it fails.")
    simulated: bool = Field(description="Its messages stay on this installation.")
    waiting: int = Field(description="Messages that are due and have not left.")
    waiting_since: dt.datetime | None = Field(description="Since when the first of them is due.")


def states(member: Member) -> list[ChannelStateView]:
    """Every way, in the order of the product; none for who sets up providers of some sites only: they serve all of them."""
    if reach(member, Right.MANAGE_CHANNELS) is not EVERYWHERE:
        return []
    waiting = _waiting(member.organisation_id)
    return [_state(member.organisation_id, channel, *waiting.get(channel, (0, None))) for channel in Channel]


def _state(organisation: UUID, channel: Channel, waiting: int, since: dt.datetime | None) -> ChannelStateView:
    found = carriers(organisation, channel)
    return ChannelStateView(
        channel=channel,
        carriers=[CarrierView(account=one.account, per_second=one.per_second) for one in found],
        simulated=any(isinstance(one.provider, SimulatedProvider) for one in found),
        waiting=waiting,
        waiting_since=since,
    )


def _waiting(organisation: UUID) -> dict[str, tuple[int, dt.datetime | None]]:
    rows = Delivery.objects.filter(
        organisation=organisation, message__done_at=None, state__in=TO_LEAVE, due_at__lte=clock.now()
    )
    counted = rows.order_by().values_list("channel").annotate(count=Count("pk"), since=Min("due_at"))
    return {channel: (count, since) for channel, count, since in counted}
