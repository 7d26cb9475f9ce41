"""Writing the journal: `record` inserts an entry in the caller's transaction; `erase_personal` takes personal data out."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model

from soc.journal import digests
from soc.journal.actions import Action
from soc.journal.digests import Json, canonical
from soc.journal.models import Entry, Personal
from soc.people.models import Member, Organisation

__all__ = ["Act", "Json", "erase_personal", "record", "record_many"]


def record(
    organisation: Organisation | UUID,
    action: Action,
    *,
    actor: Member | None = None,
    subject: Model | None = None,
    site_id: UUID | None = None,
    details: Mapping[str, Json] | None = None,
    personal: Mapping[str, Json] | None = None,
) -> Entry:
    """Insert one entry in the transaction of what it records.

    Args:
        organisation: whose journal.
        action: what was done.
        actor: who did it; ``None`` when the system did.
        subject: what it was done to; its model's label and key are kept, not the row.
        site_id: the site it concerns, for auditors of one site.
        details: parameters of the action (before, after, reason), free of personal data.
        personal: what of it is personal data: kept apart, can be erased, only its salted digest is sealed.

    Raises:
        RuntimeError: outside a transaction, where an entry could stand without its act or an act without its entry.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A journal entry is written in the transaction of what it records; open one first.")
    organisation_id = organisation.pk if isinstance(organisation, Organisation) else organisation
    salt = secrets.token_bytes(16)
    text = canonical(dict(personal or {}))
    entry = Entry.objects.create(
        organisation_id=organisation_id,
        actor_id=actor.pk if actor else None,
        action=action,
        subject_kind=subject._meta.label_lower if subject else "",
        subject_id=str(subject.pk) if subject else "",
        site_id=site_id,
        details=dict(details or {}),
        personal_digest=digests.personal(salt, text) if personal else "",
    )
    if personal:
        Personal.objects.create(entry=entry, salt=salt, text=text)
    return entry


@dataclass(frozen=True, slots=True)
class Act:
    """One of many things that were done alike: the parameters of `record` in which they differ."""

    subject: Model
    site_id: UUID | None = None
    details: Mapping[str, Json] = field(default_factory=dict)
    personal: Mapping[str, Json] = field(default_factory=dict)


_BATCH = 1000


def record_many(organisation_id: UUID, action: Action, acts: Iterable[Act], *, actor: Member | None = None) -> int:
    """Insert an entry for each act, as `record` does, in few statements: what a table brings in is thousands of acts.

    Returns:
        How many they were.

    Raises:
        RuntimeError: outside a transaction, as `record`.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Journal entries are written in the transaction of what they record; open one first.")
    left, count = iter(acts), 0
    while batch := list(islice(left, _BATCH)):
        entries, personal = [], []
        for act in batch:
            salt, text = secrets.token_bytes(16), canonical(dict(act.personal))
            entry = Entry(
                organisation_id=organisation_id,
                actor_id=actor.pk if actor else None,
                action=action,
                subject_kind=act.subject._meta.label_lower,
                subject_id=str(act.subject.pk),
                site_id=act.site_id,
                details=dict(act.details),
                personal_digest=digests.personal(salt, text) if act.personal else "",
            )
            entries.append(entry)
            if act.personal:
                personal.append(Personal(entry=entry, salt=salt, text=text))
        Entry.objects.bulk_create(entries)
        for kept in personal:
            kept.entry_id = kept.entry.pk  # known since the statement above
        Personal.objects.bulk_create(personal)
        count += len(batch)
    return count


@transaction.atomic
def erase_personal(
    organisation: Organisation, entry_ids: Collection[int], *, reason: str, actor: Member | None = None
) -> int:
    """Erase the personal data of these entries, for good. The entries and their salted digests stay, so seals still hold.

    Returns:
        How many entries had personal data.
    """
    rows = Personal.objects.filter(entry__organisation=organisation, entry__in=entry_ids)
    erased = sorted(rows.values_list("pk", flat=True))
    Personal.objects.filter(pk__in=erased).delete()
    record(organisation, Action.PERSONAL_ERASED, actor=actor, details={"entries": list(erased), "reason": reason})
    return len(erased)
