"""What an intruder with all rights on the database, but without the journal's key, can do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from soc import clock
from soc.journal import heads, sealing
from soc.journal.actions import Action
from soc.journal.models import Entry, Personal, Seal, Unsealed
from soc.journal.services import record
from soc.people.models import Organisation
from tests.factories import OrganisationFactory


@contextmanager
def intruder() -> Iterator[None]:
    """Switch all triggers and constraints off, as the database's owner can."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def write(organisation: Organisation, count: int = 1) -> list[Entry]:
    """Entries as the product writes them, each second one with personal data."""
    with transaction.atomic():
        return [
            record(
                organisation,
                Action.SIGNED_IN,
                details={"n": n, "share": 0.1 * n, "note": "é\u2028"},
                personal={"address": f"192.0.2.{n}"} if n % 2 else None,
            )
            for n in range(count)
        ]


def journal(sizes: list[int]) -> Organisation:
    """An organisation whose journal has a seal over each of these numbers of entries, its heads exported."""
    organisation = OrganisationFactory()
    for size in sizes:
        write(organisation, size)
        sealing.seal(organisation)
        heads.export(organisation.pk)
    return organisation


def insert_past_the_journal(organisation: Organisation) -> Entry:
    """An entry with which the trigger had nothing to do."""
    with intruder():
        return Entry.objects.create(organisation=organisation, action=Action.SIGNED_OUT)


def forge_seal(organisation: Organisation, entry: Entry) -> Seal:
    """A seal over `entry` that fits the chain, by somebody who knows everything but the key."""
    last = Seal.objects.filter(organisation=organisation).order_by("-number").first()
    guess = hashlib.sha256(str(entry.pk).encode()).hexdigest()
    return Seal.objects.create(
        organisation=organisation,
        number=last.number + 1 if last else 1,
        sealed_at=clock.now(),
        entry_ids=[entry.pk],
        entry_digests=[guess],
        previous=last.digest if last else "0" * 64,
        digest=hashlib.sha256(guess.encode()).hexdigest(),
    )


def waiting(organisation: Organisation) -> list[int]:
    """The entries that wait for their seal."""
    rows = Unsealed.objects.filter(organisation_id=organisation.pk).order_by("entry_id")
    return list(rows.values_list("entry_id", flat=True))


def remove(entries: list[int]) -> None:
    """Remove entries with all that hangs from them."""
    Personal.objects.filter(pk__in=entries).delete()
    Entry.objects.filter(pk__in=entries).delete()
