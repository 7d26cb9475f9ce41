"""Broadcasting: `publish` numbers an event in the caller's transaction, `announce` passes one on that nobody is owed."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.db import connection, transaction

from soc import clock
from soc.broadcast import wire
from soc.broadcast.broker import waker
from soc.broadcast.events import Event
from soc.broadcast.models import Counter, FeedEvent


def publish(event: Event) -> int:
    """Give `event` the organisation's next number and broadcast it when the transaction commits.

    Call it last in the transaction: the organisation's counter row stays locked until the end, so that numbers become
    visible in their order. A broker that is away neither fails nor delays the transaction; the hubs find the row.

    Returns:
        The event's number.

    Raises:
        RuntimeError: outside a transaction, where a number could be seen without its cause.
    """
    if event.member_id is not None:
        raise RuntimeError("What is for one member alone is announced: a number is replayed to all who hold the right.")
    if not connection.in_atomic_block:
        raise RuntimeError("An event is published in the transaction of what it tells; open one first.")
    at = clock.now()
    payload = event.payload.model_dump(mode="json", exclude={"kind"})
    kind = event.payload.kind
    _check_what_is_deferred()
    number = _next_number(event.organisation_id)
    FeedEvent.objects.create(
        organisation_id=event.organisation_id,
        number=number,
        kind=kind,
        site_id=event.site_id,
        right=event.right,
        payload=payload,
        at=at,
    )
    text = wire.text_of(kind, number, at, payload)
    envelope = wire.Envelope(kind=kind, number=number, right=event.right, site=event.site_id, text=text)
    transaction.on_commit(partial(_send, event.organisation_id, envelope))
    return number


def announce(event: Event) -> None:
    """Broadcast `event` without a number, when the transaction (if there is one) commits. It is not replayed."""
    kind = event.payload.kind
    text = wire.text_of(kind, None, clock.now(), event.payload.model_dump(mode="json", exclude={"kind"}))
    envelope = wire.Envelope(
        kind=kind, number=None, right=event.right, site=event.site_id, text=text, member=event.member_id
    )
    transaction.on_commit(partial(_send, event.organisation_id, envelope))


def _send(organisation_id: UUID, envelope: wire.Envelope) -> None:
    waker().publish(wire.channel(organisation_id), envelope.encode())


def _check_what_is_deferred() -> None:
    """Check foreign keys now instead of at the commit.

    A check locks the row that is named. After the counter that would be a deadlock with whoever holds that row and waits for the
    counter: of an entry about an alert, and the alert's own change, one would fail.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _next_number(organisation_id: UUID) -> int:
    """Lock the counter's row, creating it when missing, and count: one statement, so two firsts do not collide."""
    table = connection.ops.quote_name(Counter._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS counter (organisation_id, last) VALUES (%s, 1) "  # noqa: S608  (a constant)
            "ON CONFLICT (organisation_id) DO UPDATE SET last = counter.last + 1 RETURNING last",
            [organisation_id],
        )
        (number,) = cursor.fetchone()
    return int(number)
