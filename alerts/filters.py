"""What lists of alerts and rules may be narrowed to. Another organisation's ids match nothing, and say nothing."""

from __future__ import annotations

import django_filters

from alerts.models import Alert, AlertState, Rule, RuleState, Severity


class AlertFilter(django_filters.FilterSet):
    """`?state=open&state=acknowledged&severity=3&camera=…&site=…&rule=…&since=…&until=…`."""

    state = django_filters.MultipleChoiceFilter(choices=AlertState.choices)
    severity = django_filters.MultipleChoiceFilter(choices=Severity.choices)
    camera = django_filters.UUIDFilter(field_name="camera_id")
    site = django_filters.UUIDFilter(field_name="site_id")
    rule = django_filters.UUIDFilter(field_name="rule_id")
    assigned_to = django_filters.UUIDFilter(field_name="assigned_to_id")
    since = django_filters.IsoDateTimeFilter(field_name="captured_at", lookup_expr="gte")
    until = django_filters.IsoDateTimeFilter(field_name="captured_at", lookup_expr="lte")

    class Meta:
        model = Alert
        fields: tuple[str, ...] = ()


class RuleFilter(django_filters.FilterSet):
    """`?camera=…&site=…&state=on`."""

    camera = django_filters.UUIDFilter(field_name="camera_id")
    site = django_filters.UUIDFilter(field_name="camera__site_id")
    state = django_filters.MultipleChoiceFilter(choices=RuleState.choices)

    class Meta:
        model = Rule
        fields: tuple[str, ...] = ()
