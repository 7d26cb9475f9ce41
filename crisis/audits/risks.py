"""The risks of a draft: added, judged, taken out; their measures and protections, each list replaced as a whole."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Final, TypedDict
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from alerts.models import Rule
from crisis.audits import catalogue, editing
from crisis.audits.editing import changed, day, journal
from crisis.audits.events import tell
from crisis.audits.facts import subject_of
from crisis.audits.models import (
    AuditedRisk,
    AuditedSite,
    AuditState,
    Measure,
    Protection,
    ProtectionKind,
    RiskAudit,
    RiskRule,
)
from crisis.audits.sources import source_of
from soc.journal.actions import Action
from soc.journal.digests import Json
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import scoped
from soc.refusals import Refusal, Status

MOST_RISKS: Final = 100
MOST_PARTS: Final = 40


class MeasureEntry(TypedDict, total=False):
    """A measure of a list; `key` is that of one which is there already."""

    key: UUID | None
    what: str
    responsible_member: UUID | None
    responsible_person: UUID | None
    due_on: dt.date | None
    state: str


class ProtectionEntry(TypedDict, total=False):
    """A protection of a list; `key` is that of one which is there already, `of` a camera's, device's or schedule's id."""

    key: UUID | None
    kind: str
    of: UUID | None
    name: str
    last_tested: dt.date | None


class RiskEntry(TypedDict, total=False):
    """What is entered about a risk; a field that is missing stays as it is."""

    code: str
    own_name: str
    likelihood: int | None
    severity: int | None
    exposed: str
    missing: str
    notes: str
    responsible_member: UUID | None
    responsible_person: UUID | None
    due_on: dt.date | None
    measures: Sequence[MeasureEntry]
    protections: Sequence[ProtectionEntry]


_PLAIN: Final = frozenset({"likelihood", "severity", "exposed", "missing", "notes", "due_on", "code", "own_name"})
_WORDS: Final = ("exposed", "missing", "notes", "own_name")


@transaction.atomic
def add(actor: Member, audit_id: UUID, entered: RiskEntry) -> AuditedRisk:
    """Add a risk to a draft, under the next number of the site.

    Raises:
        Refusal: the audit is out of reach or no draft, or what was entered is not right.
    """
    audit = editing.draft(actor, audit_id)
    if audit.risks.count() >= MOST_RISKS:
        raise editing.conflict("too_many_risks", _("An audit holds 100 risks at most."))
    counts = AuditedSite.objects.select_for_update().get(site=audit.site_id)
    counts.risks += 1
    counts.save(update_fields=["risks"])
    risk = AuditedRisk(organisation_id=audit.organisation_id, audit=audit, number=counts.risks)
    _apply(actor, risk, entered)
    risk.save(force_insert=True)
    _replace_parts(actor, audit, risk, entered)
    editing.touch(audit, actor)
    details: dict[str, Json] = {"risk": risk.reference, "after": _facts(risk)}
    journal(audit, Action.AUDIT_RISK_ADDED, actor, details, {"after": _words(risk)})
    tell(audit)
    return risk


@transaction.atomic
def change(actor: Member, audit_id: UUID, risk_id: UUID, entered: RiskEntry, *, version: int) -> AuditedRisk:
    """Change a risk of a draft.

    Raises:
        Refusal: as `add`; or a colleague has changed the risk since `version`.
    """
    audit = editing.draft(actor, audit_id)
    risk = _found(audit, risk_id)
    editing.as_seen(version, risk.version)
    before, words = _facts(risk), _words(risk)
    _apply(actor, risk, entered)
    _replace_parts(actor, audit, risk, entered)
    details, personal = changed(before, _facts(risk)), changed(words, _words(risk))
    if not details and not personal:
        return risk
    risk.version += 1
    risk.save()
    editing.touch(audit, actor)
    journal(audit, Action.AUDIT_RISK_CHANGED, actor, {"risk": risk.reference, **details}, personal)
    tell(audit)
    return risk


