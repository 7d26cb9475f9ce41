"""What the list of activations can be narrowed by."""

from __future__ import annotations

from typing import ClassVar

import django_filters

from crisis.activations.kinds import ActivationState
from crisis.activations.models import Activation


class ActivationFilter(django_filters.FilterSet):
    """Filters of the list."""

    state = django_filters.MultipleChoiceFilter(choices=ActivationState.choices)
    site = django_filters.UUIDFilter(field_name="site")
    plan = django_filters.UUIDFilter(field_name="plan")
    alert = django_filters.UUIDFilter(field_name="alert")
    drill = django_filters.BooleanFilter(field_name="drill")

    class Meta:
        model = Activation
        fields: ClassVar = ["state", "site", "plan", "alert", "drill"]
