"""What an audit is told by its neighbours: who changed what, which plans answer a risk, how devices stand, plans carried out."""

from __future__ import annotations

import datetime as dt
import uuid

from alerts.models import AlertState
from crisis.activations.kinds import ActivationState, Cause
from crisis.activations.models import Activation
from crisis.audits import facts, progress, risks, selectors, services
from crisis.audits.models import ContradictionKind, ProtectionKind, RiskAudit
from crisis.audits.risks import RiskEntry
from crisis.audits.services import Origin
from crisis.plans import plugs
from crisis.plans.models import PlanVersion, VersionState
from crisis.plans.parts import Part
from soc import clock
from soc.journal.models import Personal
from tests import factories
from tests.crisis.audits.conftest import House, get, only_risk, send

HOUR = dt.timedelta(hours=1)


def approved_again(house: House) -> RiskAudit:
    copy = services.begin(house.author, house.site.pk, Origin.COPY)
    copy = services.submit(house.author, copy.pk, version=copy.version)
    return services.approve(house.approver, copy.pk, version=copy.version)


def test_whoever_reads_an_audit_reads_who_changed_what(house: House) -> None:
    audit = services.begin(house.author, house.site.pk, Origin.EMPTY)
    risk = risks.add(house.author, audit.pk, {"code": "intrusion", "likelihood": 3, "exposed": "Staff"})
    risks.change(house.editor, audit.pk, risk.pk, {"likelihood": 4, "exposed": "Staff and visitors"}, version=1)
    told = get(house.approver, f"risk-audits/{audit.pk}/history/")["results"]
    assert [(one["text"], one["risk"]) for one in told] == [
        ("Dominique changed a risk of an audit", "R1"),
        ("Camille added a risk to an audit", "R1"),
        ("Camille began a risk audit", ""),
    ]
    assert {one["label"]: (one["before"], one["after"]) for one in told[0]["changes"]} == {
        "Likelihood": ("3", "4"),
        "Exposed": ("Staff", "Staff and visitors"),
    }


def test_a_history_tells_measures_and_protections_by_their_names_and_days(house: House) -> None:
    audit = house.draft()
    risk = only_risk(audit)
    day = dt.date(2027, 1, 15)
    entered: RiskEntry = {
        "measures": [{"what": "Second defibrillator", "due_on": day, "responsible_member": house.author.pk}],
        "protections": [{"kind": ProtectionKind.OTHER, "name": "North fence", "last_tested": dt.date(2026, 11, 3)}],
    }
    risks.change(house.author, audit.pk, risk.pk, entered, version=1)
    path = f"risk-audits/{audit.pk}/history/"
    told = {one["label"]: (one["before"], one["after"]) for one in get(house.author, path)["results"][0]["changes"]}
    assert told == {
        "Measures": ("", "Second defibrillator (planned, 15 January 2027)"),
        "What protects": ("", "North fence (something else, 3 November 2026)"),
    }
    # Only its day is another: what it is called did not change.
    risk.refresh_from_db()
    later: RiskEntry = {"measures": [{"what": "Second defibrillator", "due_on": day + dt.timedelta(days=1)}]}
    risks.change(house.author, audit.pk, risk.pk, later, version=risk.version)
    told = {one["label"]: (one["before"], one["after"]) for one in get(house.author, path)["results"][0]["changes"]}
    assert told == {"Measures": ("planned, 15 January 2027", "planned, 16 January 2027")}


def test_a_history_says_the_reason_and_forgets_what_was_erased(house: House) -> None:
    audit = house.in_review()
    services.send_back(house.approver, audit.pk, "R1 is too low.")
    path = f"risk-audits/{audit.pk}/history/"
    newest = get(house.author, path)["results"][0]
    assert (newest["text"], newest["said"]) == ("Alex sent a risk audit back", "R1 is too low.")
    Personal.objects.filter(entry_id=newest["id"]).delete()
    assert get(house.author, path)["results"][0]["said"] == ""


def test_a_history_is_of_one_audit_only(house: House) -> None:
    first = house.approved()
    second = services.begin(house.author, house.site.pk, Origin.COPY)
    told = get(house.author, f"risk-audits/{second.pk}/history/")["results"]
    assert [one["text"] for one in told] == ["Camille began a risk audit"]
    assert "Alex approved a risk audit" in [
        one["text"] for one in get(house.author, f"risk-audits/{first.pk}/history/")["results"]
    ]


def plan_of(house: House, risk: uuid.UUID | None, *, approved: bool) -> PlanVersion:
    plan = factories.ResponsePlanFactory(site=house.site, name="Intrusion on the site")
    by = house.approver if approved else None
    return factories.PlanVersionFactory(plan=plan, risk=risk, author=house.author, approved_by=by)


def test_a_risk_names_the_plans_that_answer_it_in_every_version(house: House) -> None:
    audit = house.approved()
    risk = only_risk(audit)
    version = plan_of(house, risk.pk, approved=True)
    # A new version that is being written names another risk: the one in force counts.
    draft = factories.PlanVersionFactory(plan=version.plan, number=2, risk=uuid.uuid4(), author=house.author)
    again = approved_again(house)
    for one in (audit, again):
        assert get(house.author, f"risk-audits/{one.pk}/")["risks"][0]["plans"] == [
            {"id": str(version.plan_id), "name": "Intrusion on the site", "number": 1}
        ]
    version.plan.removed_at = clock.now()
    version.plan.save()
    assert draft.state == VersionState.DRAFT
    assert get(house.author, f"risk-audits/{again.pk}/")["risks"][0]["plans"] == []


