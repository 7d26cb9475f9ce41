"""An entry in words: what it was done to, where, and which values changed from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from soc.journal.fields import FIELDS
from soc.journal.models import Entry
from soc.journal.vocabulary import CODES, KINDS, LANGUAGES, REFERENCES
from soc.people.models import Member, Organisation, Site

_LONGEST = 300

_VALUE = "value"
_CHOSEN = {_VALUE: "state", "reason": "false_alarm_reason"}
"""Values that are a choice of the subject's field with another name."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value that changed; `before` or `after` is ``None`` where there was nothing."""

    label: str
    before: str | None
    after: str | None


@dataclass(slots=True)
class Names:
    """What the ids in some entries stand for, as it is called now; what is gone is absent."""

    members: dict[UUID, str] = field(default_factory=dict)
    sites: dict[str, str] = field(default_factory=dict)
    subjects: dict[tuple[str, str], str] = field(default_factory=dict)


def names_in(organisation: Organisation, entries: Iterable[Entry]) -> Names:
    """What these entries' actors, sites and subjects are called now, in one query a kind of thing.

    A name that says when is on the organisation's clock. A model whose name is taken from another row says so: `named_by`.
    """
    entries = list(entries)
    found = Names()
    actors = {entry.actor_id for entry in entries if entry.actor_id}
    for pk, name in Member.objects.filter(organisation=organisation).values_list("pk", "display_name"):
        if pk in actors:
            found.members[pk] = name
    sites = Site.objects.filter(organisation=organisation).values_list("pk", "name")
    found.sites = {str(pk): name for pk, name in sites}
    wanted: dict[str, set[str]] = {}
    for entry in entries:
        if entry.subject_kind:
            wanted.setdefault(entry.subject_kind, set()).add(entry.subject_id)
        for kind, named in _referred(entry.details):
            wanted.setdefault(kind, set()).add(named)
    for kind, ids in wanted.items():
        if (model := _model(kind)) is not None:
            rows = model._default_manager.filter(organisation=organisation, pk__in=ids)
            if (named_by := getattr(model, "named_by", None)) is not None:
                rows = rows.select_related(named_by)
            with timezone.override(ZoneInfo(organisation.timezone)):
                found.subjects |= {(kind, str(row.pk)): str(row) for row in rows}
    return found


def _referred(details: Any) -> Iterator[tuple[str, str]]:
    """The rows that details name by their ids: kind and id; in what was before and after, and in lists, too."""
    for name, value in details.items() if isinstance(details, dict) else ():
        if name in ("before", "after"):
            yield from _referred(value)
        elif kind := REFERENCES.get(name):
            several = value if isinstance(value, list) else [value]
            yield from ((kind, one) for one in several if isinstance(one, str) and _is_uuid(one))


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def kind_of(entry: Entry) -> str:
    """What kind of thing it was done to, in the active language; empty where there is none or no word for it."""
    return str(KINDS.get(entry.subject_kind, ""))


def changes(entry: Entry, names: Names) -> list[Change]:
    """The values that changed, in words. What was only added has no before, what was only removed no after."""
    details = entry.details if isinstance(entry.details, dict) else {}
    before, after = details.get("before"), details.get("after")
    old = (
        before if isinstance(before, dict) else ({_VALUE: before} if "before" in details and before is not None else {})
    )
    new = after if isinstance(after, dict) else ({_VALUE: after} if "after" in details and after is not None else {})
    model = _model(entry.subject_kind)
    return [
        Change(
            label=_label(name),
            before=_shown(model, name, old[name], names) if name in old else None,
            after=_shown(model, name, new[name], names) if name in new else None,
        )
        for name in [*old, *(name for name in new if name not in old)]
    ]


def further(entry: Entry, names: Names) -> list[Change]:
    """What else the entry says about it, in words: all but what changed."""
    details = entry.details if isinstance(entry.details, dict) else {}
    model = _model(entry.subject_kind)
    return [
        Change(label=_label(name), before=None, after=_shown(model, name, value, names))
        for name, value in details.items()
        if name not in ("before", "after") and value not in (None, "", [], {})
    ]


def _label(name: str) -> str:
    if name == _VALUE:
        return _("State")
    return str(FIELDS.get(name) or LANGUAGES.get(name, "")) or name.replace("_", " ").capitalize()


def _shown(model: type[Model] | None, name: str, value: Any, names: Names) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str) and value in names.sites:
        return names.sites[value]
    if isinstance(value, str) and (called := names.subjects.get((REFERENCES.get(name, ""), value))):
        return called
    if (choice := _choice(model, _CHOSEN.get(name, name), value)) is not None:
        return choice
    if isinstance(value, str) and (code := CODES.get(name, {}).get(value)):
        return str(code)
    if name == "sentence" and isinstance(value, dict):  # the same in each language
        return str(value.get(get_language() or "") or next(iter(value.values()), "–"))
    if isinstance(value, dict):
        text = ", ".join(f"{_label(str(key))}: {_shown(None, str(key), one, names)}" for key, one in value.items())
    elif isinstance(value, list):
        text = ", ".join(_shown(model, name, one, names) for one in value)
    else:
        text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _choice(model: type[Model] | None, name: str, value: Any) -> str | None:
    """The word for one of a field's choices."""
    if model is None or not isinstance(value, str | int):
        return None
    try:
        choices = getattr(model._meta.get_field(name), "flatchoices", None)
    except FieldDoesNotExist:
        return None
    label = dict(choices or ()).get(value)
    return str(label) if label is not None else None


def _model(kind: str) -> type[Model] | None:
    """The model of this label, if there still is one that belongs to organisations."""
    try:
        model = apps.get_model(kind)
    except (LookupError, ValueError):
        return None
    return model if any(one.name == "organisation" for one in model._meta.fields) else None
