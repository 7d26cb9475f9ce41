"""What goes on while an audit is in force: measures are carried out, protections tested, contradictions looked at."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crisis.audits import editing, selectors
from crisis.audits.editing import conflict, journal
from crisis.audits.events import tell
from crisis.audits.facts import Contradiction, facts_of, today_of
from crisis.audits.models import (
    AuditState,
    ContradictionKind,
    KeptContradiction,
    Measure,
    MeasureProgress,
    MeasureState,
    Protection,
    ProtectionTest,
    RiskAudit,
)
from soc import clock
from soc.journal.actions import Action
from soc.journal.digests import Json
from soc.people.models import Member
from soc.people.rights import Right
from soc.refusals import Refusal, Status


@transaction.atomic
def measure_came_to(
    actor: Member, audit_id: UUID, measure_id: UUID, state: MeasureState, note: str = ""
) -> MeasureProgress:
    """Write down how far a measure of the audit in force is.

    Raises:
        Refusal: it is out of reach, or its audit not in force.
    """
    audit = _in_force(actor, audit_id)
    measure = Measure.objects.filter(risk__audit=audit, pk=measure_id).select_related("risk").first()
    if measure is None:
        raise Refusal("not_found", _("There is no such measure."), status=Status.NOT_FOUND)
    last = selectors.states_of([measure]).get(measure.key)
    before = last.state if last else measure.state
    made = MeasureProgress.objects.create(
        organisation_id=audit.organisation_id,
        measure=measure,
        key=measure.key,
        state=state,
        member=actor,
        note=note.strip(),
    )
    details: dict[str, Json] = {
        "risk": measure.risk.reference,
        "before": {"measure_state": str(before)},
        "after": {"measure_state": str(state)},
    }
    journal(audit, Action.MEASURE_PROGRESSED, actor, details, {"measure": measure.what, "comment": note.strip()})
    tell(audit)
    return made


@transaction.atomic
def protection_tested(
    actor: Member, audit_id: UUID, protection_id: UUID, tested_on: dt.date | None = None, note: str = ""
) -> ProtectionTest:
    """Write down that a protection of the audit in force was tested and works.

    Raises:
        Refusal: it is out of reach, its audit not in force, or the day is to come.
    """
    audit = _in_force(actor, audit_id)
    found = Protection.objects.filter(risk__audit=audit, pk=protection_id).select_related("risk").first()
    if found is None:
        raise Refusal("not_found", _("There is no such protection."), status=Status.NOT_FOUND)
    today = today_of(audit, clock.now())
    on = tested_on or today
    if on > today:
        future = _("This day is to come. Write down what was done.")
        raise Refusal("in_the_future", future, fields={"tested_on": future})
    made = ProtectionTest.objects.create(
        organisation_id=audit.organisation_id,
        protection=found,
        key=found.key,
        tested_on=on,
        member=actor,
        note=note.strip(),
    )
    details: dict[str, Json] = {"risk": found.risk.reference, "tested_on": on.isoformat()}
    journal(audit, Action.PROTECTION_TESTED, actor, details, {"protection": found.name, "comment": note.strip()})
    tell(audit)
    return made


@transaction.atomic
def keep(
    actor: Member, audit_id: UUID, risk_id: UUID, kind: ContradictionKind, why: str, key: UUID | None = None
) -> KeptContradiction:
    """Keep a risk as it was judged although facts contradict it, and say why. It is asked again when the contradiction grows.

    Raises:
        Refusal: the audit is out of reach or over, facts do not contradict the risk (any more), or no reason is given.
    """
    audit = editing.locked(actor, audit_id, Right.PREPARE)
    if audit.state in (AuditState.SUPERSEDED, AuditState.WITHDRAWN):
        raise conflict("over_already", _("This audit is not in force and nobody writes it any more."))
    risk = selectors.risks().filter(audit=audit, pk=risk_id).first()
    if risk is None:
        raise Refusal("not_found", _("There is no such risk."), status=Status.NOT_FOUND)
    if not why.strip():
        needed = _("Say why.")
        raise Refusal("needed", needed, fields={"why": needed})
    found = facts_of(audit, [risk]).contradictions.get(risk.number, [])
    contradiction = next((one for one in found if one.kind == kind and one.key == key), None)
    if contradiction is None:
        raise conflict("no_contradiction", _("The facts do not contradict this risk any more."))
    kept = KeptContradiction.objects.create(
        organisation_id=audit.organisation_id,
        site_id=audit.site_id,
        number=risk.number,
        kind=kind,
        key=key,
        likelihood=contradiction.likelihood,
        count=contradiction.count,
        since=contradiction.since,
        member=actor,
        why=why.strip(),
    )
    journal(audit, Action.CONTRADICTION_KEPT, actor, _kept(risk.reference, contradiction), {"why": why.strip()})
    tell(audit)
    return kept


def _kept(reference: str, one: Contradiction) -> dict[str, Json]:
    details: dict[str, Json] = {"risk": reference, "contradiction": one.kind.value}
    if one.likelihood is not None:
        details |= {"observed": int(one.likelihood), "incidents": one.count}
    return details


def _in_force(actor: Member, audit_id: UUID) -> RiskAudit:
    audit = editing.locked(actor, audit_id, Right.PREPARE)
    if audit.state != AuditState.APPROVED:
        raise conflict("not_in_force", _("Only an audit that is in force goes on. Change the draft itself."))
    return audit
