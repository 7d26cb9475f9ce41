"""Which providers carry an organisation's messages by a channel, in the order in which they are tried."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

import structlog

from alerts.channels import registry, selectors
from alerts.channels.app.provider import AppProvider
from alerts.channels.base import (
    CallbackRead,
    CallbackRequest,
    Capabilities,
    Channel,
    Failure,
    Outgoing,
    Provider,
    Receipt,
    Retry,
    SendFailed,
    Sent,
)
from alerts.channels.models import ProviderAccount
from alerts.channels.simulated.provider import SimulatedProvider, simulated
from soc.config import config

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Carrier:
    """A provider, and by which account it carries; one that needs none has no account."""

    account: UUID | None
    provider: Provider
    organisation: UUID | None = None
    per_second: float | None = None
    """How many segments, calls or messages it takes; null: as many as come."""


def carriers(organisation: UUID, channel: Channel) -> list[Carrier]:
    """Who carries, first choice first; empty: nobody, and what is owed fails with that reason.

    Without an account of its own an organisation's messages stay in the simulation, where the installation has it switched on.
    """
    if channel is Channel.APP:
        return [Carrier(None, AppProvider(), organisation)]
    accounts = selectors.accounts(organisation, channel)
    if not accounts and config().simulate and channel in SimulatedProvider.CHANNELS:
        return [Carrier(None, simulated(channel), organisation)]
    # An account that cannot be opened carries nothing, and no simulation takes its place: what is real fails and says so.
    return [carrier for account in accounts if (carrier := _of(account, channel)) is not None]


def _of(account: ProviderAccount, channel: Channel) -> Carrier | None:
    """An account, opened; null: its settings or secrets cannot be read any more, which is logged and told where it is set up."""
    try:
        provider = registry.open_account(account)
        rate = registry.rate(account)
    except SendFailed as failure:
        log.warning("provider.unusable", account=str(account.pk), detail=failure.detail)
        return None
    whole = EveryBrowser(provider) if channel is Channel.PUSH else provider
    return Carrier(account.pk, whole, account.organisation_id, rate)


class EveryBrowser:
    """Push to a member: every browser that the member has subscribed gets it; one that takes it is enough."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self.kind: str = provider.kind
        self.channel: Channel = provider.channel
        self.capabilities: Capabilities = provider.capabilities

    def send(self, message: Outgoing) -> Sent:
        """Send to each; `to` is the member's id."""
        member = UUID(message.to)
        browsers = selectors.subscriptions([member]).get(member, [])
        if not browsers:
            raise SendFailed(Failure.NO_ADDRESS, Retry.NEVER, "no browser is subscribed")
        sent: Sent | None = None
        failed: SendFailed | None = None
        for browser in browsers:
            try:
                sent = self._provider.send(replace(message, to=str(browser)))
            except SendFailed as failure:
                failed = failure
        if sent is None and failed is not None:
            raise failed
        return Sent(provider_id="") if sent is None else replace(sent, provider_id="")

    def ask(self, provider_id: str) -> Receipt | None:
        """What the provider says."""
        return self._provider.ask(provider_id)

    def read(self, request: CallbackRequest) -> CallbackRead:
        """What the provider reads."""
        return self._provider.read(request)
