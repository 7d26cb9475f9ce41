"""What the simulation says to browsers."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from alerts.channels.base import Channel
from soc.broadcast.events import Event, Payload
from soc.broadcast.services import announce
from soc.people.rights import Right


class SimulatedReceived(Payload):
    """A simulated phone or mailbox received something: its page reads it again. The words are not in here."""

    kind: Literal["simulated.received"] = "simulated.received"
    phone: str
    channel: Channel


def received(organisation: UUID, phone: str, channel: Channel) -> None:
    """Tell the page of simulated phones. Nobody is owed it: it has no number."""
    announce(Event(organisation, SimulatedReceived(phone=phone, channel=channel), Right.DIRECT))
