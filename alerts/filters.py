"""What lists of alerts and rules may be narrowed to. Another organisation's ids match nothing, and say nothing."""

from __future__ import annotations

from typing import cast

import django_filters
from django.db.models import QuerySet

from alerts import search
from alerts.models import Alert, AlertState, Rule, RuleState, Severity
from soc.people.models import Member


class AlertFilter(django_filters.FilterSet):
    """`?state=open&state=acknowledged&severity=3&camera=…&site=…&rule=…&mine=true&search=lawn&since=…&until=…`."""

    state = django_filters.MultipleChoiceFilter(choices=AlertState.choices)
    severity = django_filters.MultipleChoiceFilter(choices=Severity.choices)
    camera = django_filters.UUIDFilter(field_name="camera_id")
    site = django_filters.UUIDFilter(field_name="site_id")
    rule = django_filters.UUIDFilter(field_name="rule_id")
    assigned_to = django_filters.UUIDFilter(field_name="assigned_to_id")
    mine = django_filters.BooleanFilter(method="assigned_to_reader", help_text="Assigned to who asks.")
    escalated = django_filters.BooleanFilter(
        field_name="escalated_at", lookup_expr="isnull", exclude=True, help_text="Went to the supervisor."
    )
    search = django_filters.CharFilter(method="matching", max_length=200, help_text="Beginnings of words.")
    since = django_filters.IsoDateTimeFilter(field_name="captured_at", lookup_expr="gte")
    until = django_filters.IsoDateTimeFilter(field_name="captured_at", lookup_expr="lte")

    class Meta:
        model = Alert
        fields: tuple[str, ...] = ()

    def assigned_to_reader(self, alerts: QuerySet[Alert], _name: str, mine: bool) -> QuerySet[Alert]:
        """Those assigned to who asks."""
        return alerts.filter(assigned_to=self._reader) if mine else alerts

    def matching(self, alerts: QuerySet[Alert], _name: str, text: str) -> QuerySet[Alert]:
        """Those in which all of these words are found."""
        return search.matching(alerts, text, self._reader.organisation_id)

    @property
    def _reader(self) -> Member:
        return cast("Member", self.request.user)


class RuleFilter(django_filters.FilterSet):
    """`?camera=…&site=…&state=on`."""

    camera = django_filters.UUIDFilter(field_name="camera_id")
    site = django_filters.UUIDFilter(field_name="camera__site_id")
    state = django_filters.MultipleChoiceFilter(choices=RuleState.choices)

    class Meta:
        model = Rule
        fields: tuple[str, ...] = ()
