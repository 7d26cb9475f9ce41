"""Writing the journal: `record` inserts an entry in the caller's transaction."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from uuid import UUID

from django.db import connection
from django.db.models import Model

from soc.journal.actions import Action
from soc.journal.models import Entry, Personal
from soc.people.models import Member, Organisation

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


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
    entry = Entry.objects.create(
        organisation_id=organisation_id,
        actor_id=actor.pk if actor else None,
        action=action,
        subject_kind=subject._meta.label_lower if subject else "",
        subject_id=str(subject.pk) if subject else "",
        site_id=site_id,
        details=dict(details or {}),
        personal_digest=personal_digest(salt, personal) if personal else "",
    )
    if personal:
        Personal.objects.create(entry=entry, organisation_id=organisation_id, salt=salt, data=dict(personal))
    return entry


def personal_digest(salt: bytes, personal: Mapping[str, Json]) -> str:
    """The salted SHA-256 of personal data in its canonical JSON form, in hexadecimal."""
    canonical = json.dumps(dict(personal), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(salt + canonical.encode()).hexdigest()
