"""The journal as a file that can be checked outside: the entries of a filter, with their digests, and the seals that list them.

JSON Lines: first what was asked and the chain's head, then each entry with the digest that its seal lists, then those seals. Who
has the key can recompute every digest; who has not can see that entries and seals belong together and compare the heads with
those that were exported.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from soc import clock
from soc.exports import CSV, Download, csv_parts, json_line, json_parts
from soc.journal import words
from soc.journal.actions import Action
from soc.journal.models import Entry, Seal
from soc.people.models import Member

_CHUNK = 500


def download(entries: QuerySet[Entry], member: Member, kind: str, asked: dict[str, Any]) -> Download:
    """A file of these entries, oldest first."""
    zone = ZoneInfo(member.organisation.timezone)
    rows = entries.order_by("id")
    name = f"journal-{clock.now().astimezone(zone):%Y-%m-%d}"
    if kind == CSV:
        named = _with_names(rows.iterator(chunk_size=_CHUNK), member)
        return Download(csv_parts(_titles, named, lambda row: _cells(*row, zone), member.language), name, kind)
    return Download(_lines(rows, member, asked), name, kind)


def seal_of(entry: Entry) -> Seal | None:
    """The seal that lists the entry; ``None`` while it waits for one."""
    return Seal.objects.filter(organisation=entry.organisation_id, entry_ids__contains=[entry.pk]).first()


def _lines(rows: QuerySet[Entry], member: Member, asked: dict[str, Any]) -> Iterator[str]:
    head = Seal.objects.filter(organisation=member.organisation_id).order_by("-number").first()
    first = {
        "type": "journal",
        "organisation": str(member.organisation_id),
        "exported_at": clock.now().isoformat(),
        "exported_by": str(member.pk),
        "asked": asked,
        "head": {"number": head.number, "digest": head.digest} if head else None,
    }
    listed: set[int] = set()
    entries = json_parts(_sealed(rows.iterator(chunk_size=_CHUNK), member, listed), lambda written: written)
    return chain([json_line(first)], entries, _seals(member, listed))


def _sealed(rows: Iterator[Entry], member: Member, listed: set[int]) -> Iterator[dict[str, Any]]:
    """Each entry with its digest and its seal's number; the numbers go into `listed`."""
    while batch := list(islice(rows, _CHUNK)):
        ids = [entry.pk for entry in batch]
        digests: dict[int, tuple[int, str]] = {}
        for seal in Seal.objects.filter(organisation=member.organisation_id, entry_ids__overlap=ids):
            digests |= {
                pk: (seal.number, digest) for pk, digest in zip(seal.entry_ids, seal.entry_digests, strict=True)
            }
        for entry in batch:
            number, digest = digests.get(entry.pk, (None, None))
            if number is not None:
                listed.add(number)
            yield {"type": "entry", **_written(entry), "seal": number, "digest": digest}


def _written(entry: Entry) -> dict[str, Any]:
    kept = getattr(entry, "personal", None)
    return {
        "id": entry.pk,
        "at": entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "actor": str(entry.actor_id) if entry.actor_id else None,
        "action": entry.action,
        "subject_kind": entry.subject_kind,
        "subject_id": entry.subject_id,
        "site": str(entry.site_id) if entry.site_id else None,
        "details": entry.details,
        "personal_digest": entry.personal_digest,
        "personal": {"salt": bytes(kept.salt).hex(), "text": kept.text} if kept else None,
    }


def _seals(member: Member, listed: set[int]) -> Iterator[str]:
    """The seals that list what was exported, whole. Read when the entries have been: only then it is known which."""
    seals = Seal.objects.filter(organisation=member.organisation_id, number__in=listed).order_by("number")
    yield from json_parts(
        seals.iterator(chunk_size=_CHUNK),
        lambda seal: {
            "type": "seal",
            "number": seal.number,
            "sealed_at": seal.sealed_at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
            "entry_ids": seal.entry_ids,
            "entry_digests": seal.entry_digests,
            "previous": seal.previous,
            "digest": seal.digest,
        },
    )


def _with_names(rows: Iterator[Entry], member: Member) -> Iterator[tuple[Entry, words.Names]]:
    while batch := list(islice(rows, _CHUNK)):
        names = words.names_in(member.organisation, batch)
        yield from ((entry, names) for entry in batch)


def _titles() -> list[str]:
    return [_("Number"), _("Date"), _("Time"), _("Who"), _("What"), _("Of what"), _("Site"), _("Changes"), _("Seal")]


def _cells(entry: Entry, names: words.Names, zone: ZoneInfo) -> list[object]:
    at = entry.at.astimezone(zone)
    seal = seal_of(entry)
    told = [f"{one.label}: {one.before or '–'} → {one.after or '–'}" for one in words.changes(entry, names)]
    told += [f"{one.label}: {one.after}" for one in words.further(entry, names)]
    return [
        entry.pk,
        f"{at:%Y-%m-%d}",
        f"{at:%H:%M:%S}",
        names.members.get(entry.actor_id, str(entry.actor_id)) if entry.actor_id else _("The system"),
        Action(entry.action).label if entry.action in Action.values else entry.action,
        names.subjects.get((entry.subject_kind, entry.subject_id), entry.subject_id),
        names.sites.get(str(entry.site_id), "") if entry.site_id else "",
        "; ".join(told),
        seal.number if seal else _("not sealed yet"),
    ]
