"""Puts an audit together as its page shows it, for a reader: what was found, how things stand now, what the reader may do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import product
from uuid import UUID

from alerts.models import Rule
from alerts.wire import Named
from crisis.audits import wire
from crisis.audits.answers import answers
from crisis.audits.catalogue import RISKS, TEMPLATES
from crisis.audits.content import intact
from crisis.audits.facts import Contradiction, Facts, called, facts_of, subject_of, today_of
from crisis.audits.holes import hole_of, holes
from crisis.audits.models import (
    AuditedRisk,
    AuditState,
    Measure,
    MeasureProgress,
    MeasureState,
    Protection,
    ProtectionKind,
    RemarkKind,
    RiskAudit,
    RiskRule,
)
from crisis.audits.scale import Harm, Likelihood, Treatment, treatment_of
from crisis.audits.selectors import approved_audit, days_left, expired, states_of
from crisis.audits.services import why_not_approve
from crisis.audits.sources import Fails, Standing, Works, source_of
from soc import clock
from soc.people.models import Member
from soc.people.rights import Right
from soc.people.scope import holds, scoped

_STEPS = range(1, 6)


def catalogue() -> wire.RiskCatalogue:
    """All that an audit's form offers, in the active language."""
    return wire.RiskCatalogue(
        risks=[
            wire.CatalogueEntry(
                code=one.code,
                group=one.group.value,
                group_name=str(one.group.words),
                name=str(one.name),
                advice=str(one.advice),
            )
            for one in RISKS.values()
        ],
        templates=[
            wire.TemplateEntry(key=one.key, name=str(one.name), codes=list(one.codes)) for one in TEMPLATES.values()
        ],
        likelihoods=likelihoods(),
        severities=severities(),
        treatments=[
            wire.TreatmentWord.model_validate({"value": one, "name": str(one.label), "level": one.level})
            for one in Treatment
        ],
        cells=cells(),
    )


def likelihoods() -> list[wire.Step]:
    """The scale, from rare on."""
    return [wire.Step(value=one.value, name=str(one.label), meaning=str(one.meaning)) for one in Likelihood]


def severities() -> list[wire.Step]:
    """The scale, from slight on."""
    return [wire.Step(value=one.value, name=str(one.label), meaning=str(one.meaning)) for one in Harm]


def cells() -> list[wire.Cell]:
    """The 25 cells: the most likely row first, from slight to fatal."""
    return [_cell(likelihood, severity) for likelihood, severity in product(reversed(_STEPS), _STEPS)]


def _cell(likelihood: int, severity: int) -> wire.Cell:
    treatment = treatment_of(likelihood * severity)
    return wire.Cell.model_validate(
        {
            "likelihood": likelihood,
            "severity": severity,
            "score": likelihood * severity,
            "treatment": treatment,
            "level": treatment.level,
        }
    )


def brief(audit: RiskAudit) -> wire.AuditBrief:
    """An audit as lists show it."""
    return wire.AuditBrief.model_validate(_brief(audit))


def _brief(audit: RiskAudit) -> dict[str, object]:
    return {
        "id": audit.pk,
        "site": Named(id=audit.site_id, name=audit.site.name),
        "number": audit.number,
        "state": AuditState(audit.state),
        "written": _signature(audit.author, audit.created_at),
        "submitted": _signature(audit.submitted_by, audit.submitted_at),
        "reviewed": _signature(audit.reviewer, audit.reviewed_at),
        "approved": _signature(audit.approver, audit.approved_at),
        "review_on": audit.review_on,
        "expired": expired(audit),
        "days_left": days_left(audit),
        "superseded_at": audit.superseded_at,
        "withdrawn": _signature(audit.withdrawn_by, audit.withdrawn_at),
        "digest": audit.digest,
        "version": audit.version,
    }


