"""What the list of CAP messages can be narrowed by."""

from __future__ import annotations

from typing import ClassVar

import django_filters

from crisis.emergency.models import CapMessage


class CapFilter(django_filters.FilterSet):
    """By direction and site."""

    direction = django_filters.CharFilter()
    site = django_filters.UUIDFilter(field_name="site_id")

    class Meta:
        model = CapMessage
        fields: ClassVar = ["direction", "site"]
