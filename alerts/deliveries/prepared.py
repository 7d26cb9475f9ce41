"""Statements that every message pays for: the database plans them once a connection, which is half of what they cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from django.db import connection

_ANY_NUMBER = 5
"""psycopg's own default; Django switches preparing off unless it is set. Only cursors opened here prepare anything."""


@contextmanager
def prepared(statement: LiteralString, values: Mapping[str, Any]) -> Iterator[psycopg.Cursor[Any]]:
    """Execute a statement on the connection of this thread, in its transaction where there is one; its rows can be fetched.

    Raises:
        django.db.Error: as any statement of Django's does.
    """
    with connection.cursor() as checked, connection.wrap_database_errors:
        own = checked.cursor.connection
        own.prepare_threshold = _ANY_NUMBER
        with psycopg.Cursor(own) as cursor:
            cursor.execute(statement, values, prepare=True)
            yield cursor