@transaction.atomic
def remove(actor: Member, audit_id: UUID, risk_id: UUID) -> None:
    """Take a risk out of a draft. Its number is not given again.

    Raises:
        Refusal: the audit is out of reach or no draft, or has no such risk.
    """
    audit = editing.draft(actor, audit_id)
    risk = _found(audit, risk_id)
    details: dict[str, Json] = {"risk": risk.reference, "before": _facts(risk)}
    personal: dict[str, Json] = {"before": _words(risk)}
    risk.delete()
    editing.touch(audit, actor)
    journal(audit, Action.AUDIT_RISK_REMOVED, actor, details, personal)
    tell(audit)


@transaction.atomic
def link_rules(actor: Member, audit_id: UUID, risk_id: UUID, rules: Sequence[UUID]) -> AuditedRisk:
    """Say alerts of which rules are incidents of a risk, in this version of the audit and all others.

    Raises:
        Refusal: the audit is out of reach or withdrawn, or a rule is not the site's.
    """
    audit = editing.locked(actor, audit_id, Right.PREPARE)
    if audit.state == AuditState.WITHDRAWN:
        raise editing.conflict("over_already", _("This audit is not in force and nobody writes it any more."))
    risk = _found(audit, risk_id)
    reachable = scoped(Rule.objects.filter(removed_at=None, camera__site=audit.site_id), actor, Right.SEE_RULES)
    wanted = set(rules)
    if wanted - set(reachable.filter(pk__in=wanted).values_list("pk", flat=True)):
        unknown = _("Choose rules of this site.")
        raise Refusal("no_such_rule", unknown, fields={"rules": unknown})
    rows = RiskRule.objects.filter(site=audit.site_id, number=risk.number)
    before = set(rows.values_list("rule_id", flat=True))
    if before == wanted:
        return risk
    rows.exclude(rule__in=wanted).delete()
    RiskRule.objects.bulk_create(
        RiskRule(organisation_id=audit.organisation_id, site_id=audit.site_id, number=risk.number, rule_id=rule)
        for rule in sorted(wanted - before)
    )
    both = changed({"rules": _ids(before)}, {"rules": _ids(wanted)})
    journal(audit, Action.AUDIT_RULES_LINKED, actor, {"risk": risk.reference, **both})
    tell(audit)
    return risk


def _found(audit: RiskAudit, risk_id: UUID) -> AuditedRisk:
    risk = AuditedRisk.objects.filter(audit=audit, pk=risk_id).first()
    if risk is None:
        raise Refusal("not_found", _("There is no such risk."), status=Status.NOT_FOUND)
    return risk


def _apply(actor: Member, risk: AuditedRisk, entered: RiskEntry) -> None:
    for field, value in entered.items():
        if field in _PLAIN:
            setattr(risk, field, value.strip() if isinstance(value, str) else value)
    if entered.get("code"):
        risk.own_name = ""
    elif entered.get("own_name"):
        risk.code = catalogue.OWN
    for field, named in editing.responsible(actor, entered).items():
        setattr(risk, field, named)
    if risk.code and risk.code not in catalogue.RISKS:
        unknown = _("Choose a risk of the catalogue, or give it a name of your own.")
        raise Refusal("no_such_risk", unknown, fields={"code": unknown})
    if not risk.code and not risk.own_name:
        nameless = _("Choose a risk of the catalogue, or give it a name of your own.")
        raise Refusal("nameless", nameless, fields={"own_name": nameless})


def _replace_parts(actor: Member, audit: RiskAudit, risk: AuditedRisk, entered: RiskEntry) -> None:
    """Replace the lists that were entered. What is named by a key stays the same thing, what is not named goes."""
    if "measures" in entered:
        _must_know_keys({one.key for one in risk.measures.all()}, entered["measures"], "measures")
        measures = [_measure(actor, risk, one, at) for at, one in enumerate(entered["measures"])]
        risk.measures.all().delete()
        Measure.objects.bulk_create(measures)
    if "protections" in entered:
        known = {one.key: one for one in risk.protections.all()}
        _must_know_keys(set(known), entered["protections"], "protections")
        protections = [_protection(actor, audit, risk, one, at, known) for at, one in enumerate(entered["protections"])]
        risk.protections.all().delete()
        Protection.objects.bulk_create(protections)


