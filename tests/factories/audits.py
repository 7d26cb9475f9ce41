"""Risk audits, their risks, and a town's safeguard plan."""

from __future__ import annotations

import datetime as dt
from typing import Any

from factory.declarations import LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from crisis.audits.models import AuditEditor, AuditedRisk, AuditedSite, RiskAudit, SafeguardPlan
from soc import clock
from tests.factories.base import typed
from tests.factories.people import MemberFactory, SiteFactory


class _RiskAudit(DjangoModelFactory[RiskAudit]):
    """A draft, which its author began and nobody else edited. It is approved by `crisis.audits.services`."""

    class Meta:
        model = RiskAudit

    site = SubFactory(SiteFactory)
    organisation = SelfAttribute("site.organisation")
    author = SubFactory(MemberFactory, organisation=SelfAttribute("..organisation"))
    last_editor = SelfAttribute("author")
    review_on = LazyFunction(lambda: clock.now().date() + dt.timedelta(days=365))

    @classmethod
    def _create(cls, model_class: type[RiskAudit], *args: Any, **kwargs: Any) -> RiskAudit:
        counts, _made = AuditedSite.objects.get_or_create(
            site=kwargs["site"], defaults={"organisation": kwargs["organisation"]}
        )
        counts.audits += 1
        counts.save()
        audit = model_class.objects.create(*args, number=counts.audits, **kwargs)
        AuditEditor.objects.create(organisation=audit.organisation, audit=audit, member=audit.author)
        return audit


class _AuditedRisk(DjangoModelFactory[AuditedRisk]):
    """A risk that is judged, with all that a submission asks for: likely and serious, 12, to be reduced."""

    class Meta:
        model = AuditedRisk

    audit = SubFactory(_RiskAudit)
    organisation = SelfAttribute("audit.organisation")
    code = "intrusion"
    likelihood = 4
    severity = 3
    exposed = "184 staff, 30 visitors a day"
    responsible_member = SelfAttribute("audit.author")

    @classmethod
    def _create(cls, model_class: type[AuditedRisk], *args: Any, **kwargs: Any) -> AuditedRisk:
        counts = AuditedSite.objects.get(site=kwargs["audit"].site)
        counts.risks += 1
        counts.save()
        return model_class.objects.create(*args, **{"number": counts.risks, **kwargs})


class _SafeguardPlan(DjangoModelFactory[SafeguardPlan]):
    class Meta:
        model = SafeguardPlan

    site = SubFactory(SiteFactory)
    organisation = SelfAttribute("site.organisation")
    name = Sequence(lambda n: f"Safeguard plan {n}")


RiskAuditFactory = typed(_RiskAudit)
AuditedRiskFactory = typed(_AuditedRisk)
SafeguardPlanFactory = typed(_SafeguardPlan)
