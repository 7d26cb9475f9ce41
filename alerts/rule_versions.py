"""A rule's versions: written with each change, read as who changed what, gone back to as one more change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alerts.models import Rule, RuleState, RuleVersion, Severity
from alerts.rules import sentences
from alerts.rules.hours import hours_words
from alerts.rules.registry import KINDS
from alerts.wording import sentence_of
from soc.journal.digests import Json
from soc.people.models import Member

#: What a silent run depends on: while none of these changes, it goes on.
LOOKOUT = ("kind", "settings", "zone", "line", "schedule", "quiet_s", "state")

_NAMES: Mapping[str, Promise | str] = {
    "name": _("Name"),
    "kind": _("Kind of rule"),
    "area": _("Zone or line"),
    "schedule": _("Hours"),
    "severity": _("Severity"),
    "quiet_s": _("Quiet time"),
    "purpose": _("What it is for"),
    "state": _("State"),
    "authorising_text": _("Text that authorises it"),
    "authorised_from": _("Text applies from"),
    "authorised_until": _("Text applies until"),
}
_REASONS: Mapping[str, Promise | str] = {
    "expired": _("Its six months were over and nobody renewed it."),
    "not_lawful": _("The law no longer allowed it: something that it asks for was missing."),
    "camera_removed": _("Its camera was removed."),
    "removed": _("It was removed."),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One value that a version changed, in the active language; ``before`` is empty where nothing was."""

    field: str
    title: str
    before: str
    after: str


def write(
    rule: Rule,
    written: Mapping[str, Json],
    *,
    actor: Member | None,
    renewed: bool = False,
    restored: int | None = None,
    reason: str = "",
    comment: str = "",
) -> None:
    """Write down the rule as it is now, in the transaction of the change."""
    area = rule.zone or rule.line
    RuleVersion.objects.create(
        organisation_id=rule.organisation_id,
        rule=rule,
        version=rule.version,
        member=actor,
        written=dict(written),
        area_name=area.name if area else "",
        expires_at=rule.expires_at,
        renewed=renewed,
        restored=restored,
        reason=reason,
        comment=comment.strip(),
    )


def sentence(version: RuleVersion, language: str | None = None) -> str:
    """What this version said, with its zone or line named as it was then."""
    written = version.written
    return sentence_of(
        written["kind"],
        written["settings"],
        area=version.area_name or None,
        schedule=written["schedule"],
        severity=written["severity"],
        quiet_s=written["quiet_s"],
        language=language,
    )


def reason_text(version: RuleVersion) -> str:
    """Why the system made this version, in the active language; empty when a person did."""
    return str(_REASONS.get(version.reason, ""))


def changes(before: RuleVersion | None, after: RuleVersion) -> list[Change]:
    """What `after` changed, value by value in words. A first version changed nothing: its sentence says it all."""
    if before is None:
        return []
    found: list[Change] = []
    for name in _NAMES:
        found += _plain(name, before, after)
        if name == "kind":
            found += _settings(before, after)
    if after.renewed:
        days = (_day(one.expires_at, after.rule) for one in (before, after))
        found.append(Change("expires_at", gettext("Ends on"), *days))
    return found


def _plain(name: str, before: RuleVersion, after: RuleVersion) -> Sequence[Change]:
    if name == "area":
        same = all(before.written[key] == after.written[key] for key in ("zone", "line"))
        old, new = (one.area_name or gettext("The whole picture") for one in (before, after))
    else:
        same = before.written[name] == after.written[name]
        old, new = (_words(name, one.written[name]) for one in (before, after))
    return [] if same else [Change(name, str(_NAMES[name]), old, new)]


def _words(name: str, value: Any) -> str:
    if name == "kind":
        return str(KINDS[value].label) if value in KINDS else str(value)
    if name == "schedule":
        return hours_words(value)
    if name == "severity":
        return str(Severity(value).label)
    if name == "state":
        return str(RuleState(value).label)
    if name == "quiet_s":
        return sentences.duration(value)
    if name in ("authorised_from", "authorised_until") and value:
        return date_format(dt.date.fromisoformat(value), "DATE_FORMAT")
    return str(value or "")


def _settings(before: RuleVersion, after: RuleVersion) -> list[Change]:
    """Settings that differ; one that only the other kind has stands on one side alone."""
    old, new = before.written["settings"], after.written["settings"]
    found: list[Change] = []
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            title = _title(after if name in new else before, name)
            found.append(Change(f"settings.{name}", title, _setting(before, name), _setting(after, name)))
    return found


def _title(version: RuleVersion, name: str) -> str:
    kind = KINDS.get(version.written["kind"])
    described = kind.settings_model.model_fields.get(name) if kind else None
    return gettext(described.title) if described and described.title else name


def _setting(version: RuleVersion, name: str) -> str:
    value = version.written["settings"].get(name)
    kind = KINDS.get(version.written["kind"])
    described = kind.settings_model.model_fields.get(name) if kind else None
    if value is None:
        return ""
    if name == "labels":
        return sentences.things(value, "one")
    extra = described.json_schema_extra if described else None
    return sentences.setting_words(extra if isinstance(extra, dict) else {}, value)


def _day(at: dt.datetime, rule: Rule) -> str:
    return date_format(at.astimezone(ZoneInfo(rule.camera.organisation.timezone)), "DATE_FORMAT")


def what_changed(rule: Rule, since: int) -> tuple[RuleVersion | None, list[str]]:
    """Who changed a rule last after its version `since`, and the names of what was changed since then."""
    versions = list(rule.versions.select_related("member", "rule__camera__organisation").filter(version__gte=since))
    titles: dict[str, None] = {}
    for newer, older in pairwise(versions):
        titles |= dict.fromkeys(one.title for one in changes(older, newer))
    newest = versions[0] if versions and versions[0].version > since else None
    return newest, list(titles)


def unchanged_since(rule: Rule) -> RuleVersion | None:
    """The version from which on what is looked for, and whether, has been as it is now."""
    first: RuleVersion | None = None
    for one in rule.versions.all():
        if first is not None and any(one.written[name] != first.written[name] for name in LOOKOUT):
            break
        first = one
    return first