def detail(audit: RiskAudit, reader: Member) -> wire.AuditDetail:
    """An audit with all that it found. Prefetch with `crisis.audits.selectors.with_risks`."""
    listed = list(audit.risks.all())
    facts = facts_of(audit, listed)
    in_force = approved_audit(audit.site_id)
    missing = holes(audit) if audit.state == AuditState.DRAFT else []
    return wire.AuditDetail.model_validate(
        {
            **_brief(audit),
            "scope": audit.scope,
            "previous": audit.previous.number if audit.previous else None,
            "in_force": in_force and _in_force(in_force),
            "risks": risk_views(audit, listed, facts, reader),
            "cells": cells(),
            "likelihoods": likelihoods(),
            "severities": severities(),
            "ghosts": ghosts(listed, facts),
            "unanswered": len(facts.unanswered) if audit.state not in _OVER else 0,
            "remarks": [
                wire.Remark(kind=RemarkKind(one.kind), member=_named(one.member), at=one.at, text=one.text)
                for one in audit.remarks.all()
            ],
            "holes": [wire.HoleView(where=one.where, sentence=str(one.sentence)) for one in missing],
            "intact": intact(audit) if audit.digest else None,
            "may": _may(audit, reader, complete=not missing),
        }
    )


_OVER = (AuditState.SUPERSEDED, AuditState.WITHDRAWN)


def _in_force(audit: RiskAudit) -> wire.InForce:
    return wire.InForce(id=audit.pk, number=audit.number, review_on=audit.review_on, expired=expired(audit))


def _may(audit: RiskAudit, reader: Member, *, complete: bool) -> wire.May:
    prepares = holds(reader, Right.PREPARE, audit.site_id)
    approves = holds(reader, Right.APPROVE, audit.site_id)
    in_review, draft = audit.state == AuditState.IN_REVIEW, audit.state == AuditState.DRAFT
    in_force = audit.state == AuditState.APPROVED
    own = why_not_approve(reader, audit) if in_review and approves else None
    return wire.May(
        edit=prepares and draft,
        submit=prepares and draft and complete,
        send_back=approves and in_review,
        review=approves and in_review and own is None and audit.reviewer_id is None,
        approve=approves and in_review and own is None,
        why_not_approve=own.sentence() if own is not None else "",
        withdraw=prepares and (draft or in_review or (in_force and approves)),
        progress=prepares and in_force,
    )


def risk_views(audit: RiskAudit, listed: list[AuditedRisk], facts: Facts, reader: Member) -> list[wire.RiskView]:
    """The risks, by number."""
    reached = states_of([one for risk in listed for one in risk.measures.all()])
    today = today_of(audit, clock.now())
    before = _before(audit)
    rules = _rules(audit, reader)
    plans = answers(audit.organisation_id, audit.site_id)
    return [
        wire.RiskView.model_validate(
            {
                "id": risk.pk,
                "number": risk.number,
                "reference": risk.reference,
                "code": risk.code,
                "own_name": risk.own_name,
                "name": risk.name,
                "likelihood": risk.likelihood,
                "severity": risk.severity,
                "score": risk.score,
                "treatment": risk.treatment,
                "level": risk.treatment.level if risk.treatment else None,
                "before": before.get(risk.number),
                "exposed": risk.exposed,
                "missing": risk.missing,
                "notes": risk.notes,
                "responsible": responsible(risk),
                "due_on": risk.due_on,
                "measures": [measure_view(one, reached, today) for one in risk.measures.all()],
                "protections": [_protection(one, facts) for one in risk.protections.all()],
                "incidents_in_a_month": facts.incidents[risk.number].in_a_month,
                "incidents_in_a_year": facts.incidents[risk.number].in_a_year,
                "contradictions": [_contradiction(one) for one in facts.contradictions.get(risk.number, [])],
                "rules": rules.get(risk.number, []),
                "plans": [
                    wire.AnsweringPlan(id=one.plan, name=one.name, number=one.number)
                    for one in plans.get(risk.number, [])
                ],
                "hole": _hole(audit, risk),
                "version": risk.version,
            }
        )
        for risk in listed
    ]


def _hole(audit: RiskAudit, risk: AuditedRisk) -> str:
    hole = hole_of(risk) if audit.state == AuditState.DRAFT else None
    return str(hole.sentence) if hole is not None else ""


def ghosts(listed: list[AuditedRisk], facts: Facts) -> list[wire.Ghost]:
    """Where risks would stand if incidents were right."""
    risks = {risk.number: risk for risk in listed}
    return [
        wire.Ghost(
            reference=risks[one.number].reference,
            risk=risks[one.number].pk,
            likelihood=one.likelihood,
            severity=risks[one.number].severity or 1,
            score=one.score,
            incidents=one.count,
            kept=one.kept is not None,
        )
        for found in facts.contradictions.values()
        for one in found
        if one.likelihood is not None and one.score is not None
    ]


