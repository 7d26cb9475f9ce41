"""What is different between two versions of a site's audit, in words."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crisis.audits import wire
from crisis.audits.facts import called
from crisis.audits.models import AuditedRisk, RiskAudit
from crisis.audits.presenting import responsible
from crisis.audits.scale import Harm, Likelihood
from crisis.audits.selectors import risks
from crisis.audits.sources import written_day

_LABELS: Final[dict[str, Promise]] = {
    "name": _("Name"),
    "likelihood": _("Likelihood"),
    "severity": _("Severity"),
    "score": _("Score"),
    "exposed": _("Exposed"),
    "missing": _("Missing"),
    "notes": _("Notes"),
    "responsible": _("Responsible"),
    "due_on": _("By"),
    "measures": _("Measures"),
    "protections": _("What protects"),
}


def changes(audit: RiskAudit, other: RiskAudit | None) -> wire.AuditChanges:
    """What is different in `audit` from `other`, an earlier version of the same site; ``None``: there is none."""
    now = {risk.number: risk for risk in risks().filter(audit=audit)}
    then = {risk.number: risk for risk in risks().filter(audit=other)} if other is not None else {}
    found: list[wire.RiskChange] = []
    for number in sorted(now.keys() | then.keys()):
        after, before = now.get(number), then.get(number)
        if other is not None and (one := _compared(before, after)) is not None:
            found.append(one)
    same = len(now.keys() & then.keys()) - sum(1 for one in found if one.kind == "changed")
    return wire.AuditChanges(
        number=audit.number, compared_with=other.number if other else None, risks=found, unchanged=same
    )


def _compared(before: AuditedRisk | None, after: AuditedRisk | None) -> wire.RiskChange | None:
    old, new = _shown(before), _shown(after)
    fields = [
        wire.FieldChange(field=name, label=str(label), before=old.get(name, ""), after=new.get(name, ""))
        for name, label in _LABELS.items()
        if old.get(name, "") != new.get(name, "")
    ]
    risk = after or before
    if risk is None or not fields:
        return None
    kind = "changed" if before and after else "added" if after else "removed"
    return wire.RiskChange.model_validate(
        {"reference": risk.reference, "name": risk.name, "kind": kind, "fields": fields}
    )


def _shown(risk: AuditedRisk | None) -> dict[str, str]:
    """A risk's values as people read them."""
    if risk is None:
        return {}
    who = responsible(risk)
    return {
        "name": risk.name,
        "likelihood": _step(Likelihood, risk.likelihood),
        "severity": _step(Harm, risk.severity),
        "score": str(risk.score or ""),
        "exposed": risk.exposed,
        "missing": risk.missing,
        "notes": risk.notes,
        "responsible": who.name if who else "",
        "due_on": written_day(risk.due_on) if risk.due_on else "",
        "measures": "; ".join(
            f"{one.what} ({written_day(one.due_on)})" if one.due_on else one.what for one in risk.measures.all()
        ),
        "protections": "; ".join(called(one) for one in risk.protections.all()),
    }


def _step(scale: type[Likelihood] | type[Harm], value: int | None) -> str:
    return f"{value}, {scale(value).label}" if value else ""