def test_a_plan_that_is_only_being_written_is_named_as_such(house: House) -> None:
    audit = house.approved()
    version = plan_of(house, only_risk(audit).pk, approved=False)
    shown = get(house.author, f"risk-audits/{audit.pk}/")["risks"][0]["plans"]
    assert shown == [{"id": str(version.plan_id), "name": "Intrusion on the site", "number": None}]


def test_a_plan_that_names_a_risk_of_an_earlier_version_goes_on_with_it(house: House) -> None:
    old = only_risk(house.approved())
    again = approved_again(house)
    where = house.site.organisation_id, house.site.pk
    assert plugs.risks(*where, [old.pk]) == {old.pk: Part("R1 Intrusion on the site")}
    new = only_risk(again)
    assert set(plugs.risks(*where, [old.pk, new.pk])) == {old.pk, new.pk}
    elsewhere = factories.SiteFactory(organisation=house.site.organisation)
    assert plugs.risks(house.site.organisation_id, elsewhere.pk, [old.pk]) == {}
    services.withdraw(house.editor, again.pk, "The site is closed.")
    assert plugs.risks(*where, [old.pk]) == {}


def test_a_device_protects_while_it_is_heard(house: House) -> None:
    gate = factories.DeviceFactory(site=house.site, name="North gate", last_state="on")
    factories.DeviceFactory(site=factories.SiteFactory(organisation=house.site.organisation), name="Elsewhere")
    audit = house.draft()
    risk = only_risk(audit)
    path = f"risk-audits/{audit.pk}/"
    offered = {one["kind"]: one for one in get(house.author, f"{path}choices/")["protections"]}
    assert offered["device"]["choices"] == [{"id": str(gate.pk), "name": "North gate"}]
    named = [{"kind": "device", "of": str(gate.pk)}]
    answer = send(house.author, "patch", f"{path}risks/{risk.pk}/", version=1, protections=named)
    shown = answer.json()["risks"][0]["protections"][0]
    assert (shown["name"], shown["state"], shown["sentence"]) == ("North gate", "works", "answers: on")

    gate.silent_since = clock.now() - HOUR
    gate.save()
    shown = get(house.author, path)["risks"][0]
    assert shown["protections"][0]["state"] == "fails"
    assert shown["contradictions"][0]["sentence"] == "North gate does not protect now: It does not answer."
    gate.removed_at = clock.now()
    gate.save()
    assert get(house.author, path)["risks"][0]["protections"][0]["sentence"] == "This device was removed."


def test_a_device_that_was_never_heard_is_not_known_to_protect(house: House) -> None:
    siren = factories.DeviceFactory(site=house.site, name="Siren")
    audit = house.draft()
    named: RiskEntry = {"protections": [{"kind": ProtectionKind.DEVICE, "of": siren.pk}]}
    risks.change(house.author, audit.pk, only_risk(audit).pk, named, version=1)
    shown = get(house.author, f"risk-audits/{audit.pk}/")["risks"][0]
    assert (shown["protections"][0]["state"], shown["contradictions"]) == ("unknown", [])


def test_a_plan_carried_out_in_earnest_is_an_incident_of_the_risk_that_it_answers(house: House) -> None:
    audit = house.approved(likelihood=2)
    version = plan_of(house, only_risk(audit).pk, approved=True)
    alert = factories.AlertFactory(rule=factories.RuleFactory(camera=factories.CameraFactory(site=house.site)))

    def started(number: int, days: int, *, drill: bool = False, of: bool = False) -> Activation:
        at = clock.now() - dt.timedelta(days=days)
        return Activation.objects.create(
            organisation=house.site.organisation,
            site=house.site,
            plan=version.plan,
            plan_version=version,
            number=number,
            state=ActivationState.ENDED,
            drill=drill,
            cause=Cause.ALERT if of else Cause.AGENT,
            alert=alert if of else None,
            document={},
            kept_facts={},
            started_at=at,
            ended_at=at + HOUR,
            reference=f"A{number}",
        )

    started(1, 40)
    started(2, 30, drill=True)
    started(3, 400)
    started(4, 20, of=True)
    again = approved_again(house)
    found = facts.facts_of(again, selectors.risks().filter(audit=again))
    assert found.incidents[1].in_a_year == 2
    alert.state = AlertState.FALSE_ALARM
    alert.save()
    found = facts.facts_of(again, selectors.risks().filter(audit=again))
    assert found.incidents[1].in_a_year == 1
    assert [(one.kind, one.likelihood) for one in found.unanswered] == [(ContradictionKind.INCIDENTS, 4)]
    progress.keep(house.author, again.pk, only_risk(again).pk, ContradictionKind.INCIDENTS, "It was once.")
    told = get(house.author, f"risk-audits/{again.pk}/history/")["results"][0]
    assert told["said"] == "It was once."
