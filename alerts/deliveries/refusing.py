"""What never leaves, whatever asked for it: a text or call to an emergency service. A person calls those."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.channels.base import Channel, Failure
from alerts.deliveries.models import Delivery, Message
from soc.journal.actions import Action
from soc.journal.services import Act, record_many
from soc.people.directory.emergency_numbers import reaches_emergency

_DIALLED = (Channel.SMS, Channel.VOICE)


def why_not(channel: str, address: str) -> Failure | None:
    """Why nothing goes there; null: it may."""
    return Failure.EMERGENCY if channel in _DIALLED and reaches_emergency(address) else None


def new_among(of: Message, rows: Sequence[Delivery]) -> list[Delivery]:
    """Those of these rows that are refused and were not asked for before."""
    refused = [row for row in rows if row.failure == Failure.EMERGENCY]
    if not refused:
        return []
    before = Delivery.objects.filter(message=of, failure=Failure.EMERGENCY)
    known = set(before.values_list("recipient", "channel", "round"))
    return [row for row in refused if (row.recipient, row.channel, row.round) not in known]


def journal(of: Message, refused: Sequence[Delivery]) -> None:
    """Write down that deliveries of a message were refused, in the transaction in which they were."""
    acts = [Act(of, of.site_id, {"channel": str(one.channel)}, {"address": one.address}) for one in refused]
    record_many(of.organisation_id, Action.DELIVERY_REFUSED, acts)
