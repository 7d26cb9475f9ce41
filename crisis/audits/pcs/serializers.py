"""What may be entered about safeguard plans, and how they are written in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from alerts.serializers import ViewSerializer
from crisis.audits.pcs import wire
from crisis.audits.pcs.models import ExerciseKind, SafeguardPlan
from crisis.audits.pcs.services import MOST
from soc.people.serializers import Strict

LONGEST = 8000


class PcsBriefSerializer(ViewSerializer):
    """A safeguard plan as lists show it."""

    view = wire.PcsBrief

    def to_representation(self, instance: SafeguardPlan) -> Any:
        """As `crisis.audits.pcs.wire` writes it."""
        return wire.brief(instance).model_dump(mode="json")


class PcsDetailSerializer(ViewSerializer):
    """A safeguard plan."""

    view = wire.PcsDetail


class PcsNamedSerializer(ViewSerializer):
    """Somebody whom a plan names."""

    view = wire.PcsNamed


class PcsDirectory(serializers.Serializer[Any]):
    """Everybody whom a plan names."""

    results = PcsNamedSerializer(many=True)


class VulnerableSerializer(ViewSerializer):
    """Somebody who is looked after first."""

    view = wire.VulnerableView


class VulnerableList(serializers.Serializer[Any]):
    """Everybody on the list."""

    results = VulnerableSerializer(many=True)


class PcsInput(Strict):
    """A new safeguard plan."""

    site = serializers.UUIDField()
    name = serializers.CharField(max_length=120)


class DirectorInput(Strict):
    """Who directs, first; then the deputies."""

    person = serializers.UUIDField()
    function = serializers.CharField(max_length=120, allow_blank=True, required=False)


class PostInput(Strict):
    """Somebody's role in a cell."""

    person = serializers.UUIDField()
    role = serializers.CharField(max_length=120, allow_blank=True, required=False)


class CellInput(Strict):
    """A cell of the command post."""

    name = serializers.CharField(max_length=120)
    mission = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)
    posts = serializers.ListField(child=PostInput(), max_length=MOST, required=False)


class SheetInput(Strict):
    """A reflex sheet."""

    title = serializers.CharField(max_length=120)
    code = serializers.CharField(max_length=32, allow_blank=True, required=False)
    text = serializers.CharField(max_length=LONGEST)


class ShelterInput(Strict):
    """A shelter."""

    name = serializers.CharField(max_length=120)
    address = serializers.CharField(max_length=255, allow_blank=True, required=False)
    capacity = serializers.IntegerField(min_value=0, max_value=100_000)
    contact = serializers.UUIDField(allow_null=True, required=False, help_text="A person of the directory.")
    notes = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)


class VolunteerInput(Strict):
    """A volunteer."""

    person = serializers.UUIDField()
    skills = serializers.CharField(max_length=255, allow_blank=True, required=False)


class PcsChange(Strict):
    """What changes about a plan, and the version that was seen. A list that is sent replaces the one that stood."""

    version = serializers.IntegerField(min_value=1)
    name = serializers.CharField(max_length=120, required=False)
    adopted_on = serializers.DateField(allow_null=True, required=False)
    order_number = serializers.CharField(max_length=80, allow_blank=True, required=False)
    command_post = serializers.CharField(max_length=255, allow_blank=True, required=False)
    directors = serializers.ListField(child=DirectorInput(), max_length=MOST, required=False)
    cells = serializers.ListField(child=CellInput(), max_length=MOST, required=False)
    sheets = serializers.ListField(child=SheetInput(), max_length=MOST, required=False)
    shelters = serializers.ListField(child=ShelterInput(), max_length=MOST, required=False)
    volunteers = serializers.ListField(child=VolunteerInput(), max_length=MOST, required=False)


class ExerciseInput(Strict):
    """An exercise that was held."""

    held_on = serializers.DateField()
    kind = serializers.ChoiceField(choices=ExerciseKind.choices)
    lessons = serializers.CharField(max_length=LONGEST, allow_blank=True, default="")


class VulnerableInput(Strict):
    """What is known of somebody, as far as it is needed to look after them."""

    name = serializers.CharField(max_length=150)
    address = serializers.CharField(max_length=255, allow_blank=True, default="")
    phone = serializers.CharField(max_length=40, allow_blank=True, default="")
    needs = serializers.CharField(max_length=1000, allow_blank=True, default="")
    contact = serializers.CharField(max_length=255, allow_blank=True, default="")
    notes = serializers.CharField(max_length=1000, allow_blank=True, default="")


class VulnerableChange(VulnerableInput):
    """All that is known of somebody from now on, and the version that was seen."""

    version = serializers.IntegerField(min_value=1)
