"""What lists of devices, scripts and runs may be narrowed to. Another organisation's ids match nothing, and say nothing."""

from __future__ import annotations

from uuid import UUID

import django_filters
from django.db.models import QuerySet

from crisis.devices.models import Device, DeviceKind, Script, ScriptRun


class DeviceFilter(django_filters.FilterSet):
    """`?site=…&kind=door`."""

    site = django_filters.UUIDFilter(field_name="site_id")
    kind = django_filters.MultipleChoiceFilter(choices=DeviceKind.choices)

    class Meta:
        model = Device
        fields: tuple[str, ...] = ()


class ScriptFilter(django_filters.FilterSet):
    """`?site=…`."""

    site = django_filters.UUIDFilter(field_name="site_id")

    class Meta:
        model = Script
        fields: tuple[str, ...] = ()


class RunFilter(django_filters.FilterSet):
    """`?script=…&device=…&under_way=true`."""

    script = django_filters.UUIDFilter(field_name="script_id")
    device = django_filters.UUIDFilter(method="with_device")
    under_way = django_filters.BooleanFilter(field_name="ended_at", lookup_expr="isnull")

    class Meta:
        model = ScriptRun
        fields: tuple[str, ...] = ()

    def with_device(self, runs: QuerySet[ScriptRun], _name: str, value: UUID) -> QuerySet[ScriptRun]:
        """Runs that moved, or would have moved, this device."""
        return runs.filter(actions__device=value).distinct()
