"""How cameras, their zones and lines are written in the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from detection.costs import Basis
from detection.models import Camera, Line, PlaceKind, SourceKind, WatchState, Zone
from detection.selectors import Situation
from soc.people.serializers import Strict


class PointField(serializers.ListField):
    """``[x, y]``, 0..1 of the frame."""

    child = serializers.FloatField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=2, max_length=2, **kwargs)


class PolygonField(serializers.ListField):
    """``[[x, y], …]``. How many points a zone may have, and what else is wrong with it, the service says."""

    child = PointField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=1000, **kwargs)


class ZoneSerializer(serializers.ModelSerializer[Zone]):
    """A zone, or with `private` an area that is black before anything reads it."""

    polygon = PolygonField()

    class Meta:
        model = Zone
        fields = ("id", "name", "private", "polygon")


class ZoneInput(Strict):
    """What is entered about a zone."""

    name = serializers.CharField(max_length=120)
    private = serializers.BooleanField(required=False)
    polygon = PolygonField()


class LineSerializer(serializers.ModelSerializer[Line]):
    """A line; forward is from its left to its right, seen from its start."""

    start = PointField()
    end = PointField()

    class Meta:
        model = Line
        fields = ("id", "name", "start", "end")


class LineInput(Strict):
    """What is entered about a line."""

    name = serializers.CharField(max_length=120)
    start = PointField()
    end = PointField()


class MissingFact(serializers.Serializer[Any]):
    """Something that the law asks for and that is not there."""

    field = serializers.CharField()
    sentence = serializers.CharField()


class EndingSerializer(serializers.Serializer[Any]):
    """An authorisation that ends within a month."""

    on = serializers.DateField()
    days = serializers.IntegerField(help_text="Days left; 0 on the last one.")
    sentence = serializers.CharField()


class StatusSerializer(serializers.Serializer[Situation]):
    """How the watch of a camera goes."""

    state = serializers.ChoiceField(choices=WatchState.choices)
    reason = serializers.CharField(allow_null=True, help_text="A code, for programs.")
    sentence = serializers.CharField(help_text="The reason in the reader's language; empty without one.")
    since = serializers.DateTimeField(allow_null=True)
    missing = MissingFact(many=True, help_text="What the law still asks for before the camera may be watched.")
    analysed_per_second = serializers.FloatField()
    frames_dropped = serializers.IntegerField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    cores = serializers.FloatField(
        allow_null=True, help_text="Processor cores that it used lately, measured; null before that is known."
    )
    ending = EndingSerializer(allow_null=True, help_text="That its authorisation ends within a month, if it does.")
    next_try = serializers.DateTimeField(allow_null=True, help_text="When a camera that is down is tried again.")


class CameraSerializer(serializers.ModelSerializer[Camera]):
    """A camera. Its user name and password are never in it, only whether there are any."""

    site = serializers.PrimaryKeyRelatedField[Any](read_only=True)
    has_credentials = serializers.SerializerMethodField()
    zones = ZoneSerializer(many=True, read_only=True)
    lines = LineSerializer(many=True, read_only=True)
    status = serializers.SerializerMethodField()

    class Meta:
        model = Camera
        fields = (
            "id",
            "site",
            "name",
            "enabled",
            "source",
            "address",
            "has_credentials",
            "frames_per_second",
            "analysis_size",
            "retention_days",
            "clip_before_s",
            "clip_after_s",
            "place",
            "purpose",
            "legal_basis",
            "authorisation",
            "authorised_until",
            "notice_displayed",
            "created_at",
            "version",
            "zones",
            "lines",
            "status",
        )
        read_only_fields = fields

    def get_has_credentials(self, camera: Camera) -> bool:
        """Whether a user name and password are kept."""
        return camera.credentials is not None

    @extend_schema_field(StatusSerializer)
    def get_status(self, camera: Camera) -> dict[str, Any]:
        """How its watch goes."""
        situations: dict[Any, Situation] = self.context["situations"]
        return dict(StatusSerializer(situations[camera.pk]).data)


class _WithSource(Strict):
    """Adds the field `source`, a name that DRF's own classes use for something else."""

    def get_fields(self) -> dict[str, Any]:
        """The declared fields, and how the pictures arrive."""
        return {"source": serializers.ChoiceField(choices=SourceKind.choices), **super().get_fields()}


