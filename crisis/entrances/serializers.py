"""What may be entered about the ways in, and how they are written in the API."""

from __future__ import annotations

from rest_framework import serializers

from alerts.serializers import ViewSerializer
from crisis.entrances import wire
from crisis.entrances.buttons import LONGEST_PLACE
from crisis.entrances.models import EntranceHow, EntranceKind
from soc.people.serializers import Strict


class EntranceSerializer(ViewSerializer):
    """A way in."""

    view = wire.EntranceView


class EntranceListSerializer(ViewSerializer):
    """The ways in."""

    view = wire.EntranceList


class NewEntranceSerializer(ViewSerializer):
    """A way in with its secret."""

    view = wire.NewEntrance


class EntranceCallSerializer(ViewSerializer):
    """Something that came in."""

    view = wire.EntranceCallView


class WebhookAnswerSerializer(ViewSerializer):
    """What a system is told."""

    view = wire.WebhookAnswer


class OwnButtonsSerializer(ViewSerializer):
    """The member's alert buttons."""

    view = wire.OwnButtons


class PressedSerializer(ViewSerializer):
    """A first gesture."""

    view = wire.PressedView


class OwnCallSerializer(ViewSerializer):
    """What came of a press."""

    view = wire.OwnCallView


class EntranceChange(Strict):
    """What is changed about an entrance."""

    version = serializers.IntegerField(min_value=1)
    name = serializers.CharField(max_length=120, required=False)
    plan = serializers.UUIDField(required=False)
    how = serializers.ChoiceField(choices=EntranceHow.choices, required=False)
    countdown_s = serializers.IntegerField(required=False)
    starts_when_silent = serializers.BooleanField(required=False)
    settings = serializers.DictField(required=False, help_text="As its kind has them: see `EntranceSettingsView`.")
    enabled = serializers.BooleanField(required=False)


class EntranceInput(Strict):
    """What is entered about a new entrance."""

    kind = serializers.ChoiceField(choices=EntranceKind.choices)
    name = serializers.CharField(max_length=120)
    plan = serializers.UUIDField()
    how = serializers.ChoiceField(choices=EntranceHow.choices, default=EntranceHow.ASK)
    countdown_s = serializers.IntegerField(default=60)
    starts_when_silent = serializers.BooleanField(default=True)
    settings = serializers.DictField(default=dict, help_text="As its kind has them: see `EntranceSettingsView`.")
    enabled = serializers.BooleanField(default=False)


class SeenEntrance(Strict):
    """A decision about an entrance as it was seen."""

    version = serializers.IntegerField(min_value=1)


class PressInput(Strict):
    """A second gesture."""

    press = serializers.UUIDField()
    digest = serializers.CharField(max_length=64)
    place = serializers.CharField(max_length=LONGEST_PLACE, allow_blank=True, default="")
