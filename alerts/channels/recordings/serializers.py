"""How recordings are written in the API, and what may be entered."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from typing_extensions import override

from alerts.channels.recordings import wire
from alerts.channels.recordings.models import LONGEST_TEXT, Origin, SoundRecording
from alerts.serializers import ViewSerializer
from soc.people.serializers import Strict


class SoundRecordingSerializer(ViewSerializer):
    """A recording."""

    view = wire.SoundRecordingView

    @override
    def to_representation(self, instance: SoundRecording) -> Any:
        return wire.recording_view(instance).model_dump(mode="json")


class RecordingPolicySerializer(ViewSerializer):
    """For how long recordings are kept."""

    view = wire.RecordingPolicyView


class NewRecording(Strict):
    """A form: the file, and in writing what it says."""

    site = serializers.UUIDField()
    language = serializers.RegexField(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$", max_length=12)
    text = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, default="")
    origin = serializers.ChoiceField(choices=Origin.choices, default=Origin.UPLOADED)
    sound = serializers.FileField(
        help_text="WAV, MP3, Ogg, WebM or M4A: at most 30 s and 40 MB.", allow_empty_file=True
    )


class RecordingQuery(Strict):
    """Which recordings."""

    site = serializers.UUIDField(required=False)
    language = serializers.CharField(max_length=12, required=False)


class PolicyInput(Strict):
    """For how many days."""

    days = serializers.IntegerField()
