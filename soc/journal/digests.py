"""What is digested, and how: the canonical form of entries and seals, and the key that no database holds."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from uuid import UUID

from soc.config import config
from soc.journal.models import Entry, Seal

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

NOTHING = "0" * 64
"""Stands for the seal before the first, and for an entry that was gone before it could be sealed."""


def canonical(value: Json) -> str:
    """The one way in which a value is written to be digested.

    Raises:
        ValueError: for a number that is not finite.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def personal(salt: bytes, text: str) -> str:
    """The salted SHA-256 of an entry's personal data, in hexadecimal. Not keyed: it must outlive a change of key."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


class Sealer:
    """Digests one organisation's entries and seals with a key derived from VIGIE_JOURNAL_KEY for it alone.

    Args:
        organisation: whose journal.
        key: the installation's journal key; by default the configured one.
    """

    def __init__(self, organisation: UUID, key: bytes | None = None) -> None:
        root = config().journal_key.get_secret_value().encode() if key is None else key
        self._key = hmac.digest(root, b"vigie journal 1 " + organisation.bytes, "sha256")

    def entry(self, entry: Entry) -> str:
        """The digest of an entry as it stands in the database, in hexadecimal."""
        return self._digest(
            "entry",
            {
                "id": entry.pk,
                "organisation": str(entry.organisation_id),
                "at": _instant(entry.at),
                "actor": str(entry.actor_id) if entry.actor_id else None,
                "action": entry.action,
                "subject_kind": entry.subject_kind,
                "subject_id": entry.subject_id,
                "site": str(entry.site_id) if entry.site_id else None,
                "details": entry.details,
                "personal": entry.personal_digest,
            },
        )

    def seal(self, seal: Seal) -> str:
        """The digest of a seal, over the seal before and every entry it lists, in hexadecimal."""
        return self._digest(
            "seal",
            {
                "organisation": str(seal.organisation_id),
                "number": seal.number,
                "sealed_at": _instant(seal.sealed_at),
                "previous": seal.previous,
                "entry_ids": list(seal.entry_ids),
                "entry_digests": list(seal.entry_digests),
            },
        )

    def _digest(self, kind: str, value: Json) -> str:
        return hmac.digest(self._key, f"{kind}:{canonical(value)}".encode(), "sha256").hex()


def _instant(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")
