"""Writing the journal: `record` inserts an entry in the caller's transaction; `erase_personal` takes personal data out."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model

from soc.journal import digests
from soc.journal.actions import Action
from soc.journal.digests import Json, canonical
from soc.journal.models import Entry, Personal
from soc.people.models import Member, Organisation

__all__ = ["Json", "erase_personal", "record"]


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
