"""How emergency services are written in the API, and what may be entered."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from alerts.serializers import ViewSerializer
from crisis.emergency import wire
from crisis.emergency.models import CapMessage, LineKind, Service
from crisis.emergency.numbers import LONGEST
from crisis.emergency.sheets import MOST_LINES, Line
from soc.people.serializers import Strict


class EmergencyContactSerializer(ViewSerializer):
    """A contact."""

    view = wire.EmergencyContactView


class EmergencySheetSerializer(ViewSerializer):
    """A sheet of what to say."""

    view = wire.EmergencySheetView


class FilledSheetSerializer(ViewSerializer):
    """A sheet filled with what is known."""

    view = wire.FilledSheetView


class EmergencyPreviewSerializer(ViewSerializer):
    """A sheet filled with example facts."""

    view = wire.EmergencySheetPreview


class TextPlaceSerializer(ViewSerializer):
    """A place that texts may name."""

    view = wire.TextPlaceView


class CapSerializer(ViewSerializer):
    """A CAP message in a list."""

    view = wire.CapView

    def to_representation(self, instance: CapMessage) -> Any:
        """As `crisis.emergency.wire` writes it."""
        return wire.cap_view(instance).model_dump(mode="json")


class CapDetailSerializer(ViewSerializer):
    """A CAP message with all that it says."""

    view = wire.CapDetail


class CapPartnerSerializer(ViewSerializer):
    """A sender or reader of CAP messages."""

    view = wire.CapPartner


class NewCapSenderSerializer(ViewSerializer):
    """A new sender, with its secret."""

    view = wire.NewCapSender


class NewCapReaderSerializer(ViewSerializer):
    """A new reader, with its key."""

    view = wire.NewCapReader


class EmergencyContactInput(Strict):
    """What is entered about a contact."""

    name = serializers.CharField(max_length=120)
    service = serializers.ChoiceField(choices=Service.choices)
    site = serializers.UUIDField(allow_null=True, required=False, help_text="Null: for all sites.")
    number = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)
    email = serializers.EmailField(allow_blank=True, required=False)
    notes = serializers.CharField(max_length=2000, allow_blank=True, required=False)
    may_call = serializers.BooleanField(required=False, help_text="It was agreed that plans call the number.")
    may_write = serializers.BooleanField(required=False, help_text="It was agreed that plans write to the address.")
    agreed_at = serializers.DateField(allow_null=True, required=False)
    agreed_with = serializers.CharField(max_length=150, allow_blank=True, required=False)
    agreement = serializers.CharField(max_length=2000, allow_blank=True, required=False)
    position = serializers.IntegerField(min_value=0, max_value=32_000, required=False)


class EmergencyContactChange(EmergencyContactInput):
    """What changes about a contact, and the version that was seen."""

    version = serializers.IntegerField(min_value=1)
    name = serializers.CharField(max_length=120, required=False)
    service = serializers.ChoiceField(choices=Service.choices, required=False)


class EmergencyLineInput(Strict):
    """A line of a sheet, with its places."""

    kind = serializers.ChoiceField(choices=LineKind.choices)
    text = serializers.CharField(max_length=1000)


class EmergencySheetInput(Strict):
    """A sheet in a language in which there is none yet."""

    language = serializers.CharField(max_length=8)
    lines = serializers.ListField(child=EmergencyLineInput(), max_length=MOST_LINES)


class EmergencySheetChange(Strict):
    """A sheet's new lines, and the version that was seen."""

    version = serializers.IntegerField(min_value=1)
    lines = serializers.ListField(child=EmergencyLineInput(), max_length=MOST_LINES)


class EmergencyPreviewInput(Strict):
    """Which sheet to fill with example facts: lines that are not saved yet, or else those that would be shown."""

    language = serializers.CharField(max_length=8)
    lines = serializers.ListField(child=EmergencyLineInput(), max_length=MOST_LINES, required=False)
    exercise = serializers.BooleanField(default=False)


class CapPartnerInput(Strict):
    """A sender or reader that is added."""

    name = serializers.CharField(max_length=120)
    site = serializers.UUIDField(allow_null=True, default=None, help_text="Null: for all sites.")


def lines_of(entered: list[dict[str, str]]) -> list[Line]:
    """Validated `EmergencyLineInput`s as the services take them."""
    return [Line(LineKind(one["kind"]), one["text"]) for one in entered]
