"""Facts that contradict an audit: cameras that are down, nobody on call, what was not tested, incidents; from real rows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

import pytest
from django.utils import translation

from alerts.models import AlertState
from crisis.audits import attention, facts, incidents, progress, risks, scale, selectors, services, sources
from crisis.audits.incidents import RiskAsked
from crisis.audits.models import (
    AuditedRisk,
    ContradictionKind,
    KeptContradiction,
    Protection,
    ProtectionKind,
    RiskAudit,
)
from crisis.audits.sources import Choice, Fails, Standing, Works
from detection.models import Camera, CameraStatus, Lease, Outage, WatchState
from soc import clock
from soc.people.models import Member
from soc.people.on_call.models import Schedule, Terms
from soc.people.rights import Role
from soc.refusals import Refusal
from tests import factories
from tests.crisis.audits.conftest import House, get, only_risk, send

DAY = dt.timedelta(days=1)


def live(camera: Camera) -> Camera:
    Lease.objects.create(
        camera=camera, organisation=camera.organisation, watcher="w1", expires_at=clock.now() + dt.timedelta(days=4000)
    )
    CameraStatus.objects.create(camera=camera, organisation=camera.organisation, state=WatchState.LIVE, watcher="w1")
    return camera


def goes_down(camera: Camera, since: dt.datetime) -> Outage:
    CameraStatus.objects.filter(camera=camera).update(state=WatchState.DOWN, reason="unreachable", since=since)
    return factories.OutageFactory(camera=camera, since=since)


@pytest.fixture
def camera(house: House) -> Camera:
    return live(factories.CameraFactory(site=house.site, name="Workshop door"))


def protected(house: House, **protection: Any) -> RiskAudit:
    audit = house.draft()
    risk = only_risk(audit)
    Protection.objects.create(organisation=audit.organisation, risk=risk, **{"name": "As it was called", **protection})
    return audit


def facts_now(audit: RiskAudit) -> facts.Facts:
    return facts.facts_of(audit, selectors.risks().filter(audit=audit))


def sentences(audit: RiskAudit) -> list[str]:
    return [one.sentence for one in facts_now(audit).unanswered]


def test_a_camera_that_goes_down_contradicts_the_risk_it_protects_against(house: House, camera: Camera) -> None:
    audit = protected(house, kind=ProtectionKind.CAMERA, camera=camera)
    shown = get(house.author, f"risk-audits/{audit.pk}/")["risks"][0]["protections"][0]
    assert (shown["name"], shown["state"], shown["sentence"]) == ("Workshop door", "works", "works")
    assert sentences(audit) == []

    since = clock.now() - dt.timedelta(minutes=27)
    goes_down(camera, since)
    shown = get(house.author, f"risk-audits/{audit.pk}/")["risks"][0]
    state = shown["protections"][0]
    assert (state["state"], dt.datetime.fromisoformat(state["since"])) == ("fails", since)
    assert [one["kind"] for one in shown["contradictions"]] == ["protection"]
    assert "does not protect now: The camera does not answer at this address." in shown["contradictions"][0]["sentence"]

    submitted = services.submit(house.author, audit.pk, version=audit.version)
    services.approve(house.approver, audit.pk, version=submitted.version)
    found = attention.needs_attention(house.author)
    assert [(one.kind, one.count) for one in found] == [("audit_contradicted", 1)]


def test_a_camera_that_is_removed_or_that_nobody_watches_does_not_protect(house: House) -> None:
    unwatched = factories.CameraFactory(site=house.site, name="Gate", enabled=False)
    audit = protected(house, kind=ProtectionKind.CAMERA, camera=unwatched)
    assert ["switched off" in one for one in sentences(audit)] == [True]
    Camera.objects.filter(pk=unwatched.pk).update(removed_at=clock.now())
    assert ["was removed" in one for one in sentences(audit)] == [True]


def test_nobody_on_call_contradicts_and_a_filled_schedule_says_until_when(house: House) -> None:
    schedule = factories.ScheduleFactory(organisation=house.site.organisation, name="Guards on call")
    ends_on = clock.now().date() + 30 * DAY
    rotation = factories.RotationFactory(schedule=schedule, ends_on=ends_on)
    audit = protected(house, kind=ProtectionKind.TEAM, schedule=schedule)
    standing = get(house.author, f"risk-audits/{audit.pk}/")["risks"][0]["protections"][0]
    until = f"{ends_on.day} {ends_on:%B %Y}"
    assert (standing["name"], standing["sentence"]) == ("Guards on call", f"filled to {until}")
    Terms.objects.filter(rotation=rotation).update(until=clock.now())
    assert sentences(audit) == ["Guards on call does not protect now: Nobody is on call now."]
    factories.RotationFactory(schedule=schedule)
    assert sentences(audit) == []
    Schedule.objects.filter(pk=schedule.pk).update(removed_at=clock.now())
    assert len(sentences(audit)) == 1


def test_what_is_tested_by_hand_is_known_for_a_year(house: House) -> None:
    audit = protected(house, kind=ProtectionKind.OTHER, name="Extinguishers")
    path = f"risk-audits/{audit.pk}/"
    assert get(house.author, path)["risks"][0]["protections"][0]["sentence"] == "was never tested"
    assert sentences(audit) == []
    audit = services.submit(house.author, audit.pk, version=audit.version)
    services.approve(house.approver, audit.pk, version=audit.version)

    protection = Protection.objects.get(risk__audit=audit)
    tests = f"{path}protections/{protection.pk}/tests/"
    to_come = (clock.now() + 3 * DAY).date().isoformat()
    assert send(house.author, "post", tests, tested_on=to_come).status_code == 400
    answer = send(house.author, "post", tests, tested_on="2026-01-03", note="All of them")
    assert answer.json()["risks"][0]["protections"][0]["last_tested"] == "2026-01-03"
    send(house.author, "post", tests)
    today = facts.today_of(audit, clock.now())
    assert facts.last_tested([protection]) == {protection.key: today}
    clock.move(dt.timedelta(days=366))
    assert ["more than a year ago" in one for one in sentences(audit)] == [True]


def test_a_device_is_asked_of_whoever_registers_for_devices(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, siren = uuid.uuid4(), uuid.uuid4()

    class Devices:
        def status(self, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Standing]:
            since = dt.datetime(2026, 11, 22, 14, 21, tzinfo=dt.UTC)
            known: dict[uuid.UUID, Standing] = {gate: Works("opens"), siren: Fails(since, "It does not answer.")}
            return {pk: known[pk] for pk in ids if pk in known}

        def choices(self, _member: Member, _site: uuid.UUID) -> list[Choice]:
            return [Choice(gate, "North gate"), Choice(siren, "Siren")]

    audit = house.draft()
    risk = only_risk(audit)
    path = f"risk-audits/{audit.pk}/"
    device = {"kind": "device", "of": str(siren)}
    assert send(house.author, "patch", f"{path}risks/{risk.pk}/", version=1, protections=[device]).status_code == 400
    before = dict(sources._SOURCES)
    monkeypatch.setattr(sources, "_SOURCES", before)
    sources.register_protection_source(ProtectionKind.DEVICE, Devices())
    offered = {one["kind"]: one for one in get(house.author, f"{path}choices/")["protections"]}
    assert [one["name"] for one in offered["device"]["choices"]] == ["North gate", "Siren"]
    both = [device, {"kind": "device", "of": str(gate)}]
    answer = send(house.author, "patch", f"{path}risks/{risk.pk}/", version=1, protections=both)
    shown = {one["name"]: one for one in answer.json()["risks"][0]["protections"]}
    assert (shown["Siren"]["state"], shown["North gate"]["sentence"]) == ("fails", "opens")
    assert sentences(audit) == ["Siren does not protect now: It does not answer."]
    # Without its source nothing is known of it, and nothing is claimed.
    del before[ProtectionKind.DEVICE]
    assert sentences(audit) == []
    shown = get(house.author, path)["risks"][0]["protections"][0]
    assert (shown["state"], shown["sentence"]) == ("unknown", "Nothing is known of it here.")


class Intrusions:
    """A rule linked to the risk R1 of an audit, and its alerts."""

    def __init__(self, house: House, audit: RiskAudit) -> None:
        self.rule = factories.RuleFactory(camera=factories.CameraFactory(site=house.site))
        risk = AuditedRisk.objects.get(audit=audit, number=1)
        risks.link_rules(house.author, audit.pk, risk.pk, [self.rule.pk])

    def alert(self, days_ago: float, **fields: Any) -> None:
        at = clock.now() - dt.timedelta(days=days_ago)
        state = {"state": AlertState.RESOLVED, **fields}
        factories.AlertFactory(rule=self.rule, captured_at=at, ended_at=at, **state)


def test_more_incidents_than_the_likelihood_means_ask_for_a_review_with_the_score_it_would_be(house: House) -> None:
    audit = house.draft()
    rule = Intrusions(house, audit)
    for days in (1, 5, 9, 14, 20, 29):
        rule.alert(days)
    rule.alert(2, state=AlertState.FALSE_ALARM, false_alarm_reason="animal")
    rule.alert(1 - 1 / 1440)  # a minute later: of the same incident
    shown = get(house.author, f"risk-audits/{audit.pk}/")
    risk = shown["risks"][0]
    assert (risk["incidents_in_a_month"], risk["incidents_in_a_year"]) == (6, 6)
    assert [one["sentence"] for one in risk["contradictions"]] == [
        "6 incidents in 30 days. “Likely” means once a year, so this would be “Almost certain”, score 15."
    ]
    assert shown["ghosts"] == [
        {
            "reference": "R1",
            "risk": risk["id"],
            "likelihood": 5,
            "severity": 3,
            "score": 15,
            "incidents": 6,
            "kept": False,
        }
    ]
    assert shown["unanswered"] == 1
    assert [one["name"] for one in risk["rules"]] == [rule.rule.name]
    with translation.override("fr"):
        (sentence,) = sentences(audit)
    assert sentence.replace("\u00a0", " ") == (
        "6 incidents en 30 jours. « Probable » veut dire une fois par an ; ce serait donc « Presque certain », score 15."
    )
    # Judged as facts say, nothing contradicts it.
    AuditedRisk.objects.filter(audit=audit).update(likelihood=5)
    assert sentences(audit) == []


@pytest.mark.parametrize(
    ("days", "judged", "speaks_for"),
    [
        ([], 1, None),
        ([364], 3, 4),
        ([366], 1, None),
        ([40, 200, 300], 4, None),
        ([40, 100, 200, 300], 4, 5),
        ([3, 4], 4, 5),
        ([3, 45], 4, None),
    ],
)
def test_the_table_of_incidents(house: House, days: list[int], judged: int, speaks_for: int | None) -> None:
    audit = house.draft(likelihood=judged)
    rule = Intrusions(house, audit)
    for one in days:
        rule.alert(one)
    found = facts_now(audit).contradictions.get(1, [])
    assert [one.likelihood for one in found] == ([speaks_for] if speaks_for else [])


def test_what_is_kept_says_who_and_why_and_comes_back_when_it_grows(house: House) -> None:
    audit = house.approved()
    rule = Intrusions(house, audit)
    rule.alert(3)
    rule.alert(8)
    risk = only_risk(audit)
    path = f"risk-audits/{audit.pk}/risks/{risk.pk}/keep/"
    assert send(house.author, "post", path, kind="incidents", why=" ").status_code == 400
    assert send(house.approver, "post", path, kind="incidents", why="They are tests.").status_code == 403
    answer = send(house.author, "post", path, kind="incidents", why="Two tests of the installer.")
    assert answer.status_code == 200, answer.content
    shown = answer.json()
    kept = shown["risks"][0]["contradictions"][0]["kept"]
    assert (kept["member"]["name"], kept["why"]) == ("Camille", "Two tests of the installer.")
    assert (shown["unanswered"], shown["ghosts"][0]["kept"]) == (0, True)
    assert attention.needs_attention(house.author) == []
    noted = KeptContradiction.objects.get()
    assert (noted.number, noted.likelihood, noted.count) == (1, 5, 2)

    rule.alert(1)
    assert sentences(audit) == [], "three are not twice as many"
    rule.alert(0.5)
    assert len(sentences(audit)) == 1
    with pytest.raises(Refusal, match="no_contradiction"):
        progress.keep(house.author, audit.pk, risk.pk, ContradictionKind.PROTECTION, "It is on its way.", uuid.uuid4())


def test_a_failing_protection_that_was_kept_comes_back_with_another_failure_and_after_a_week(
    house: House, camera: Camera
) -> None:
    audit = protected(house, kind=ProtectionKind.CAMERA, camera=camera)
    risk, protection = only_risk(audit), Protection.objects.get()
    outage = goes_down(camera, clock.now() - dt.timedelta(hours=1))
    progress.keep(house.author, audit.pk, risk.pk, ContradictionKind.PROTECTION, "The part is ordered.", protection.key)
    assert sentences(audit) == []
    clock.move(8 * DAY)
    assert len(sentences(audit)) == 1, "a week later it still fails"
    progress.keep(house.author, audit.pk, risk.pk, ContradictionKind.PROTECTION, "It comes on Friday.", protection.key)
    assert sentences(audit) == []
    Outage.objects.filter(pk=outage.pk).update(until=clock.now())
    goes_down(camera, clock.now())
    assert len(sentences(audit)) == 1, "another failure"


def test_other_rooms_say_what_came_true_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    audit = house.draft()
    asked: list[RiskAsked] = []

    def activations(risk: RiskAsked, since: dt.datetime) -> list[dt.datetime]:
        asked.append(risk)
        assert clock.now() - since == pytest.approx(scale.YEAR, abs=DAY)
        return [clock.now() - 2 * DAY, clock.now() - 20 * DAY, since - DAY]

    monkeypatch.setattr(incidents, "_SOURCES", [])
    incidents.register_incident_source(activations)
    incidents.register_incident_source(activations)
    assert sentences(audit) == [
        "2 incidents in 30 days. “Likely” means once a year, so this would be “Almost certain”, score 15."
    ]
    assert asked == [RiskAsked(house.site.organisation_id, house.site.pk, 1, "intrusion")]


def test_only_rules_of_the_site_within_reach_are_linked(house: House) -> None:
    audit = house.draft()
    risk = only_risk(audit)
    path = f"risk-audits/{audit.pk}/risks/{risk.pk}/rules/"
    elsewhere = factories.RuleFactory(
        camera=factories.CameraFactory(site=factories.SiteFactory(organisation=house.site.organisation))
    )
    answer = send(house.author, "patch", path, rules=[str(elsewhere.pk)])
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["rules"])
    here = factories.RuleFactory(camera=factories.CameraFactory(site=house.site))
    assert send(house.author, "patch", path, rules=[str(here.pk)]).status_code == 200
    assert send(house.author, "patch", path, rules=[]).json()["risks"][0]["rules"] == []


def test_an_agent_reads_an_audit_and_changes_nothing(house: House) -> None:
    audit = house.draft()
    agent = factories.MemberFactory(organisation=house.site.organisation, roles=[Role.AGENT])
    shown = get(agent, f"risk-audits/{audit.pk}/")
    assert set(shown["may"].values()) == {False, ""}
    assert send(agent, "post", f"risk-audits/{audit.pk}/risks/", code="fire").status_code == 403