def _before(audit: RiskAudit) -> dict[int, wire.JudgedBefore]:
    if audit.previous is None:
        return {}
    return {
        risk.number: wire.JudgedBefore(
            number=audit.previous.number, likelihood=risk.likelihood, severity=risk.severity, score=risk.score
        )
        for risk in AuditedRisk.objects.filter(audit=audit.previous)
    }


def _rules(audit: RiskAudit, reader: Member) -> dict[int, list[Named]]:
    found: dict[int, list[Named]] = {}
    reachable = scoped(Rule.objects.all(), reader, Right.SEE_RULES)
    rows = RiskRule.objects.filter(site=audit.site_id, rule__in=reachable).select_related("rule")
    for one in rows.order_by("rule__name"):
        found.setdefault(one.number, []).append(Named(id=one.rule_id, name=one.rule.name))
    return found


def responsible(of: AuditedRisk | Measure) -> wire.Responsible | None:
    """Who is responsible for a risk or measure."""
    if of.responsible_member is not None:
        return wire.Responsible(kind="member", id=of.responsible_member.pk, name=of.responsible_member.display_name)
    if of.responsible_person is not None:
        return wire.Responsible(kind="person", id=of.responsible_person.pk, name=of.responsible_person.display_name)
    return None


def measure_view(one: Measure, reached: Mapping[UUID, MeasureProgress], today: dt.date) -> wire.MeasureView:
    """A measure, as far as it is."""
    last = reached.get(one.key)
    state = MeasureState(last.state if last else one.state)
    late = (today - one.due_on).days if one.due_on and state is not MeasureState.DONE else 0
    return wire.MeasureView(
        id=one.pk,
        key=one.key,
        what=one.what,
        responsible=responsible(one),
        due_on=one.due_on,
        state=state,
        state_name=str(state.label),
        note=last.note if last else "",
        done_at=last.at if last and state is MeasureState.DONE else None,
        days_late=max(0, late),
    )


def _protection(one: Protection, facts: Facts) -> wire.ProtectionView:
    standing = facts.standings[one.key]
    return wire.ProtectionView.model_validate(
        {
            "id": one.pk,
            "key": one.key,
            "kind": ProtectionKind(one.kind),
            "of": subject_of(one),
            "name": called(one),
            "state": _state(standing),
            "since": standing.since if isinstance(standing, Fails) else None,
            "sentence": standing.sentence,
            "last_tested": facts.tested.get(one.key),
        }
    )


def _state(standing: Standing) -> str:
    return "works" if isinstance(standing, Works) else "fails" if isinstance(standing, Fails) else "unknown"


def _contradiction(one: Contradiction) -> wire.ContradictionView:
    kept = one.kept
    return wire.ContradictionView(
        kind=one.kind,
        key=one.key,
        sentence=one.sentence,
        likelihood=one.likelihood,
        score=one.score,
        treatment=one.treatment,
        count=one.count,
        since=one.since,
        kept=wire.Kept(member=_named(kept.member), at=kept.at, why=kept.why) if kept else None,
    )


def choices(audit: RiskAudit, reader: Member) -> wire.AuditChoices:
    """What the risks' protections and rules can be."""
    rules = scoped(Rule.objects.filter(removed_at=None, camera__site=audit.site_id), reader, Right.SEE_RULES)
    found: list[wire.Chosen] = []
    for kind in ProtectionKind:
        source = source_of(kind)
        offered = source.choices(reader, audit.site_id) if source is not None else []
        listed = [Named(id=one.id, name=one.name) for one in offered]
        known = source is not None or kind is ProtectionKind.OTHER
        found.append(wire.Chosen(kind=kind, name=str(kind.label), known=known, choices=listed))
    return wire.AuditChoices(protections=found, rules=[Named(id=one.pk, name=one.name) for one in rules])


def _signature(member: Member | None, at: dt.datetime | None) -> wire.Signature | None:
    return wire.Signature(member=_named(member), at=at) if member is not None and at is not None else None


def _named(member: Member) -> Named:
    return Named(id=member.pk, name=member.display_name)
