"""What an administrator does with rules: add, change, switch, renew, remove. Each in one transaction, journalled, told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import JsonValue, ValidationError

from alerts import feed, lawful, rule_versions
from alerts.models import Rule, RuleState, RuleVersion, Severity
from alerts.rules.base import Need
from alerts.rules.forms import kind_of, sentences
from alerts.rules.schedule import HOURS
from alerts.wording import in_each_language
from detection.lawful import Fact
from detection.models import Camera, Line, Zone
from soc import clock
from soc.journal.actions import Action
from soc.journal.digests import Json
from soc.journal.services import record
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped
from soc.refusals import Refusal, Status

#: A rule ends after six months unless somebody says that it is still needed.
LASTS = dt.timedelta(days=182)

_SHOWN_FIELDS = _("Some of what was entered is not valid.")
_CHANGED = _("A colleague changed this rule since you looked. Look at it again before you change it.")
_COLLEAGUE = _("%(who)s changed this rule at %(at)s: %(what)s. Look at it again before you change it.")


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """What is entered about a rule, its camera apart."""

    name: str
    kind: str
    purpose: str
    settings: Mapping[str, JsonValue] = field(default_factory=dict)
    zone: UUID | None = None
    line: UUID | None = None
    schedule: tuple[Mapping[str, JsonValue], ...] = ()
    severity: int = Severity.MEDIUM
    quiet_s: int = 120
    state: RuleState = RuleState.SILENT
    authorising_text: str = ""
    authorised_from: dt.date | None = None
    authorised_until: dt.date | None = None


FIELDS = tuple(one.name for one in fields(RuleDraft))


def draft_of(rule: Rule) -> RuleDraft:
    """A rule as it would be entered."""
    return RuleDraft(
        name=rule.name,
        kind=rule.kind,
        purpose=rule.purpose,
        settings=rule.settings,
        zone=rule.zone_id,
        line=rule.line_id,
        schedule=tuple(rule.schedule),
        severity=rule.severity,
        quiet_s=rule.quiet_s,
        state=RuleState(rule.state),
        authorising_text=rule.authorising_text,
        authorised_from=rule.authorised_from,
        authorised_until=rule.authorised_until,
    )


def camera_for(member: Member, camera: UUID) -> Camera:
    """The camera on which `member` may make rules.

    Raises:
        Refusal: there is none with this id in her reach.
    """
    cameras = Camera.objects.select_related("organisation").filter(removed_at=None)
    found = scoped(cameras, member, Right.MANAGE_RULES).filter(pk=camera).first()
    if found is None:
        unknown = _("There is no such camera.")
        raise Refusal("no_such_camera", unknown, fields={"camera": unknown})
    return found


@transaction.atomic
def create_rule(camera: Camera, draft: RuleDraft, *, actor: Member, comment: str = "") -> Rule:
    """Add a rule. It runs silently, or not at all, until it is switched on.

    Raises:
        Refusal: what was entered is not valid.
    """
    if draft.state is RuleState.ON:
        first = _("A new rule runs silently first. Switch it on once you have seen what it would have raised.")
        raise Refusal("silent_first", first, fields={"state": first})
    draft = checked(camera, draft)
    rule = Rule(organisation_id=camera.organisation_id, camera=camera, expires_at=clock.now() + LASTS)
    _write(rule, draft)
    rule.save(force_insert=True)
    rule_versions.write(rule, written(draft), actor=actor, comment=comment)
    _tell(rule, Action.RULE_ADDED, actor, {"after": _said(rule, written(draft))}, comment)
    return rule


@transaction.atomic
def change_rule(
    rule: Rule,
    changes: Mapping[str, Any],
    *,
    version: int,
    renew: bool = False,
    comment: str = "",
    restored: int | None = None,
    actor: Member | None,
) -> Rule:
    """Change a rule, switch it or renew it for six months. `changes` holds fields of `RuleDraft`; `comment` says why.

    Raises:
        Refusal: what was entered is not valid, the law asks for more, or a colleague changed it meanwhile.
    """
    rule = _locked(rule, version)
    before, said = draft_of(rule), in_each_language(rule)
    draft = checked(rule.camera, replace(before, **changes))
    _write(rule, draft)
    if renew:
        rule.expires_at, rule.expiry_told_at = clock.now() + LASTS, None
    if rule.state != RuleState.OFF:
        _must_not_be_over(rule)
    if rule.state == RuleState.ON:
        _must_be_lawful(rule)
    rule.version += 1
    rule.save()
    old, new = written(before), written(draft)
    rule_versions.write(rule, new, actor=actor, renewed=renew, restored=restored, comment=comment)
    changed = [name for name in old if old[name] != new[name]]
    was, now = {name: old[name] for name in changed}, {name: new[name] for name in changed}
    if said != in_each_language(rule):
        was["sentence"], now = dict(said), _said(rule, now)
    details: dict[str, Json] = {"before": was, "after": now, "renewed": renew}
    if restored is not None:
        details["restored"] = restored
    _tell(rule, Action.RULE_CHANGED, actor, details, comment)
    return rule


def go_back(rule: Rule, to: RuleVersion, *, version: int, comment: str = "", actor: Member) -> Rule:
    """Make the rule what it was in an earlier version, as one more change. Whether it is on stays as it is.

    Raises:
        Refusal: it is no longer valid, say because its zone was removed, or a colleague changed the rule meanwhile.
    """
    then = to.written
    changes: dict[str, Any] = {name: then[name] for name in FIELDS if name != "state"}
    changes |= {name: UUID(then[name]) if then[name] else None for name in ("zone", "line")}
    changes |= {
        name: dt.date.fromisoformat(then[name]) if then[name] else None
        for name in ("authorised_from", "authorised_until")
    }
    changes["schedule"] = tuple(then["schedule"])
    return change_rule(rule, changes, version=version, comment=comment, restored=to.version, actor=actor)


@transaction.atomic
def remove_rule(rule: Rule, *, actor: Member) -> None:
    """Remove a rule. Its alerts and their recordings stay; its zone or line may be removed after it."""
    rule = _locked(rule, None)
    rule.removed_at, rule.state = clock.now(), RuleState.OFF
    rule.zone = rule.line = None
    rule.version += 1
    rule.save()
    rule_versions.write(rule, written(draft_of(rule)), actor=actor, reason="removed")
    _tell(rule, Action.RULE_REMOVED, actor, {})


@transaction.atomic
def switch_off(rule: Rule, reason: str) -> None:
    """The system switches a rule off, because it expired or its authorisation did."""
    rule = _locked(rule, None)
    rule.state = RuleState.OFF
    rule.version += 1
    rule.save()
    rule_versions.write(rule, written(draft_of(rule)), actor=None, reason=reason)
    _tell(rule, Action.RULE_CHANGED, None, {"after": {"state": RuleState.OFF.value}, "reason": reason})


def checked(camera: Camera, draft: RuleDraft) -> RuleDraft:
    """The draft with its settings complete and in their normal form.

    Raises:
        Refusal: with a sentence for every field that is wrong.
    """
    wrong: dict[str, Promise | str] = {}
    kind = kind_of(draft.kind)
    settings, schedule = draft.settings, draft.schedule
    try:
        settings = kind.settings_model.model_validate(dict(draft.settings)).model_dump(mode="json")
    except ValidationError as error:
        wrong |= sentences(error, "settings")
    try:
        hours = HOURS.validate_python(list(draft.schedule))
        schedule = tuple(one.model_dump(mode="json") for one in hours)
    except ValidationError as error:
        wrong |= sentences(error, "schedule")
    wrong |= _wrong_area(camera, draft, kind.needs)
    if not draft.name.strip():
        wrong["name"] = _("Give the rule a name.")
    if not draft.purpose.strip():
        wrong["purpose"] = _("Say what the rule is for. The law asks for it.")
    if wrong:
        raise Refusal("invalid", _SHOWN_FIELDS, fields=wrong)
    return replace(
        draft,
        name=draft.name.strip(),
        purpose=draft.purpose.strip(),
        settings=settings,
        schedule=schedule,
        line=draft.line if kind.needs is Need.LINE else None,
        zone=None if kind.needs is Need.LINE else draft.zone,
    )


def _wrong_area(camera: Camera, draft: RuleDraft, needs: Need) -> dict[str, Promise | str]:
    if needs is Need.LINE:
        if draft.line is None:
            return {"line": _("Choose the line that is crossed.")}
        if not Line.objects.filter(pk=draft.line, camera=camera).exists():
            return {"line": _("This camera has no such line.")}
    elif draft.zone is not None:
        zone = Zone.objects.filter(pk=draft.zone, camera=camera).first()
        if zone is None:
            return {"zone": _("This camera has no such zone.")}
        if zone.private:
            return {"zone": _("A private zone is blacked out: nothing can be seen in it. Choose another.")}
    return {}


def _must_not_be_over(rule: Rule) -> None:
    if rule.expires_at <= clock.now():
        over = _("The six months of this rule are over. Renew it first.")
        raise Refusal("rule_over", over, fields={"state": over})


def _must_be_lawful(rule: Rule) -> None:
    missing = lawful.refusals(rule)
    if missing:
        own = {Fact.PURPOSE, Fact.AUTHORISING_TEXT, Fact.AUTHORISED_FROM, Fact.AUTHORISED_UNTIL}
        raise Refusal(
            "not_lawful",
            missing[0].sentence,
            fields={one.field.value if one.field in own else "camera": one.sentence for one in missing},
        )


def _locked(rule: Rule, version: int | None) -> Rule:
    found = Rule.objects.select_for_update().get(pk=rule.pk)
    if found.removed_at is not None:
        raise Refusal("rule_removed", _("A colleague removed this rule."), status=Status.CONFLICT)
    if version is not None and found.version != version:
        raise _colleague_was_first(found, version)
    return found


def _colleague_was_first(rule: Rule, seen: int) -> Refusal:
    """The refusal that says who changed the rule meanwhile, when (on the organisation's wall clock), and what."""
    newest, names = rule_versions.what_changed(rule, seen)
    if newest is None or newest.member is None or not names:
        return Refusal("rule_changed", _CHANGED, status=Status.CONFLICT)
    at = newest.at.astimezone(ZoneInfo(rule.camera.organisation.timezone))
    params: dict[str, object] = {"who": newest.member.display_name, "at": f"{at:%H:%M}", "what": ", ".join(names)}
    return Refusal("rule_changed", _COLLEAGUE, status=Status.CONFLICT, params=params)


def _said(rule: Rule, fields_: Mapping[str, Json]) -> dict[str, Json]:
    """What the journal keeps of a rule: its fields, and its sentence as it read then, with its zone's name of then."""
    return {**fields_, "sentence": dict(in_each_language(rule))}


def _write(rule: Rule, draft: RuleDraft) -> None:
    for name in FIELDS:
        value = getattr(draft, name)
        if name in ("zone", "line"):
            setattr(rule, f"{name}_id", value)
        else:
            setattr(rule, name, list(value) if name == "schedule" else value)


def written(draft: RuleDraft) -> dict[str, Json]:
    """A draft as versions and the journal keep it."""
    return {
        "name": draft.name,
        "kind": draft.kind,
        "purpose": draft.purpose,
        "settings": dict(draft.settings),
        "zone": str(draft.zone) if draft.zone else None,
        "line": str(draft.line) if draft.line else None,
        "schedule": [dict(hours) for hours in draft.schedule],
        "severity": int(draft.severity),
        "quiet_s": draft.quiet_s,
        "state": str(draft.state),
        "authorising_text": draft.authorising_text,
        "authorised_from": draft.authorised_from.isoformat() if draft.authorised_from else None,
        "authorised_until": draft.authorised_until.isoformat() if draft.authorised_until else None,
    }


def _tell(rule: Rule, action: Action, actor: Member | None, details: Mapping[str, Json], comment: str = "") -> None:
    record(
        rule.organisation_id,
        action,
        actor=actor,
        subject=rule,
        site_id=rule.camera.site_id,
        details={**details, "version": rule.version, "camera": str(rule.camera_id)},
        personal={"comment": comment} if comment else None,
    )
    feed.rule_changed(rule)
