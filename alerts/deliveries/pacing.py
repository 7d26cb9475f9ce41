"""How fast a provider is given messages: a bucket a provider account, shared by all senders, in the database.

The bucket holds one second of the rate. What is about to be claimed is taken out of it first, one segment a message; what a
message took beyond that, or what was not claimed, is settled after, so that it may run a little below zero and is then waited
for.
"""

from __future__ import annotations

from django.db import connection

from alerts.deliveries.carriers import Carrier

_FILL = """
    INSERT INTO alerts_deliveries_pace (account, organisation_id, "left", at)
    VALUES (%(account)s, %(organisation)s, %(most)s, clock_timestamp()) ON CONFLICT (account) DO NOTHING
"""
_RESERVE = """
    WITH bucket AS (
        SELECT account, least("left" + extract(epoch FROM clock_timestamp() - at) * %(rate)s, %(most)s) AS level
        FROM alerts_deliveries_pace WHERE account = %(account)s FOR UPDATE
    ), granted AS (
        SELECT account, level, least(%(wanted)s, floor(level))::int AS count FROM bucket WHERE level >= 1
    ), taken AS (
        UPDATE alerts_deliveries_pace AS pace SET "left" = granted.level - granted.count, at = clock_timestamp()
        FROM granted WHERE pace.account = granted.account
    )
    SELECT count FROM granted
"""


def reserve(carrier: Carrier, wanted: int) -> int:
    """How many of `wanted` may be claimed for this carrier now. Without a rate: all."""
    rate = carrier.per_second
    if rate is None or carrier.account is None:
        return wanted
    values = {
        "account": carrier.account,
        "organisation": carrier.organisation,
        "rate": rate,
        "most": max(rate, 1.0),  # a line slower than one a second still takes one
        "wanted": wanted,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FILL, values)
        cursor.execute(_RESERVE, values)
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def settle(carrier: Carrier, more: int) -> None:
    """Of what was reserved `more` segments too few (or, below zero, too many) were reckoned."""
    if more and carrier.account is not None and carrier.per_second is not None:
        with connection.cursor() as cursor:
            cursor.execute(
                'UPDATE alerts_deliveries_pace SET "left" = "left" - %s WHERE account = %s', [more, carrier.account]
            )
