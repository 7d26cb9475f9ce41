"""Response plans, their versions, and the rules that start them."""

from __future__ import annotations

from typing import Any

from factory.declarations import LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from crisis.plans.content import PlanContent
from crisis.plans.models import Plan, PlanVersion, RulePlan, VersionState
from soc import clock
from soc.people.directory.models import Profile
from soc.people.rights import Role
from tests.factories.alerts import RuleFactory
from tests.factories.base import typed
from tests.factories.people import MemberFactory, SiteFactory


class _Plan(DjangoModelFactory[Plan]):
    """A plan without a version: ``ResponsePlanFactory(site=site)``."""

    class Meta:
        model = Plan

    site = SubFactory(SiteFactory)
    organisation = SelfAttribute("site.organisation")
    name = Sequence(lambda n: f"Plan {n}")


class _PlanVersion(DjangoModelFactory[PlanVersion]):
    """A draft that says nothing. An approved one: ``PlanVersionFactory(plan=plan, approved_by=somebody_else)``."""

    class Meta:
        model = PlanVersion

    plan = SubFactory(_Plan)
    organisation = SelfAttribute("plan.organisation")
    number = 1
    document = LazyFunction(lambda: {"languages": ["en"], "steps": [], "stand_down": {}, "help_to": None})
    author = SubFactory(MemberFactory, organisation=SelfAttribute("..organisation"))
    edited_by = SelfAttribute("author")

    @classmethod
    def _create(cls, model_class: type[PlanVersion], *args: Any, **kwargs: Any) -> PlanVersion:
        if kwargs.get("approved_by") is not None:
            approved = {"state": VersionState.APPROVED, "approved_at": clock.now(), "digest": "0" * 64}
            kwargs = {**approved, **kwargs}
        return model_class.objects.create(*args, **kwargs)


class _RulePlan(DjangoModelFactory[RulePlan]):
    """What a rule starts: ``RulePlanFactory(rule=rule, plan=plan)``."""

    class Meta:
        model = RulePlan

    rule = SubFactory(RuleFactory)
    organisation = SelfAttribute("rule.organisation")
    plan = SubFactory(_Plan, site=SelfAttribute("..rule.camera.site"))


class _ApprovedPlan(DjangoModelFactory[Plan]):
    """An approved plan that tells a profile at once and an hour later: ``ApprovedPlanFactory(profile=guards, later="again")``."""

    class Meta:
        model = Plan

    site = SubFactory(SiteFactory)
    organisation = SelfAttribute("site.organisation")
    name = Sequence(lambda n: f"Response {n}")

    @classmethod
    def _create(cls, model_class: type[Plan], *args: Any, **kwargs: Any) -> Plan:
        profile: Profile | None = kwargs.pop("profile", None)
        later: str = kwargs.pop("later", "later")
        plan = model_class.objects.create(*args, **kwargs)
        to = {"kind": "profile", "profile": str(profile.pk)} if profile else {"kind": "role", "role": "agent"}
        step = {
            "kind": "message", "key": "go", "name": "Go", "to": {"groups": [to]}, "ways": [{"channel": "sms"}],
            "words": {"en": {"text": "Go and look."}}, "choices": [{"key": "1", "kind": "safe"}, {"key": "2", "kind": "help"}],
        }  # fmt: skip
        steps = [step, {**step, "key": later, "delay_s": 3600}]
        author = MemberFactory(organisation=plan.organisation, roles=[Role.ADMINISTRATOR])
        PlanVersion.objects.create(
            organisation=plan.organisation,
            plan=plan,
            number=1,
            state=VersionState.APPROVED,
            document=PlanContent.model_validate({"languages": ["en"], "steps": steps}).model_dump(mode="json"),
            author=author,
            edited_by=author,
            approved_by=MemberFactory(organisation=plan.organisation, roles=[Role.SUPERVISOR]),
            approved_at=clock.now(),
            digest="0" * 64,
        )
        return plan


ResponsePlanFactory = typed(_Plan)
PlanVersionFactory = typed(_PlanVersion)
RulePlanFactory = typed(_RulePlan)
ApprovedPlanFactory = typed(_ApprovedPlan)
