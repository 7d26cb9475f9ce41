"""How plans are written in the API, and what may be entered."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel
from rest_framework import serializers
from typing_extensions import override

from alerts.serializers import ViewSerializer
from crisis.plans import wire
from crisis.plans.models import Plan, RulePlan, Starting
from crisis.plans.preview import Form
from crisis.plans.ready_made import Template
from crisis.plans.schema import DocumentExtension, PlanVersionExtension
from crisis.plans.starts import LONGEST_COUNTDOWN_S, SHORTEST_COUNTDOWN_S
from soc.people.serializers import Strict

__all__ = ["DocumentExtension", "PlanVersionExtension"]  # drf-spectacular finds them by their having been imported


class PlanSerializer(ViewSerializer):
    """A plan as lists show it."""

    view = wire.PlanView

    @override
    def to_representation(self, instance: Plan) -> Any:
        return wire.plan_view(instance).model_dump(mode="json")


class PlanVersionMarkSerializer(ViewSerializer):
    """A version, without what it says."""

    view = wire.PlanVersionMark


class PlanVersionSerializer(serializers.BaseSerializer[Any]):
    """A version with all that it says, as `wire.PlanVersionView`; `crisis.plans.schema` describes its document."""

    view: ClassVar[type[BaseModel]] = wire.PlanVersionOutline

    @override
    def to_representation(self, instance: wire.PlanVersionView) -> Any:
        return instance.model_dump(mode="json")


class PlanHolesSerializer(ViewSerializer):
    """The holes of a version."""

    view = wire.PlanHoles


class PlanReachSerializer(ViewSerializer):
    """Whom a version would reach now."""

    view = wire.PlanReach


class PlanChangesSerializer(ViewSerializer):
    """What is different between two versions."""

    view = wire.PlanChanges


class PlanPreviewSerializer(ViewSerializer):
    """A text as it is received."""

    view = wire.PlanPreview


class PlanStartSerializer(ViewSerializer):
    """Which plan a rule starts."""

    view = wire.PlanStartView

    @override
    def to_representation(self, instance: RulePlan) -> Any:
        return wire.start_view(instance).model_dump(mode="json")


class PlanTemplateSerializer(ViewSerializer):
    """A plan that is there to begin with."""

    view = wire.PlanTemplateView

    @override
    def to_representation(self, instance: Template) -> Any:
        return wire.template_view(instance).model_dump(mode="json")


class DocumentField(serializers.JSONField):
    """A plan's document, checked by `crisis.plans.entered.read`."""


class WordsInput(Strict):
    """A message in one language, as it is being written."""

    subject = serializers.CharField(max_length=200, allow_blank=True, default="")
    text = serializers.CharField(max_length=4000, allow_blank=True)
    short = serializers.CharField(max_length=1000, allow_blank=True, default="")
    spoken = serializers.CharField(max_length=2000, allow_blank=True, default="")
    plain = serializers.CharField(max_length=2000, allow_blank=True, default="")


class NewPlan(Strict):
    """A plan to begin: empty, of a template, or a copy."""

    site = serializers.UUIDField()
    name = serializers.CharField(max_length=120)
    template = serializers.CharField(max_length=40, allow_blank=True, default="")
    copy_of = serializers.UUIDField(allow_null=True, default=None)


class PlanRename(Strict):
    """Another name, and the version that was seen."""

    version = serializers.IntegerField(min_value=1)
    name = serializers.CharField(max_length=120)


class DraftInput(Strict):
    """A draft as a whole, and the number of edits that was seen."""

    edits = serializers.IntegerField(min_value=1)
    document = DocumentField()
    risk = serializers.UUIDField(allow_null=True, default=None)


class EditsSeen(Strict):
    """The version as it was when its reader looked."""

    edits = serializers.IntegerField(min_value=1)


class SendBackInput(EditsSeen):
    """Why it goes back."""

    comment = serializers.CharField(max_length=1000)


class PreviewInput(Strict):
    """Which text, how."""

    step = serializers.CharField(
        max_length=32, allow_null=True, default=None, help_text="Null: what is said at the end."
    )
    language = serializers.CharField(max_length=12)
    form = serializers.ChoiceField(choices=Form.choices)
    exercise = serializers.BooleanField(default=False)
    words = WordsInput(required=False, help_text="A message that is being written, instead of the one that is kept.")


class PlanStartInput(Strict):
    """Which rule starts which plan, and how."""

    rule = serializers.UUIDField()
    plan = serializers.UUIDField()
    starting = serializers.ChoiceField(choices=Starting.choices, default=Starting.ASK)
    countdown_s = serializers.IntegerField(min_value=SHORTEST_COUNTDOWN_S, max_value=LONGEST_COUNTDOWN_S, default=60)
    starts_when_silent = serializers.BooleanField(default=True)


class PlanStartChange(Strict):
    """How it starts from now on, and the version that was seen."""

    version = serializers.IntegerField(min_value=1)
    starting = serializers.ChoiceField(choices=Starting.choices, required=False)
    countdown_s = serializers.IntegerField(
        min_value=SHORTEST_COUNTDOWN_S, max_value=LONGEST_COUNTDOWN_S, required=False
    )
    starts_when_silent = serializers.BooleanField(required=False)
