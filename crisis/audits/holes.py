"""What an audit still lacks before it is submitted: a person judges every risk, somebody is responsible, a date ends it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from crisis.audits.models import AuditedRisk, RiskAudit
from crisis.audits.selectors import risks


@dataclass(frozen=True, slots=True)
class Hole:
    """Something that is missing.

    Attributes:
        where: ``risks``, ``review_on``, or the reference of a risk.
        sentence: lazily translated.
    """

    where: str
    sentence: Promise | str


def holes(audit: RiskAudit) -> list[Hole]:
    """All that is missing; nothing when it can be submitted. A risk is named once, with its first hole."""
    listed = list(risks().filter(audit=audit))
    found = [] if listed else [Hole("risks", _("An audit has at least one risk."))]
    if audit.review_on is None:
        found.append(Hole("review_on", _("Choose until when it holds.")))
    return found + [hole for risk in listed if (hole := hole_of(risk)) is not None]


def hole_of(risk: AuditedRisk) -> Hole | None:
    """The first thing that a risk lacks."""
    if risk.likelihood is None:
        return _hole(risk, _("how likely it is has not been judged."))
    if risk.severity is None:
        return _hole(risk, _("how bad it would be has not been judged."))
    if risk.responsible_member_id is None and risk.responsible_person_id is None:
        return _hole(risk, _("nobody is responsible for it."))
    if not risk.exposed.strip():
        return _hole(risk, _("nothing is said of who and what is exposed."))
    return None


def _hole(risk: AuditedRisk, what: Promise) -> Hole:
    return Hole(risk.reference, format_lazy("{name}: {what}", name=f"{risk.reference} {risk.name}", what=what))