class CameraFields(_WithSource):
    """What is entered about a camera, but its site."""

    name = serializers.CharField(max_length=120)
    enabled = serializers.BooleanField(required=False)
    address = serializers.CharField(max_length=500)
    user_name = serializers.CharField(max_length=64, allow_blank=True, required=False, write_only=True)
    password = serializers.CharField(
        max_length=64, allow_blank=True, required=False, write_only=True, trim_whitespace=False
    )
    frames_per_second = serializers.FloatField(min_value=0.2, max_value=30, required=False)
    analysis_size = serializers.ChoiceField(choices=[320, 416, 512, 640, 960, 1280], required=False)
    retention_days = serializers.IntegerField(min_value=1, max_value=30, required=False)
    clip_before_s = serializers.IntegerField(min_value=0, max_value=30, required=False)
    clip_after_s = serializers.IntegerField(min_value=1, max_value=60, required=False)
    place = serializers.ChoiceField(choices=PlaceKind.choices, allow_blank=True, required=False)
    purpose = serializers.CharField(max_length=255, allow_blank=True, required=False)
    legal_basis = serializers.CharField(max_length=255, allow_blank=True, required=False)
    authorisation = serializers.CharField(max_length=255, allow_blank=True, required=False)
    authorised_until = serializers.DateField(allow_null=True, required=False)
    notice_displayed = serializers.BooleanField(required=False)


class CameraInput(CameraFields):
    """What is entered about a camera. `user_name` and `password` go in and never come out; both empty removes them."""

    site = serializers.UUIDField()


class CameraChange(CameraInput):
    """What changes about a camera; with `version`, the version that was seen, a colleague's change is not overwritten."""

    version = serializers.IntegerField(required=False, min_value=1)


class CameraQuery(serializers.Serializer[Any]):
    """How the list of cameras may be narrowed."""

    site = serializers.UUIDField(required=False)
    enabled = serializers.BooleanField(required=False)


class CameraTest(_WithSource):
    """A camera to test before it is saved."""

    address = serializers.CharField(max_length=500)
    user_name = serializers.CharField(max_length=64, allow_blank=True, required=False, write_only=True)
    password = serializers.CharField(
        max_length=64, allow_blank=True, required=False, write_only=True, trim_whitespace=False
    )
    camera = serializers.UUIDField(
        required=False, help_text=_("The camera that is being changed: its kept password and private areas are used.")
    )


class CameraTestResult(serializers.Serializer[Any]):
    """The blurred picture of a camera that works."""

    ok = serializers.BooleanField()
    picture = serializers.CharField(help_text="A data URL of a blurred JPEG.")
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class WatcherSerializer(serializers.Serializer[Any]):
    """A watcher that lives."""

    name = serializers.CharField()
    capacity = serializers.IntegerField(help_text="How many cameras it takes.")
    engine = serializers.CharField()
    cores = serializers.FloatField(help_text="Processor cores that it may use.")
    load = serializers.FloatField(help_text="Cores that it used lately, measured.")
    started_at = serializers.DateTimeField()


class UnwatchedSerializer(serializers.Serializer[Any]):
    """A camera that is not watched, and why."""

    camera = serializers.UUIDField()
    name = serializers.CharField()
    reason = serializers.CharField(allow_null=True)
    sentence = serializers.CharField()


class CostQuery(serializers.Serializer[Any]):
    """A camera's settings whose cost is asked."""

    frames_per_second = serializers.FloatField(min_value=0.2, max_value=30)
    analysis_size = serializers.ChoiceField(choices=[320, 416, 512, 640, 960, 1280])
    camera = serializers.UUIDField(required=False, help_text="The camera that is being changed.")


class CostSerializer(serializers.Serializer[Any]):
    """What a camera costs, worked out from what is measured of those that are watched now."""

    cores = serializers.FloatField(allow_null=True, help_text="Processor cores, about; null where nothing is measured.")
    basis = serializers.ChoiceField(choices=[one.value for one in Basis])
    measured = serializers.IntegerField(help_text="How many cameras that is worked out from.")
    free_cores = serializers.FloatField(
        allow_null=True, help_text="Of the watchers' machines, without the camera's own; null without a watcher."
    )
    places = serializers.IntegerField(help_text="How many more cameras the watchers may take.")
    room = serializers.IntegerField(help_text="How many more like this one they have room for, by places and cores.")
    fits = serializers.BooleanField()


class WatchersView(serializers.Serializer[Any]):
    """Who watches, with what room, and which cameras nobody watches."""

    watchers = WatcherSerializer(many=True)
    room = serializers.IntegerField(help_text="How many more cameras the watchers would take.")
    expected = serializers.IntegerField(help_text="The reader's cameras that should be watched.")
    watched = serializers.IntegerField(help_text="Those of them that are.")
    unwatched = UnwatchedSerializer(many=True)
