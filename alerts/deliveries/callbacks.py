"""What providers tell us comes in here: receipts and replies, each in a transaction of its own, again and again if they like.

`alerts.channels` lets a provider in, verifies it and hands over what it said; `taker` makes the listener that it is given to.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import structlog
from django.db import transaction

from alerts.channels.base import Channel, Receipt, Reply
from alerts.deliveries import receipts, replies

log = structlog.get_logger(__name__)

Taker = Callable[[UUID, UUID, tuple[Receipt | Reply, ...]], None]


def taker(channel_of: Callable[[UUID], Channel]) -> Taker:
    """What takes the events of a callback.

    Args:
        channel_of: the channel of an account.

    Returns:
        A function of organisation, account and what came. It takes all that it can; if something could not be taken it raises
        that error at the end, so that the provider calls again: what was taken is not taken twice.
    """

    def take(organisation: UUID, account: UUID, events: tuple[Receipt | Reply, ...]) -> None:
        failed: Exception | None = None
        for event in events:
            try:
                with transaction.atomic():
                    _take(organisation, account, event, channel_of)
            except Exception as error:
                log.exception("callback.not_taken", account=str(account), what=type(event).__name__)
                failed = failed or error
        if failed is not None:
            raise failed

    return take


def _take(organisation: UUID, account: UUID, event: Receipt | Reply, channel_of: Callable[[UUID], Channel]) -> None:
    if isinstance(event, Receipt):
        receipts.take(organisation, account, event)
    else:
        replies.take(organisation, channel_of(account), event)
