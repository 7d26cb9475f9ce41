"""From what is owed to what is tried: claims, the try that is written before it is made, and what came of it.

A sender claims a few deliveries at a time under a claim of its own, for a while by the database's clock. Each is marked as
being sent, with its attempt's row, in a transaction before the provider is called, and settled in one after. So a sender that
dies leaves either claims that nobody began, which go back untouched, or at most one delivery a thread that may have left: that
one goes again.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from alerts.channels.base import Channel, Failure, Sent
from alerts.deliveries.models import TO_LEAVE, Attempt, Delivery, DeliveryState, Message, Outcome
from alerts.deliveries.prepared import prepared
from soc import clock

CLAIMED_FOR = dt.timedelta(seconds=60)
"""Longer than a provider may take (20 s) for each of the few that one thread claims."""


@dataclass(frozen=True, slots=True)
class Lane:
    """What can be claimed together: an organisation's deliveries by one channel."""

    organisation: UUID
    channel: Channel


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message of which something is due in a lane."""

    lane: Lane
    message: UUID
    priority: int


_DUE = """
    SELECT m.organisation_id, c.channel, m.id, m.priority
    FROM alerts_deliveries_message m
    CROSS JOIN unnest(%s::text[]) AS c(channel)
    WHERE m.done_at IS NULL AND EXISTS (
        SELECT 1 FROM alerts_deliveries_delivery d
        WHERE d.message_id = m.id AND d.channel = c.channel AND d.state = 'pending' AND d.due_at <= %s
    )
    ORDER BY m.priority, m.created_at
"""


def due() -> list[Waiting]:
    """What is due, most urgent first."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [[channel.value for channel in Channel], clock.now()])
        return [Waiting(Lane(row[0], Channel(row[1])), row[2], row[3]) for row in cursor.fetchall()]


_CLAIM = """
    WITH picked AS MATERIALIZED (  -- looked for once, whatever the planner does: else each row could find more
        SELECT id FROM alerts_deliveries_delivery
        WHERE message_id = %s AND channel = %s AND state = 'pending' AND due_at <= %s
        ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED
    )
    UPDATE alerts_deliveries_delivery AS delivery SET state = 'claimed', claim = %s, claimed_until = now() + %s * interval '1 s'
    FROM picked WHERE delivery.id = picked.id RETURNING delivery.id
"""


