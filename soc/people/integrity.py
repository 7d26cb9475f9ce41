"""Composite foreign keys, which Django's models cannot state: a migration operation that adds them.

With them the database itself refuses a row that names something of another organisation.
"""

from __future__ import annotations

from django.db.migrations import RunSQL


def same_organisation(table: str, column: str, parent: str) -> RunSQL:
    """An operation: `table` (organisation_id, column) must exist as `parent` (organisation_id, id).

    `parent` needs a unique constraint on (organisation_id, id). A null `column` is allowed, as in any foreign key.
    """
    name = f"{table}_{column}_same_org"[:63]
    return RunSQL(
        sql=f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (organisation_id, "{column}") '
        f'REFERENCES "{parent}" (organisation_id, id) ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED',
        reverse_sql=f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"',
    )