def _must_know_keys(known: set[UUID], listed: Sequence[MeasureEntry] | Sequence[ProtectionEntry], field: str) -> None:
    """A key is one of this risk's own, and named once; a row without one is new."""
    if len(listed) > MOST_PARTS:
        many = _("A risk has 40 of these at most.")
        raise Refusal("too_many", many, fields={field: many})
    named = [key for one in listed if (key := one.get("key")) is not None]
    if len(named) != len(set(named)) or set(named) - known:
        unknown = _("One of these is not of this risk. Reload it and enter your change again.")
        raise Refusal("no_such_key", unknown, fields={field: unknown})


def _measure(actor: Member, risk: AuditedRisk, entered: MeasureEntry, position: int) -> Measure:
    what = entered.get("what", "").strip()
    if not what:
        needed = _("Say what is to be done.")
        raise Refusal("needed", needed, fields={"measures": needed})
    made = Measure(
        organisation_id=risk.organisation_id,
        risk=risk,
        key=entered.get("key") or uuid.uuid4(),
        position=position,
        what=what,
        due_on=entered.get("due_on"),
        state=entered.get("state", "planned"),
    )
    for field, value in editing.responsible(actor, entered).items():
        setattr(made, field, value)
    return made


def _protection(
    actor: Member,
    audit: RiskAudit,
    risk: AuditedRisk,
    entered: ProtectionEntry,
    position: int,
    standing: Mapping[UUID, Protection],
) -> Protection:
    kind, of, name = ProtectionKind(entered["kind"]), entered.get("of"), entered.get("name", "").strip()
    made = Protection(
        organisation_id=risk.organisation_id,
        risk=risk,
        key=entered.get("key") or uuid.uuid4(),
        position=position,
        kind=kind,
        name=name,
        last_tested=entered.get("last_tested"),
    )
    if kind is ProtectionKind.OTHER:
        if not name or of is not None:
            needed = _("Say what protects.")
            raise Refusal("needed", needed, fields={"protections": needed})
        return made
    known = standing.get(made.key)
    if known is not None and known.kind == kind and subject_of(known) == of:
        # It was chosen before, perhaps by somebody who reaches more: it stays, also when it was removed meanwhile.
        made.camera_id, made.device, made.schedule_id = known.camera_id, known.device, known.schedule_id
        made.name = known.name
        return made
    source = source_of(kind)
    choices = {one.id: one.name for one in source.choices(actor, audit.site_id)} if source is not None else {}
    if of is None or of not in choices:
        unknown = _("Choose a camera, device or team of this site.")
        raise Refusal("no_such_protection", unknown, fields={"protections": unknown})
    made.name = choices[of]
    setattr(made, {"camera": "camera_id", "device": "device", "team": "schedule_id"}[kind.value], of)
    return made


def _ids(rows: set[UUID]) -> list[Json]:
    return [str(pk) for pk in sorted(rows)]


def _facts(risk: AuditedRisk) -> dict[str, Json]:
    """What names nobody, for the journal; lists by their size, kinds and days."""
    return {
        "code": risk.code,
        "likelihood": risk.likelihood,
        "severity": risk.severity,
        "due_on": day(risk.due_on),
        **_responsible(risk),
        "measures": [
            {"measure_state": str(one.state), "due_on": day(one.due_on), **_responsible(one)}
            for one in risk.measures.all()
        ],
        "protections": [
            {"protection_kind": str(one.kind), "last_tested": day(one.last_tested), **_camera(one)}
            for one in risk.protections.all()
        ],
    }


def _camera(one: Protection) -> Mapping[str, Json]:
    return {"camera": str(one.camera_id)} if one.camera_id else {}


def _responsible(of: AuditedRisk | Measure) -> dict[str, Json]:
    member, person = of.responsible_member_id, of.responsible_person_id
    return {
        "responsible_member": str(member) if member else None,
        "responsible_person": str(person) if person else None,
    }


def _words(risk: AuditedRisk) -> dict[str, Json]:
    """What somebody wrote, which may name people: kept apart, can be erased."""
    return {
        **{field: getattr(risk, field) for field in _WORDS},
        "measures": [one.what for one in risk.measures.all()],
        "protections": [one.name for one in risk.protections.all()],
    }
