"""What lists of plans may be narrowed to. Another organisation's ids match nothing, and say nothing."""

from __future__ import annotations

import django_filters

from crisis.plans.models import Plan, RulePlan


class PlanFilter(django_filters.FilterSet):
    """`?site=…`."""

    site = django_filters.UUIDFilter(field_name="site_id")

    class Meta:
        model = Plan
        fields: tuple[str, ...] = ()


class StartFilter(django_filters.FilterSet):
    """`?site=…&plan=…&rule=…`."""

    site = django_filters.UUIDFilter(field_name="plan__site_id")
    plan = django_filters.UUIDFilter(field_name="plan_id")
    rule = django_filters.UUIDFilter(field_name="rule_id")

    class Meta:
        model = RulePlan
        fields: tuple[str, ...] = ()
