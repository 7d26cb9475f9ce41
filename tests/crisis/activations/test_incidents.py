"""A risk that comes true more often than its likelihood says: activations and real alerts are counted, drills are not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from alerts.models import Alert, AlertState, Rule
from crisis.activations.kinds import Cause
from crisis.activations.models import Activation
from crisis.audits import facts, selectors
from crisis.audits.models import AuditedRisk, RiskAudit
from crisis.plans.content import TaskStep
from crisis.plans.models import Plan, PlanVersion, VersionState
from soc import clock
from soc.people.rights import Role
from tests import factories
from tests.crisis.story import Story

pytestmark = pytest.mark.django_db


class Audited(Story):
    """A story whose site has an audit with one risk, and a plan that answers it."""

    audit: RiskAudit
    plan_of_risk: Plan

    def __init__(self) -> None:
        super().__init__()
        author = factories.MemberFactory(organisation=self.organisation, roles=[Role.ADMINISTRATOR])
        self.audit = factories.RiskAuditFactory(site=self.site, author=author)
        self.risk: AuditedRisk = factories.AuditedRiskFactory(audit=self.audit, likelihood=2)
        self.plan_of_risk = self.answering(self.risk)

    def answering(self, risk: AuditedRisk) -> Plan:
        """An approved plan whose version in force names a risk."""
        plan = self.plan(TaskStep(key="t", name="Gate", role="Agent"))
        before = PlanVersion.objects.get(plan=plan)
        PlanVersion.objects.filter(pk=before.pk).update(state=VersionState.SUPERSEDED)
        approver = factories.MemberFactory(organisation=self.organisation, roles=[Role.SUPERVISOR])
        factories.PlanVersionFactory(
            plan=plan, number=2, risk=risk.pk, document=before.document, author=before.author, approved_by=approver
        )
        return plan

    def began(self, days_ago: float, cause: Cause = Cause.AGENT, **more: Any) -> Activation:
        """The plan was started so many days ago."""
        activation = self.start(self.plan_of_risk, cause, **more)
        at = clock.now() - dt.timedelta(days=days_ago)
        Activation.objects.filter(pk=activation.pk).update(started_at=at)
        return activation

    def sentences(self) -> list[str]:
        found = facts.facts_of(self.audit, selectors.risks().filter(audit=self.audit))
        return [one.sentence for one in found.unanswered]

    def in_a_year(self) -> int:
        return facts.facts_of(self.audit, selectors.risks().filter(audit=self.audit)).incidents[1].in_a_year


@pytest.fixture
def story() -> Audited:
    return Audited()


def test_activations_of_the_plan_of_a_risk_contradict_its_likelihood(story: Audited) -> None:
    assert story.sentences() == []
    story.began(100)
    assert story.sentences() == [
        "1 incident in a year. “Unlikely” means once in 20 years, so this would be “Likely”, score 12."
    ]
    story.began(400)
    assert story.in_a_year() == 1, "what is longer ago than a year says nothing any more"
    for days in (200, 250, 300):
        story.began(days)
    assert "Almost certain" in story.sentences()[0]


def test_drills_and_false_alarms_and_what_was_only_asked_are_no_incidents(story: Audited) -> None:
    story.began(10, Cause.DRILL, drill=True)
    false = story.alert()
    story.began(20, Cause.ALERT, alert=false)
    assert story.in_a_year() == 1
    Alert.objects.filter(pk=false.pk).update(state=AlertState.FALSE_ALARM, false_alarm_reason="animal")
    assert (story.in_a_year(), story.sentences()) == (0, [])


def test_a_plan_of_another_risk_counts_for_that_one_only_and_an_audit_s_next_version_goes_on_counting(
    story: Audited,
) -> None:
    story.began(3)
    other = factories.AuditedRiskFactory(audit=story.audit, code="fire", likelihood=2)
    found = facts.facts_of(story.audit, selectors.risks().filter(audit=story.audit)).incidents
    assert {number: one.in_a_year for number, one in found.items()} == {1: 1, other.number: 0}
    RiskAudit.objects.filter(pk=story.audit.pk).update(state="withdrawn", withdrawn_at=clock.now())
    story.audit = factories.RiskAuditFactory(site=story.site, author=story.audit.author)
    factories.AuditedRiskFactory(audit=story.audit, likelihood=2, number=1)
    assert story.in_a_year() == 1, "the risk kept its number"


def test_real_alerts_of_a_rule_that_starts_the_plan_count_once_with_their_activation(story: Audited) -> None:
    rule: Rule = factories.RuleFactory(camera=factories.CameraFactory(site=story.site))
    factories.RulePlanFactory(rule=rule, plan=story.plan_of_risk)
    at = clock.now() - dt.timedelta(days=50)
    alert = factories.AlertFactory(rule=rule, captured_at=at, ended_at=at, state=AlertState.RESOLVED)
    assert story.in_a_year() == 1
    story.began(50 - 1 / 24, Cause.ALERT, alert=alert)
    assert story.in_a_year() == 1, "an hour later, of the same alert"
    later = clock.now() - dt.timedelta(days=40)
    states = [(AlertState.FALSE_ALARM, {"false_alarm_reason": "animal"}), (AlertState.OPEN, {})]
    for state, more in states:
        factories.AlertFactory(rule=rule, captured_at=later, ended_at=later, state=state, **more)
    assert story.in_a_year() == 1, "false alarms, and alerts that nobody has looked at, are none"
    factories.AlertFactory(rule=rule, captured_at=later, ended_at=later, state=AlertState.RESOLVED)
    assert story.in_a_year() == 2
