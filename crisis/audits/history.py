"""Who changed what in an audit, as the journal kept it, for who reads the audit: the newest first, in the reader's language."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from alerts.wire import Named
from crisis.audits import wire
from crisis.audits.models import RiskAudit
from crisis.audits.sources import written_day
from soc.journal import words
from soc.journal.actions import Action
from soc.journal.digests import Json
from soc.journal.fields import FIELDS
from soc.journal.models import Entry
from soc.journal.vocabulary import CODES

MOST: Final = 500
"""So many entries are told, the newest; an auditor reads all of them in the journal."""

_SAID: Final = ("comment", "why")
_PARTS: Final = ("measures", "protections")
"""Lists of a risk: what they are called is kept apart from their days and states, in the same order."""


def history(audit: RiskAudit) -> list[wire.HistoryEntry]:
    """What was done with this version. Words that were erased in the journal are not told any more; not scoped."""
    rows = Entry.objects.filter(
        organisation=audit.organisation_id, subject_kind=RiskAudit._meta.label_lower, subject_id=str(audit.pk)
    )
    entries = list(rows.select_related("personal").order_by("-id")[:MOST])
    names = words.names_in(audit.organisation, entries)
    return [_entry(one, names) for one in entries]


def _entry(entry: Entry, names: words.Names) -> wire.HistoryEntry:
    written = _personal(entry)
    who = names.members.get(entry.actor_id, "") if entry.actor_id else _("The system")
    what = Action(entry.action).label if entry.action in Action.values else entry.action
    details = entry.details if isinstance(entry.details, dict) else {}
    plain = [
        wire.ValueChange(label=one.label, before=_nothing(one.before), after=_nothing(one.after))
        for one in words.changes(_without_parts(entry), names)
    ]
    listed = [_part(name, details, written) for name in _PARTS]
    changes = [*plain, *_rewritten(written), *(one for one in listed if one is not None)]
    return wire.HistoryEntry(
        id=entry.pk,
        at=entry.at,
        member=Named(id=entry.actor_id, name=who) if entry.actor_id else None,
        text=_("%(who)s %(what)s") % {"who": who, "what": what},
        risk=str(details.get("risk") or ""),
        changes=[one for one in changes if one.before != one.after],
        said=next((str(written[name]) for name in _SAID if written.get(name)), ""),
    )


def _personal(entry: Entry) -> dict[str, Json]:
    """What somebody wrote, which the journal keeps apart; nothing once it is erased."""
    kept = getattr(entry, "personal", None)
    found = json.loads(kept.text) if kept is not None else {}
    return found if isinstance(found, dict) else {}


def _rewritten(written: Mapping[str, Json]) -> list[wire.ValueChange]:
    """The texts that changed."""
    old, new = _sides(written)
    return [
        wire.ValueChange(label=str(FIELDS.get(name, name)), before=_text(old.get(name)), after=_text(new.get(name)))
        for name in [*old, *(name for name in new if name not in old)]
        if name not in _PARTS
    ]


def _without_parts(entry: Entry) -> Entry:
    """The entry as `soc.journal.words` shows it, without the lists that are put together here. Not saved."""
    if isinstance(entry.details, dict):
        entry.details = {
            side: {name: value for name, value in kept.items() if name not in _PARTS}
            if isinstance(kept, dict)
            else kept
            for side, kept in entry.details.items()
        }
    return entry


def _part(name: str, details: Mapping[str, Json], written: Mapping[str, Json]) -> wire.ValueChange | None:
    facts, called = _sides(details), _sides(written)
    if not any(name in side for side in (*facts, *called)):
        return None
    before, after = (_listed(one.get(name), other.get(name)) for one, other in zip(facts, called, strict=True))
    return wire.ValueChange(label=str(FIELDS[name]), before=before, after=after)


def _listed(facts: Json, called: Json) -> str:
    """`Second defibrillator (ordered, 7 November 2026)`; without its name where only the rest of it changed."""
    rows = facts if isinstance(facts, list) else []
    named = called if isinstance(called, list) else []
    texts = []
    for at in range(max(len(rows), len(named))):
        fact = rows[at] if at < len(rows) else None
        noted = _noted(fact) if isinstance(fact, dict) else ""
        who = str(named[at]) if at < len(named) else ""
        texts.append(f"{who} ({noted})" if who and noted else who or noted)
    return "; ".join(texts)


def _noted(fact: Mapping[str, Json]) -> str:
    codes = [str(CODES.get(name, {}).get(str(fact.get(name)), "")) for name in ("measure_state", "protection_kind")]
    days = [written_day(dt.date.fromisoformat(str(fact[name]))) for name in ("due_on", "last_tested") if fact.get(name)]
    return ", ".join(part for part in (*codes, *days) if part)


def _sides(kept: Mapping[str, Json]) -> tuple[dict[str, Json], dict[str, Json]]:
    """What was before and what is after."""
    before, after = kept.get("before"), kept.get("after")
    return before if isinstance(before, dict) else {}, after if isinstance(after, dict) else {}


def _text(value: Json) -> str:
    return "" if value is None else str(value)


def _nothing(value: str | None) -> str:
    """The journal shows a dash where there is nothing; here it is nothing."""
    return "" if value in (None, "–") else value
