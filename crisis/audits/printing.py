"""An audit as a PDF that is handed out, in the reader's language, with what protects at that moment and the digest."""

from __future__ import annotations

import datetime as dt
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crisis.audits import presenting, wire
from crisis.audits.editing import journal
from crisis.audits.models import AuditState, RiskAudit
from crisis.audits.sources import written_day
from soc import clock
from soc.documents.rendering import render
from soc.journal.actions import Action
from soc.journal.digests import Json
from soc.people.models import Member

TEMPLATE: Final = "audits/risk_audit.typ"
_PROTECTS: Final = {"works": "safe", "fails": "critical", "unknown": "unknown"}


def pdf(audit: RiskAudit, reader: Member) -> bytes:
    """The audit as `reader` gets it, in the reader's language; who printed which version is journalled."""
    now = clock.now()
    with translation.override(reader.language), timezone.override(ZoneInfo(audit.organisation.timezone)):
        data = document(presenting.detail(audit, reader), audit, reader, now)
    made = render(TEMPLATE, data, reader.language, at=now)
    with transaction.atomic():
        journal(audit, Action.AUDIT_PRINTED, reader, {"digest": audit.digest} if audit.digest else None)
    return made


def file_name(audit: RiskAudit) -> str:
    """What the file is called: letters that every system takes."""
    return f"risk-audit-{audit.number}-{audit.pk}.pdf"


def document(detail: wire.AuditDetail, audit: RiskAudit, reader: Member, now: dt.datetime) -> Json:
    """All that the template shows, in words."""
    return {
        "words": _words(),
        "title": _("Risk audit of %(site)s") % {"site": detail.site.name},
        "organisation": audit.organisation.name,
        "site": detail.site.name,
        "address": audit.site.address,
        "version": _("Version %(number)d") % {"number": detail.number},
        "state": str(AuditState(audit.state).label),
        "binding": audit.state == AuditState.APPROVED and not detail.expired,
        "warning": _warning(detail),
        "holds": written_day(detail.review_on) if detail.review_on else "–",
        "printed": _("Printed on %(at)s by %(who)s") % {"at": _moment(now), "who": reader.display_name},
        "scope": detail.scope,
        "digest": detail.digest,
        "checked": _checked(detail),
        "signatures": _signatures(detail),
        "likelihoods": [one.model_dump(mode="json") for one in reversed(detail.likelihoods)],
        "severities": [one.model_dump(mode="json") for one in detail.severities],
        "cells": [_cell(cell, detail) for cell in detail.cells],
        "treatments": [
            {"name": one.name, "level": one.level, "scores": scores}
            for one, scores in zip(presenting.catalogue().treatments, ("1–4", "5–9", "10–14", "15–25"), strict=True)
        ],
        "risks": [_risk(one, detail) for one in detail.risks],
        "measures": _measures(detail),
    }


def _words() -> dict[str, Json]:
    return {
        "page": _("Page {number} of {count}"),
        "organisation": _("Organisation"),
        "site": _("Site"),
        "address": _("Address"),
        "state": _("State"),
        "holds": _("Holds until"),
        "scope": _("What was looked at"),
        "signatures": _("Signatures"),
        "digest": _("SHA-256 of the content"),
        "matrix": _("The risks at a glance"),
        "axes": _("Likelihood up, severity to the right; a score is their product."),
        "risks": _("The risks"),
        "likelihood": _("Likelihood"),
        "severity": _("Severity"),
        "score": _("Score"),
        "exposed": _("Exposed"),
        "missing": _("Missing"),
        "notes": _("Notes"),
        "responsible": _("Responsible"),
        "by": _("By"),
        "protects": _("What protects, at the moment of printing"),
        "nothing": _("Nothing is named."),
        "disagrees": _("The facts do not agree"),
        "measures": _("What is to be done"),
        "no_measures": _("No measure is planned."),
        "risk": _("Risk"),
        "measure": _("Measure"),
        "matrix_alt": _("Matrix of likelihood and severity with the score of each cell and the risks in it"),
        "table": _("How scores are treated"),
    }


