"""Sealing: each second the committed entries of an organisation become one more link of its chain."""

from __future__ import annotations

from uuid import UUID

from django.db import connection, transaction

from soc import clock
from soc.journal import heads
from soc.journal.digests import NOTHING, Sealer
from soc.journal.models import Entry, Seal, Unsealed
from soc.people.models import Organisation

LARGEST = 5000
"""Most entries in one seal, so that one after a long stop fits in memory."""
_LOCK = 0x4A524E4C  # "JRNL": the class of the sealers' advisory locks


def seal_all() -> int:
    """Seal what waits in every organisation; how many seals that made.

    Raises:
        OSError: when a head could not be exported. The seals stand; the head goes with the next one.
    """
    waiting = Unsealed.objects.order_by().values_list("organisation_id", flat=True).distinct()
    made = 0
    for organisation in list(waiting):
        while seal(organisation) is not None:
            made += 1
    return made


def seal(organisation: Organisation | UUID) -> Seal | None:
    """Make one seal of the entries that wait: those whose transactions have committed, whenever they began.

    Returns:
        The seal; ``None`` when nothing waits or another process is sealing this organisation.
    """
    organisation_id = organisation.pk if isinstance(organisation, Organisation) else organisation
    with transaction.atomic():
        if not _only_sealer(organisation_id):
            return None
        waiting = Unsealed.objects.filter(organisation_id=organisation_id).order_by("entry_id")
        ids = list(waiting.values_list("entry_id", flat=True)[:LARGEST])
        if not ids:
            return None
        made = _make(organisation_id, ids)
        Unsealed.objects.filter(entry_id__in=ids).delete()
        transaction.on_commit(lambda: heads.export(organisation_id))
    return made


def _only_sealer(organisation: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, str(organisation)])
        return bool(cursor.fetchone()[0])


def _make(organisation: UUID, ids: list[int]) -> Seal:
    sealer = Sealer(organisation)
    entries = Entry.objects.in_bulk(ids)
    last = Seal.objects.filter(organisation=organisation).order_by("-number").first()
    made = Seal(
        organisation_id=organisation,
        number=last.number + 1 if last else 1,
        sealed_at=clock.now(),
        entry_ids=ids,
        # Who removes an entry in the second before its seal leaves its row among those that wait: the seal says so.
        entry_digests=[sealer.entry(entries[pk]) if pk in entries else NOTHING for pk in ids],
        previous=last.digest if last else NOTHING,
    )
    made.digest = sealer.seal(made)
    made.save(force_insert=True)
    return made
