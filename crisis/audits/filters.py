"""What the audits may be narrowed to. Another organisation's ids match nothing, and say nothing."""

from __future__ import annotations

import django_filters

from crisis.audits.models import AuditState, RiskAudit
from crisis.audits.pcs.models import SafeguardPlan


class AuditFilter(django_filters.FilterSet):
    """`?site=…&state=approved`; several states by repeating it."""

    site = django_filters.UUIDFilter(field_name="site_id")
    state = django_filters.MultipleChoiceFilter(choices=AuditState.choices)

    class Meta:
        model = RiskAudit
        fields: tuple[str, ...] = ()


class PcsFilter(django_filters.FilterSet):
    """`?site=…`."""

    site = django_filters.UUIDFilter(field_name="site_id")

    class Meta:
        model = SafeguardPlan
        fields: tuple[str, ...] = ()
