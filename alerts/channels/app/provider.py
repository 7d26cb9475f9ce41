"""The app's provider: tells the member's open pages that there is something to read; what it says is read from the outbox."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from alerts.channels.base import CallbackRead, CallbackRequest, Capabilities, Channel, Forged, Outgoing, Receipt, Sent
from soc.broadcast.events import Event, Payload
from soc.broadcast.services import announce
from soc.people.rights import Right


class MessageForYou(Payload):
    """A message to the member came: the page reads it. The words are not in here."""

    kind: Literal["message.for_you"] = "message.for_you"
    reference: str
    exercise: bool


class AppProvider:
    """Announces to one member. It has arrived when the page says so (`seen_at`): an announcement is no proof."""

    kind: ClassVar = "app"
    channel: ClassVar = Channel.APP

    def __init__(self) -> None:
        self.capabilities = Capabilities(receipts=True, polled=False, replies=True)

    def send(self, message: Outgoing) -> Sent:
        """Wake the member's pages; `to` is the member's id."""
        payload = MessageForYou(reference=message.reference, exercise=message.exercise)
        announce(Event(message.organisation, payload, Right.RESPOND, member_id=UUID(message.to)))
        return Sent(provider_id="")

    def ask(self, _provider_id: str) -> Receipt | None:
        """Nobody to ask."""
        return None

    def read(self, _request: CallbackRequest) -> CallbackRead:
        """Nobody calls back."""
        raise Forged