def claim(waiting: Sequence[Waiting], most: int) -> list[int]:
    """Claim up to `most` deliveries of one lane.

    What is most urgent comes first; messages of the same priority share, so that a new emergency does not wait behind the
    thousands of another.

    Returns:
        The deliveries' numbers, in the order in which they should be sent.
    """
    found: list[int] = []
    for priority in sorted({one.priority for one in waiting}):
        equals = [one for one in waiting if one.priority == priority]
        share = max(1, (most - len(found)) // len(equals))
        for one in equals:
            if len(found) >= most:
                return found
            found += _claim_of(one, min(share, most - len(found)))
    return found


def _claim_of(one: Waiting, most: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM, (one.message, one.lane.channel.value, clock.now(), most, uuid.uuid4(), CLAIMED_FOR.total_seconds())
        )
        return sorted(row[0] for row in cursor.fetchall())


def give_back(deliveries: Sequence[int]) -> None:
    """What was claimed and not begun waits again."""
    Delivery.objects.filter(pk__in=deliveries, state=DeliveryState.CLAIMED).update(
        state=DeliveryState.PENDING, claim=None, claimed_until=None
    )


_BEGIN = """
    WITH begun AS (
        UPDATE alerts_deliveries_delivery
        SET state = 'sending', tries = tries + 1, failure = '', claimed_until = now() + %(held)s * interval '1 s'
        WHERE id = %(delivery)s AND state = 'claimed' AND claimed_until > now()
        RETURNING id, organisation_id, tries
    )
    INSERT INTO alerts_deliveries_attempt
        (id, organisation_id, delivery_id, number, provider, account, started_at, outcome, failure, detail, provider_id, segments)
    SELECT %(attempt)s, organisation_id, id, tries, %(provider)s, %(account)s, %(now)s, '', '', '', '', 1 FROM begun
    RETURNING number
"""
_LEFT = """
    WITH tried AS (
        -- A sender that was slow, not dead, knows better than who gave it up.
        UPDATE alerts_deliveries_attempt
        SET ended_at = %(now)s, outcome = 'sent', provider_id = %(provider_id)s, segments = %(segments)s
        WHERE id = %(attempt)s AND outcome IN ('', 'lost')
    )
    -- A receipt may have been faster than this; what it said stands.
    UPDATE alerts_deliveries_delivery SET
        sent_at = coalesce(sent_at, %(now)s),
        state = CASE state WHEN 'sending' THEN %(state)s ELSE state END,
        delivered_at = CASE state WHEN 'sending' THEN %(delivered_at)s ELSE delivered_at END,
        ask_at = CASE state WHEN 'sending' THEN %(ask_at)s ELSE ask_at END,
        claimed_until = CASE state WHEN 'sending' THEN NULL ELSE claimed_until END,
        claim = CASE state WHEN 'sending' THEN NULL ELSE claim END
    WHERE id = %(delivery)s
"""


def begin(delivery: int, *, provider: str, account: UUID | None) -> Attempt | None:
    """Write the try before it is made; null: the delivery is not wanted any more, or somebody else's by now.

    One statement, because every message that leaves pays for it.
    """
    attempt = Attempt(delivery_id=delivery, provider=provider, account=account)
    values: dict[str, str | int | float | dt.datetime | UUID | None] = {
        "attempt": attempt.pk,
        "delivery": delivery,
        "provider": provider,
        "account": account,
        "now": attempt.started_at,
        "held": CLAIMED_FOR.total_seconds(),
    }
    with prepared(_BEGIN, values) as cursor:
        row = cursor.fetchone()
    if row is None:
        return None
    attempt.number = row[0]
    return attempt


def left(attempt: Attempt, sent: Sent, *, ask_at: dt.datetime | None) -> None:
    """The provider took it.

    Args:
        attempt: which try.
        sent: what the provider said.
        ask_at: when its receipt is asked for, where one is to be had.
    """
    now = clock.now()
    values: dict[str, str | int | float | dt.datetime | UUID | None] = {
        "attempt": attempt.pk,
        "delivery": attempt.delivery_id,
        "now": now,
        "provider_id": sent.provider_id,
        "segments": sent.segments,
        "state": (DeliveryState.DELIVERED if sent.delivered else DeliveryState.SENT).value,
        "delivered_at": now if sent.delivered else None,
        "ask_at": None if sent.delivered else ask_at,
    }
    with prepared(_LEFT, values):
        pass


@transaction.atomic
def failed(attempt: Attempt, failure: Failure, detail: str, *, again_at: dt.datetime | None) -> None:
    """The try failed.

    Args:
        attempt: which try.
        failure: why.
        detail: what the provider said.
        again_at: when the delivery is due again; null: it has failed for good.
    """
    _end(attempt, Outcome.FAILED, failure=failure, detail=detail[:255])
    being_sent = Delivery.objects.filter(pk=attempt.delivery_id, state=DeliveryState.SENDING)
    if again_at is not None and being_sent.exclude(message__withdrawn_at=None).exists():
        again_at = None  # it was withdrawn while it was tried
    being_sent.update(
        state=DeliveryState.FAILED if again_at is None else DeliveryState.PENDING,
        failure=failure,
        claimed_until=None,
        claim=None,
        **({} if again_at is None else {"due_at": again_at}),
    )


def fail_unsent(delivery: int, failure: Failure) -> None:
    """A delivery that no provider can be asked for has failed."""
    Delivery.objects.filter(pk=delivery, state=DeliveryState.CLAIMED).update(
        state=DeliveryState.FAILED, failure=failure, claim=None, claimed_until=None
    )


def _end(attempt: Attempt, outcome: Outcome, **fields: object) -> None:
    # A sender that was slow, not dead, knows better than who gave it up.
    Attempt.objects.filter(pk=attempt.pk, outcome__in=["", Outcome.LOST]).update(
        ended_at=clock.now(), outcome=outcome, **fields
    )


def rest() -> int:
    """Let senders look no more at messages of which nothing waits; how many those were."""
    rested = 0
    for pk in Message.objects.filter(done_at=None).values_list("pk", flat=True):
        with transaction.atomic():
            # Locked first, then looked at: `services.owe` takes the same lock after what it adds.
            row = Message.objects.select_for_update(skip_locked=True).filter(pk=pk, done_at=None).first()
            if row is None or Delivery.objects.filter(message=row, state__in=TO_LEAVE).exists():
                continue
            Message.objects.filter(pk=pk).update(done_at=clock.now())
            rested += 1
    return rested