def _warning(detail: wire.AuditDetail) -> str:
    if detail.state in (AuditState.DRAFT, AuditState.IN_REVIEW):
        return _("This version is not approved. It binds nobody.")
    if detail.state == AuditState.SUPERSEDED:
        return _("A later version is in force.")
    if detail.state == AuditState.WITHDRAWN:
        return _("This version was withdrawn.")
    return _("The review date of this version is over.") if detail.expired else ""


def _checked(detail: wire.AuditDetail) -> str:
    if detail.intact is None:
        return ""
    if detail.intact:
        return _("At printing, the content was the one that was approved.")
    return _("At printing, the content was NOT the one that was approved. Tell the operator.")


def _signatures(detail: wire.AuditDetail) -> list[Json]:
    listed = (
        (_("Written by"), detail.written),
        (_("Submitted by"), detail.submitted),
        (_("Reviewed by"), detail.reviewed),
        (_("Approved by"), detail.approved),
        (_("Withdrawn by"), detail.withdrawn),
    )
    return [[what, signed.member.name, _moment(signed.at)] for what, signed in listed if signed is not None]


def _cell(cell: wire.Cell, detail: wire.AuditDetail) -> Json:
    inside = [one for one in detail.risks if (one.likelihood, one.severity) == (cell.likelihood, cell.severity)]
    ghosts = [one for one in detail.ghosts if (one.likelihood, one.severity) == (cell.likelihood, cell.severity)]
    return {
        "score": cell.score,
        "level": cell.level,
        "risks": [one.reference for one in inside],
        "ghosts": [f"{one.reference} ?" for one in ghosts],
    }


def _risk(one: wire.RiskView, detail: wire.AuditDetail) -> Json:
    return {
        "reference": one.reference,
        "name": one.name,
        "level": one.level or "unknown",
        "treatment": str(one.treatment.label) if one.treatment else _("not judged"),
        "likelihood": _step(detail.likelihoods, one.likelihood),
        "severity": _step(detail.severities, one.severity),
        "score": str(one.score or "–"),
        "exposed": one.exposed,
        "missing": one.missing,
        "notes": one.notes,
        "responsible": one.responsible.name if one.responsible else "–",
        "by": written_day(one.due_on) if one.due_on else "–",
        "protections": [
            {"name": each.name, "level": _PROTECTS[each.state], "sentence": _since(each)} for each in one.protections
        ],
        "contradictions": [
            each.sentence + (" " + _kept(each.kept) if each.kept else "") for each in one.contradictions
        ],
    }


def _since(one: wire.ProtectionView) -> str:
    if one.since is None:
        return one.sentence
    return _("since %(at)s: %(why)s") % {"at": _moment(one.since), "why": one.sentence}


def _kept(kept: wire.Kept) -> str:
    places = {"who": kept.member.name, "day": written_day(timezone.localtime(kept.at).date()), "why": kept.why}
    return _("Kept by %(who)s on %(day)s: %(why)s") % places


def _step(scale: list[wire.Step], value: int | None) -> str:
    return next((f"{one.value} – {one.name}, {one.meaning}" for one in scale if one.value == value), "–")


def _measures(detail: wire.AuditDetail) -> list[Json]:
    return [
        {
            "risk": f"{risk.reference} {risk.name}",
            "what": one.what,
            "responsible": one.responsible.name if one.responsible else "–",
            "by": written_day(one.due_on) if one.due_on else "–",
            "state": _late(one.days_late) if one.days_late else one.state_name,
            "late": bool(one.days_late),
        }
        for risk in detail.risks
        for one in risk.measures
    ]


def _late(days: int) -> str:
    return ngettext("%(count)d day late", "%(count)d days late", days) % {"count": days}


def _moment(at: dt.datetime) -> str:
    return date_format(timezone.localtime(at), "j F Y, H:i")
