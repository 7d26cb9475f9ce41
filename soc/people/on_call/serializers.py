"""How schedules are written in the API, and what may be entered."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from typing_extensions import override

from soc.people.directory.models import Person
from soc.people.on_call.hours import MOST_HOURS, WrittenHours
from soc.people.on_call.models import LONGEST_TURN, LOWEST_LEVEL, Kind, Override, Schedule, Terms
from soc.people.on_call.rota import Shift
from soc.people.on_call.rotations import MOST_PARTICIPANTS
from soc.people.on_call.selectors import Calendar, Standing
from soc.people.serializers import Strict

_WALL_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


class WallOrInstant(serializers.DateTimeField):
    """A time with an offset, or without one on the schedule's clock: the services know which clock that is."""

    @override
    def enforce_timezone(self, value: dt.datetime) -> dt.datetime:
        return value


class Changing(Strict):
    """What changes of a thing: a field that is missing stays as it is; the version that was seen is needed."""

    version = serializers.IntegerField(min_value=1)

    @override
    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for name, field in fields.items():
            field.required = name == "version"
        return fields


class OnCallPersonSerializer(serializers.ModelSerializer[Person]):
    """Somebody on call, by name; how to reach them is in the directory."""

    name = serializers.CharField(source="display_name")
    removed = serializers.SerializerMethodField()

    class Meta:
        model = Person
        fields = ("id", "name", "removed")

    def get_removed(self, person: Person) -> bool:
        """Whether the person was removed from the directory, and is on call no more."""
        return person.removed_at is not None


class ScheduleSerializer(serializers.ModelSerializer[Schedule]):
    """A schedule."""

    filled_until = serializers.SerializerMethodField()

    class Meta:
        model = Schedule
        fields = ("id", "name", "site", "timezone", "version", "filled_until")

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_filled_until(self, schedule: Schedule) -> dt.datetime | None:
        """The first time from now on at which nobody is on call; null: there is none within a year."""
        found: dict[UUID, dt.datetime | None] = self.context["filled_until"]
        return found[schedule.pk]


class ScheduleInput(Strict):
    """What is entered about a schedule."""

    name = serializers.CharField(max_length=80)
    site = serializers.UUIDField(allow_null=True, default=None, help_text="Null: all sites.")
    timezone = serializers.CharField(
        max_length=64, required=False, help_text="As Europe/Paris; without one, the organisation's."
    )


class ScheduleChange(Changing, ScheduleInput):
    """What changes of a schedule, and the version that was seen."""

    site = serializers.UUIDField(allow_null=True, required=False)


class OnCallHours(Strict):
    """Some hours of some days. An end that is not after the start lies on the next day; 00:00 to 00:00 is the whole day."""

    days = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6),
        min_length=1,
        max_length=7,
        help_text="Days on which it begins: 0 is Monday, 6 is Sunday.",
    )
    start = serializers.RegexField(_WALL_TIME, help_text="HH:MM")
    end = serializers.RegexField(_WALL_TIME, help_text="HH:MM, not included")


class RotationSerializer(serializers.Serializer[Any]):
    """A rotation and what it says now."""

    id = serializers.UUIDField(source="rotation_id")
    name = serializers.CharField(source="rotation.name")
    version = serializers.IntegerField(source="rotation.version")
    level = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    length = serializers.IntegerField()
    starts_on = serializers.DateField()
    handover = serializers.TimeField(format="%H:%M")
    ends_on = serializers.DateField(allow_null=True)
    timezone = serializers.CharField()
    hours = OnCallHours(many=True)
    participants = serializers.SerializerMethodField()

    @extend_schema_field(OnCallPersonSerializer(many=True))
    def get_participants(self, said: Terms) -> Any:
        """Who takes turns, in their order from now on: the first has the turn that begins on `starts_on`."""
        return OnCallPersonSerializer([place.person for place in said.places.all()], many=True).data


