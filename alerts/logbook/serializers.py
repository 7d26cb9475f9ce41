"""How duty and the logbook are written in the API, and what may be entered."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from alerts.logbook.models import Shift
from alerts.logbook.wire import DutyView, duty_view
from alerts.serializers import ViewSerializer
from soc.people.serializers import Strict


class DutySerializer(ViewSerializer):
    """A member who is on duty."""

    view = DutyView

    def to_representation(self, instance: Shift) -> Any:
        """As `alerts.logbook.wire` writes it."""
        return duty_view(instance).model_dump(mode="json")


class DutyInput(Strict):
    """Where duty is taken up."""

    site = serializers.UUIDField(allow_null=True, default=None, help_text="Null: all sites.")
