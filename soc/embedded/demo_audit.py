"""The demo's risk audit: a first version that two signed, and the one in force, with what protects and what is to be done."""

from __future__ import annotations

import datetime as dt
from typing import Final

from alerts.models import Rule
from crisis.audits import risks as audited
from crisis.audits import services as audits
from crisis.audits.facts import today_in
from crisis.audits.models import AuditedRisk, RiskAudit
from crisis.audits.risks import MeasureEntry, ProtectionEntry, RiskEntry
from crisis.audits.scale import Harm, Likelihood
from crisis.devices.models import Device
from detection.models import Camera
from soc import clock
from soc.people.models import Member, Organisation, Site
from soc.people.on_call.models import Schedule

CODE: Final = "intrusion"
"""The catalogue's risk that the demo's plan answers."""
_SECOND: Final[tuple[RiskEntry, ...]] = (
    {"code": "medical_emergency", "likelihood": Likelihood.LIKELY, "severity": Harm.GRAVE, "exposed": "184 staff"},
    {"code": "fire", "likelihood": Likelihood.UNLIKELY, "severity": Harm.FATAL, "exposed": "Evening classes, workshop"},
    {"code": "assault", "likelihood": Likelihood.POSSIBLE, "severity": Harm.GRAVE, "exposed": "Reception, alone at 7"},
    {"code": "flood", "likelihood": Likelihood.POSSIBLE, "severity": Harm.SERIOUS, "exposed": "The car park"},
    {"code": "power_loss", "likelihood": Likelihood.POSSIBLE, "severity": Harm.MINOR, "exposed": "Servers, lifts"},
    {
        "own_name": "Accident on the works next door",
        "likelihood": Likelihood.RARE,
        "severity": Harm.GRAVE,
        "exposed": "Whoever crosses the forecourt",
    },
)


def make_audit(
    administrator: Member, supervisor: Member, site: Site, schedule: Schedule, rule: Rule | None
) -> AuditedRisk:
    """Make both versions; the risk of the one in force that the demo's plan answers.

    Args:
        administrator: who writes.
        supervisor: who approves: somebody else.
        site: of the audit.
        schedule: the team that protects.
        rule: whose alerts are incidents of an intrusion; null: somebody took it away.
    """
    first = audits.begin(administrator, site.pk, audits.Origin.EMPTY)
    first = audits.change(administrator, first.pk, {"scope": "The forecourt and its buildings"}, version=first.version)
    intrusion = audited.add(
        administrator,
        first.pk,
        {
            "code": CODE,
            "likelihood": Likelihood.POSSIBLE,
            "severity": Harm.SERIOUS,
            "exposed": "Staff and visitors, the workshop's tools",
            "responsible_member": administrator.pk,
        },
    )
    _sign(administrator, supervisor, first, "")
    second = audits.begin(administrator, site.pk, audits.Origin.COPY)
    found = AuditedRisk.objects.get(audit=second, number=intrusion.number)
    found = audited.change(administrator, second.pk, found.pk, _judged_anew(site, schedule, administrator), version=1)
    for entry in _SECOND:
        audited.add(administrator, second.pk, {"responsible_member": supervisor.pk, **entry})
    _to_be_done(administrator, second)
    if rule is not None:
        audited.link_rules(administrator, second.pk, found.pk, [rule.pk])
    _sign(administrator, supervisor, second, "Read on the spot with the guards.")
    return found


def _judged_anew(site: Site, schedule: Schedule, administrator: Member) -> RiskEntry:
    protections: list[ProtectionEntry] = [
        {"kind": "camera", "of": camera.pk} for camera in Camera.objects.filter(site=site, removed_at=None)[:1]
    ]
    protections.append({"kind": "team", "of": schedule.pk})
    devices = Device.objects.filter(site=site, removed_at=None, name__in=("Front door", "Siren")).order_by("name")
    protections += [{"kind": "device", "of": device.pk} for device in devices]
    protections.append({"kind": "other", "name": "North fence", "last_tested": _day(site.organisation, -27)})
    measures: list[MeasureEntry] = [
        {
            "what": "Camera on the west fence",
            "responsible_member": administrator.pk,
            "due_on": _day(site.organisation, 46),
            "state": "ordered",
        }
    ]
    return {
        "likelihood": Likelihood.LIKELY,
        "missing": "The west fence is not seen by a camera, the lawn has no light",
        "due_on": _day(site.organisation, 46),
        "protections": protections,
        "measures": measures,
    }


def _to_be_done(administrator: Member, audit: RiskAudit) -> None:
    risk = AuditedRisk.objects.get(audit=audit, code="medical_emergency")
    measures: list[MeasureEntry] = [
        {
            "what": "Second defibrillator",
            "responsible_member": administrator.pk,
            "due_on": _day(audit.organisation, -23),
            "state": "ordered",
        },
        {"what": "First aid course for the evening staff", "due_on": _day(audit.organisation, 60)},
    ]
    audited.change(administrator, audit.pk, risk.pk, {"measures": measures}, version=1)


def _sign(administrator: Member, supervisor: Member, audit: RiskAudit, remark: str) -> None:
    audit.refresh_from_db()
    audit = audits.submit(administrator, audit.pk, version=audit.version)
    audits.approve(supervisor, audit.pk, remark, version=audit.version)


def _day(organisation: Organisation, days: int) -> dt.date:
    """So many days from the day on the organisation's clock."""
    return today_in(organisation, clock.now()) + dt.timedelta(days=days)