class RotationInput(Strict):
    """What is entered about a rotation."""

    name = serializers.CharField(max_length=80)
    kind = serializers.ChoiceField(choices=Kind.choices, help_text="In what the length of a turn is counted.")
    length = serializers.IntegerField(min_value=1, max_value=LONGEST_TURN, required=False)
    level = serializers.IntegerField(
        min_value=1, max_value=LOWEST_LEVEL, required=False, help_text="1 is called first."
    )
    starts_on = serializers.DateField(help_text="The day of the first handover, which begins the first turn.")
    handover = serializers.TimeField(
        input_formats=["%H:%M"], help_text="HH:MM on the schedule's clock: when turns change."
    )
    ends_on = serializers.DateField(
        allow_null=True, required=False, help_text="The day on which, at the handover, it ends; null: it goes on."
    )
    hours = serializers.ListField(
        child=OnCallHours(), max_length=MOST_HOURS, required=False, help_text="When it counts; empty: always."
    )
    participants = serializers.ListField(
        child=serializers.UUIDField(),
        max_length=MOST_PARTICIPANTS,
        help_text="People of the directory, in the order of their turns; somebody may come several times.",
    )

    def validate_kind(self, kind: str) -> Kind:
        """As the services take it."""
        return Kind(kind)

    def validate_hours(self, hours: list[dict[str, Any]]) -> tuple[WrittenHours, ...]:
        """As the services take them."""
        return tuple(WrittenHours.model_validate(one) for one in hours)

    def validate_participants(self, participants: list[UUID]) -> tuple[UUID, ...]:
        """As the services take them."""
        return tuple(participants)


class RotationChange(Changing, RotationInput):
    """What changes of a rotation, and the version that was seen."""


class OverrideSerializer(serializers.ModelSerializer[Override]):
    """An override."""

    person = OnCallPersonSerializer()
    replaces = OnCallPersonSerializer(allow_null=True)

    class Meta:
        model = Override
        fields = ("id", "person", "starts_at", "ends_at", "rotation", "replaces", "level", "reason", "version")


class OverrideInput(Strict):
    """What is entered about an override. Times without an offset are on the schedule's clock."""

    person = serializers.UUIDField(help_text="Who takes the period.")
    starts_at = WallOrInstant(help_text="What has been is now.")
    ends_at = WallOrInstant(help_text="Not included.")
    rotation = serializers.UUIDField(allow_null=True, required=False, help_text="In whose place; or")
    replaces = serializers.UUIDField(
        allow_null=True, required=False, help_text="in whose place, in every rotation. Without either: in addition."
    )
    level = serializers.IntegerField(
        min_value=1, max_value=LOWEST_LEVEL, required=False, help_text="Of who is on call in addition."
    )
    reason = serializers.CharField(max_length=200, allow_blank=True, required=False)


class OverrideChange(Changing, OverrideInput):
    """What changes of an override, and the version that was seen."""


class PeriodInput(Strict):
    """A period that is looked at."""

    since = WallOrInstant(required=False)
    until = WallOrInstant(required=False)


class OnCallShiftSerializer(serializers.Serializer[Any]):
    """Somebody is on call for a time. It needs `people` in its context."""

    starts_at = serializers.DateTimeField(source="start")
    ends_at = serializers.SerializerMethodField()
    person = serializers.SerializerMethodField()
    level = serializers.IntegerField()
    rotation = serializers.UUIDField(allow_null=True, help_text="Null: by an override, in addition.")
    override = serializers.UUIDField(source="by_override", allow_null=True, help_text="Null: the rotation's own turn.")

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_ends_at(self, shift: Shift) -> dt.datetime | None:
        """Not included; null: it goes on for a month at least."""
        return None if shift.end == self.context.get("soon") else shift.end

    @extend_schema_field(OnCallPersonSerializer)
    def get_person(self, shift: Shift) -> Any:
        """Who."""
        return OnCallPersonSerializer(self.context["people"][shift.person]).data


class GapSerializer(serializers.Serializer[Any]):
    """Nobody is on call for a time."""

    starts_at = serializers.DateTimeField(source="start")
    ends_at = serializers.DateTimeField(source="end")


class CalendarSerializer(serializers.Serializer[Any]):
    """A schedule between two instants. What is under way at either is cut there."""

    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    timezone = serializers.CharField()
    shifts = serializers.SerializerMethodField()
    gaps = GapSerializer(many=True)

    @extend_schema_field(OnCallShiftSerializer(many=True))
    def get_shifts(self, of: Calendar) -> Any:
        """By their beginning, then by level."""
        return OnCallShiftSerializer(of.shifts, many=True, context={"people": of.people}).data


class ScheduleNamed(serializers.ModelSerializer[Schedule]):
    """Which schedule."""

    class Meta:
        model = Schedule
        fields = ("id", "name", "site", "timezone")


class StandingSerializer(serializers.Serializer[Any]):
    """Who is on call by a schedule now."""

    schedule = ScheduleNamed()
    on_call = serializers.SerializerMethodField()
    filled_until = serializers.DateTimeField(
        allow_null=True, help_text="The first time from now on at which nobody is on call; null: none within a year."
    )

    @extend_schema_field(OnCallShiftSerializer(many=True))
    def get_on_call(self, of: Standing) -> Any:
        """In the order in which they are called; empty: nobody is."""
        return OnCallShiftSerializer(of.shifts, many=True, context={"people": of.people, "soon": of.soon}).data
