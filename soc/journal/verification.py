"""Verifying a journal: the chain, every entry, and the exported heads; what is wrong is named, first things first.

What an intruder with all rights on the database, but without the journal's key, can hide:

- an entry that is changed no longer has the digest its seal lists; one that is removed is missing from its seal;
- an entry that is inserted has no seal and does not wait for one, or has a seal that the key does not confirm;
- a seal that is removed leaves a gap in the numbers, or in the chain; a chain whose end was cut off is shorter than the heads
  that were exported, and one that was sealed anew has other digests than they.

What it cannot tell: an entry that is changed or removed in the second before it is sealed and from the table of those that wait.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from soc.journal import digests, heads
from soc.journal.digests import NOTHING, Sealer
from soc.journal.models import Entry, Personal, Seal, Unsealed

_PAGE = 5000
"""Entries looked at together."""


class FaultKind(models.TextChoices):
    """What can be wrong; the sentences have places for `entry` and `seal`."""

    ENTRY_CHANGED = "entry_changed", _("Entry %(entry)s was changed after it was sealed (seal %(seal)s).")
    ENTRY_REMOVED = "entry_removed", _("Entry %(entry)s was removed (seal %(seal)s).")
    ENTRY_INSERTED = "entry_inserted", _("Entry %(entry)s was inserted past the journal: no seal lists it.")
    PERSONAL_CHANGED = "personal_changed", _("The personal data of entry %(entry)s was changed (seal %(seal)s).")
    SEAL_FORGED = "seal_forged", _("Seal %(seal)s is not confirmed by the key. Its first entry is %(entry)s.")
    SEAL_REMOVED = "seal_removed", _("Seal %(seal)s was removed.")
    END_REMOVED = "end_removed", _("The journal was cut off: seal %(seal)s was exported and is no longer there.")
    SEALED_ANEW = "sealed_anew", _("Seal %(seal)s is not the one that was exported: the journal was sealed anew.")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, at a seal or an entry."""

    kind: FaultKind
    seal: int | None = None
    entry: int | None = None

    def sentence(self) -> str:
        """What is wrong, in the active language."""
        return str(self.kind.label) % {"seal": self.seal, "entry": self.entry}


@dataclass(slots=True)
class Verification:
    """What was found.

    Attributes:
        faults: what is wrong, in the order of the chain; at most `MOST_FAULTS`.
        seals: seals looked at.
        entries: sealed entries looked at.
        erased: how many of them have had their personal data erased.
        unsealed: entries that wait for their seal.
        unsealed_since: when the oldest of those was written.
        head: the digest of the last seal.
        head_number: its number; 0 when there is none.
        head_at: when it was made.
    """

    faults: list[Fault] = field(default_factory=list)
    seals: int = 0
    entries: int = 0
    erased: int = 0
    unsealed: int = 0
    unsealed_since: dt.datetime | None = None
    head: str = NOTHING
    head_number: int = 0
    head_at: dt.datetime | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


MOST_FAULTS = 100


def verify(
    organisation: UUID, *, sealer: Sealer | None = None, progress: Callable[[int], None] | None = None
) -> Verification:
    """Verify an organisation's whole journal, in one snapshot of the database, without stopping writers or the sealer.

    Args:
        organisation: whose journal.
        sealer: digests with the key that is believed; by default the configured one.
        progress: is told now and then how many sealed entries have been looked at.
    """
    exported = {head.number: head.digest for head in heads.exported(organisation)}
    own = not connection.in_atomic_block
    with transaction.atomic():
        if own:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        told = progress or (lambda _entries: None)
        return _Verifier(organisation, sealer or Sealer(organisation), exported, told).run()


