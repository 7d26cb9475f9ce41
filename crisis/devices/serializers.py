"""How connected objects and scripts are written in the API, and what may be entered."""

from __future__ import annotations

import uuid
from typing import Any

from rest_framework import serializers

from alerts.serializers import ViewSerializer
from crisis.devices import wire
from crisis.devices.drivers.registry import DRIVERS
from crisis.devices.models import Connection, Device, DeviceKind, Mode, Script, ScriptRun
from crisis.devices.running import Decision
from soc.people.serializers import Strict


class DriverSerializer(ViewSerializer):
    """A way to speak to devices."""

    view = wire.DriverView

    def to_representation(self, instance: Any) -> Any:
        """As `crisis.devices.wire` writes it."""
        return wire.driver_view(instance).model_dump(mode="json")


class ConnectionSerializer(ViewSerializer):
    """A broker."""

    view = wire.ConnectionView

    def to_representation(self, instance: Connection) -> Any:
        """As `crisis.devices.wire` writes it."""
        return wire.connection_view(instance).model_dump(mode="json")


class DeviceSerializer(ViewSerializer):
    """A device."""

    view = wire.DeviceView

    def to_representation(self, instance: Device) -> Any:
        """As `crisis.devices.wire` writes it."""
        return wire.device_view(instance).model_dump(mode="json")


class ReadingSerializer(ViewSerializer):
    """What a device said."""

    view = wire.ReadingView


class ScriptSerializer(ViewSerializer):
    """A script."""

    view = wire.ScriptView

    def to_representation(self, instance: Script) -> Any:
        """As `crisis.devices.wire` writes it."""
        return wire.script_view(instance).model_dump(mode="json")


class CheckSerializer(ViewSerializer):
    """What is wrong with a document."""

    view = wire.CheckView


class DryRunSerializer(ViewSerializer):
    """What a script would do."""

    view = wire.DryRunView


class RunSerializer(ViewSerializer):
    """A run."""

    view = wire.RunView

    def to_representation(self, instance: ScriptRun) -> Any:
        """As `crisis.devices.wire` writes it."""
        return wire.run_view(instance).model_dump(mode="json")


class ConnectionInput(Strict):
    """What is entered about a broker. The password goes in and never comes out."""

    site = serializers.UUIDField(allow_null=True, required=False, help_text="Null: for all sites.")
    name = serializers.CharField(max_length=80)
    host = serializers.CharField(max_length=253)
    port = serializers.IntegerField(min_value=1, max_value=65_535, required=False)
    tls = serializers.BooleanField(required=False)
    authority = serializers.CharField(max_length=20_000, allow_blank=True, required=False)
    user_name = serializers.CharField(max_length=200, allow_blank=True, required=False, write_only=True)
    password = serializers.CharField(
        max_length=500, allow_blank=True, required=False, write_only=True, trim_whitespace=False
    )


class ConnectionPatch(ConnectionInput):
    """What changes of a broker, and the version that was seen."""

    version = serializers.IntegerField(min_value=1)
    name = serializers.CharField(max_length=80, required=False)
    host = serializers.CharField(max_length=253, required=False)


class DeviceInput(Strict):
    """What is entered about a device. Secrets go in and never come out."""

    site = serializers.UUIDField()
    connection = serializers.UUIDField(allow_null=True, required=False)
    name = serializers.CharField(max_length=80)
    kind = serializers.ChoiceField(choices=DeviceKind.choices)
    driver = serializers.ChoiceField(choices=[(key, key) for key in DRIVERS])
    address = serializers.CharField(max_length=500, allow_blank=True, required=False)
    settings = serializers.DictField(help_text="As the driver's schema describes them.")
    states = serializers.ListField(
        child=serializers.DictField(), max_length=20, help_text="`{key, words, secures}` each."
    )
    silent_after_min = serializers.IntegerField(min_value=1, max_value=10_080, allow_null=True, required=False)
    user_name = serializers.CharField(max_length=200, allow_blank=True, required=False, write_only=True)
    password = serializers.CharField(
        max_length=500, allow_blank=True, required=False, write_only=True, trim_whitespace=False
    )
    token = serializers.CharField(max_length=2000, allow_blank=True, required=False, write_only=True)


class DevicePatch(DeviceInput):
    """What changes of a device, and the version that was seen."""

    version = serializers.IntegerField(min_value=1)
    site = serializers.UUIDField(required=False)
    name = serializers.CharField(max_length=80, required=False)
    kind = serializers.ChoiceField(choices=DeviceKind.choices, required=False)
    driver = serializers.ChoiceField(choices=[(key, key) for key in DRIVERS], required=False)
    settings = serializers.DictField(required=False)
    states = serializers.ListField(child=serializers.DictField(), max_length=20, required=False)


class DeviceTest(DeviceInput):
    """A device that is not saved, or not as it is entered; `device` is the saved one, whose secrets are used."""

    name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    device = serializers.UUIDField(required=False)


class ByHand(Strict):
    """An own decision: why, and which press of the button it is."""

    reason = serializers.CharField(max_length=500)
    request = serializers.UUIDField(default=uuid.uuid4, help_text="Made by the page: pressed twice it is done once.")


class SetInput(ByHand):
    """The state that a device is to take."""

    state = serializers.CharField(max_length=32)


class StartInput(ByHand):
    """Start a script."""

    exercise = serializers.BooleanField(
        default=False, help_text="Nothing is moved; what would have been done is recorded."
    )
    really = serializers.BooleanField(default=False, help_text="An exercise that moves real devices.")


class ScriptInput(Strict):
    """What is entered about a script."""

    site = serializers.UUIDField(allow_null=True, required=False, help_text="Null: devices of any site.")
    name = serializers.CharField(max_length=80)
    mode = serializers.ChoiceField(choices=Mode.choices, required=False)
    document = serializers.DictField(help_text="`{steps: […]}`: set, wait, wait_for, if, parallel, stop.")


class ScriptPatch(ScriptInput):
    """What changes of a script, and the version that was seen."""

    version = serializers.IntegerField(min_value=1)
    name = serializers.CharField(max_length=80, required=False)
    document = serializers.DictField(required=False)


class ScriptDraft(Strict):
    """A document that is not saved."""

    site = serializers.UUIDField(allow_null=True, default=None)
    document = serializers.DictField()


class DecisionInput(Strict):
    """The answer to what a run asks."""

    step = serializers.CharField(max_length=120, help_text="Its path.")
    asked = serializers.IntegerField(min_value=1, help_text="The step's count of questions that was seen.")
    decision = serializers.ChoiceField(choices=[(one.value, one.value) for one in Decision])
