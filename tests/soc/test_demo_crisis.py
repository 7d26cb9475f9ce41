"""The demo's crisis is made as people would make it, and stands: approved by two, without a hole, twice without a double."""

from __future__ import annotations

import pytest

from crisis.audits.models import RiskAudit
from crisis.audits.selectors import approved_audit
from crisis.entrances.models import Entrance
from crisis.plans.holes import holes, stopping
from crisis.plans.models import Plan, PlanVersion, RulePlan, VersionState
from crisis.plans.reach import reach
from soc import clock
from soc.embedded.demo_crisis import make_crisis
from soc.people.rights import Role
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_demo_s_plan_is_approved_and_reaches_people_in_two_languages() -> None:
    site = factories.SiteFactory(latitude=47.0, longitude=2.4)
    administrator = factories.MemberFactory(organisation=site.organisation, roles=[Role.ADMINISTRATOR])
    supervisor = factories.MemberFactory(organisation=site.organisation, roles=[Role.SUPERVISOR])
    rule = factories.RuleFactory(camera__site=site)
    for _ in range(2):
        make_crisis(administrator, supervisor, site, rule)
    plan = Plan.objects.get()
    version = PlanVersion.objects.get()
    assert (version.state, version.approved_by) == (VersionState.APPROVED, supervisor)
    assert stopping(holes(version)) == ()
    found = reach(version, clock.now())
    assert found.people == 6
    audit = approved_audit(site.pk)
    assert audit is not None
    assert (audit.number, audit.author, audit.approver) == (2, administrator, supervisor)
    assert list(RiskAudit.objects.order_by("number").values_list("state", flat=True)) == ["superseded", "approved"]
    intrusion = audit.risks.get(number=1)
    assert version.risk == intrusion.pk
    assert {one.kind for one in intrusion.protections.all()} >= {"camera", "team", "other"}
    assert RulePlan.objects.get(rule=rule).plan == plan
    ways_in = Entrance.objects.filter(plan=plan, enabled=True, how="ask")
    assert sorted(ways_in.values_list("kind", flat=True)) == ["button", "call", "cap", "webhook"]