class _Verifier:
    def __init__(
        self, organisation: UUID, sealer: Sealer, exported: dict[int, str], progress: Callable[[int], None]
    ) -> None:
        self.progress = progress
        self.organisation = organisation
        self.sealer = sealer
        self.exported = exported
        self.found = Verification()
        self.last: Seal | None = None

    def run(self) -> Verification:
        for seals in self._pages():
            entries = self._entries(seals)
            for seal in seals:
                self._link(seal)
                self._contents(seal, entries)
                self.last = seal
            self.progress(self.found.entries)
        self._end()
        self._past_the_journal()
        self._waiting()
        return self.found

    def _pages(self) -> Iterator[list[Seal]]:
        """The seals in their order, few enough at a time that their entries fit in memory."""
        page: list[Seal] = []
        seals = Seal.objects.filter(organisation=self.organisation).order_by("number")
        for seal in seals.iterator(chunk_size=200):
            page.append(seal)
            if sum(len(one.entry_ids) for one in page) >= _PAGE:
                yield page
                page = []
        if page:
            yield page

    def _entries(self, seals: list[Seal]) -> dict[int, Entry]:
        ids = [pk for seal in seals for pk in seal.entry_ids]
        rows = Entry.objects.filter(organisation=self.organisation).select_related("personal")
        return rows.in_bulk(ids)

    def _link(self, seal: Seal) -> None:
        """The seal's place in the chain, and its own digest."""
        number = self.last.number if self.last else 0
        before = self.last.digest if self.last else NOTHING
        for missing in range(number + 1, min(seal.number, number + 1 + MOST_FAULTS)):
            self._fault(FaultKind.SEAL_REMOVED, seal=missing)
        confirmed = self.sealer.seal(seal) == seal.digest
        follows = seal.previous == before or seal.number != number + 1
        if not confirmed or not follows:
            self._fault(FaultKind.SEAL_FORGED, seal=seal.number, entry=seal.entry_ids[0] if seal.entry_ids else None)
        if self.exported.get(seal.number, seal.digest) != seal.digest:
            self._fault(FaultKind.SEALED_ANEW, seal=seal.number)
        self.found.seals += 1
        self.found.head, self.found.head_number, self.found.head_at = seal.digest, seal.number, seal.sealed_at

    def _contents(self, seal: Seal, entries: dict[int, Entry]) -> None:
        """What the seal lists against what is there."""
        for pk, digest in zip(seal.entry_ids, seal.entry_digests, strict=False):
            entry = entries.get(pk)
            self.found.entries += 1
            if entry is None:
                self._fault(FaultKind.ENTRY_REMOVED, seal=seal.number, entry=pk)
            elif self.sealer.entry(entry) != digest:
                self._fault(FaultKind.ENTRY_CHANGED, seal=seal.number, entry=pk)
            else:
                self._personal(seal, entry)

    def _personal(self, seal: Seal, entry: Entry) -> None:
        kept: Personal | None = getattr(entry, "personal", None)
        if kept is None:
            self.found.erased += bool(entry.personal_digest)
        elif digests.personal(bytes(kept.salt), kept.text) != entry.personal_digest:
            self._fault(FaultKind.PERSONAL_CHANGED, seal=seal.number, entry=entry.pk)

    def _end(self) -> None:
        """Heads that were exported and are not there. Gaps before the last seal were found on the way."""
        last = self.last.number if self.last else 0
        for number in sorted(number for number in self.exported if number > last):
            self._fault(FaultKind.END_REMOVED, seal=number)

    def _past_the_journal(self) -> None:
        """Entries that neither a seal lists nor wait for one."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM soc_journal_entry WHERE organisation_id = %(organisation)s "
                "EXCEPT SELECT unnest(entry_ids) FROM soc_journal_seal WHERE organisation_id = %(organisation)s "
                "EXCEPT SELECT entry_id FROM soc_journal_unsealed WHERE organisation_id = %(organisation)s "
                "ORDER BY 1 LIMIT %(limit)s",
                {"organisation": self.organisation, "limit": MOST_FAULTS},
            )
            for (pk,) in cursor.fetchall():
                self._fault(FaultKind.ENTRY_INSERTED, entry=pk)

    def _waiting(self) -> None:
        waiting = Unsealed.objects.filter(organisation_id=self.organisation)
        self.found.unsealed = waiting.count()
        oldest = Entry.objects.filter(pk__in=waiting.values("entry_id")).aggregate(at=models.Min("at"))
        self.found.unsealed_since = oldest["at"]

    def _fault(self, kind: FaultKind, *, seal: int | None = None, entry: int | None = None) -> None:
        if len(self.found.faults) < MOST_FAULTS:
            self.found.faults.append(Fault(kind, seal, entry))
