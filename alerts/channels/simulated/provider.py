"""A provider that keeps what it is given, and says so: for demonstrations, for trying plans out, and for drills at a desk."""

from __future__ import annotations

from functools import cache
from typing import ClassVar

from alerts.channels.base import CallbackRead, CallbackRequest, Capabilities, Channel, Forged, Outgoing, Receipt, Sent
from alerts.channels.simulated.feed import received
from alerts.channels.simulated.models import SimulatedMessage
from alerts.channels.sms.segments import segmented


class SimulatedProvider:
    """Delivers to the page of simulated phones, at once."""

    kind: ClassVar = "simulated"
    channel: Channel
    CHANNELS: ClassVar = frozenset({Channel.SMS, Channel.VOICE, Channel.EMAIL})

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.capabilities = Capabilities(receipts=True, polled=False, replies=True)

    def send(self, message: Outgoing) -> Sent:
        """Keep it; sending the same try twice keeps it once."""
        segments = segmented(message.text).segments if self.channel is Channel.SMS else 1
        kept, made = SimulatedMessage.objects.get_or_create(
            attempt=message.attempt,
            defaults={
                "organisation_id": message.organisation,
                "channel": self.channel,
                "to": message.to,
                "subject": message.subject[:255],
                "text": message.spoken if self.channel is Channel.VOICE else message.text,
                "language": message.language,
                "reference": message.reference,
                "exercise": message.exercise,
                "segments": segments,
                "answers": [{"key": option.key, "words": option.words} for option in message.answers],
            },
        )
        if made:
            received(message.organisation, message.to, self.channel)
        return Sent(provider_id=str(kept.pk), delivered=True, segments=kept.segments)

    def ask(self, _provider_id: str) -> Receipt | None:
        """It was delivered when it was sent."""
        return None

    def read(self, _request: CallbackRequest) -> CallbackRead:
        """Nobody calls back."""
        raise Forged


@cache
def simulated(channel: Channel) -> SimulatedProvider:
    """The provider of one channel."""
    return SimulatedProvider(channel)
