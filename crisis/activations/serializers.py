"""What may be entered about activations, and how they are written in the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from pydantic import Field, ValidationError
from rest_framework import serializers

from alerts.channels.base import Channel
from alerts.serializers import ViewSerializer
from alerts.wire import Named, View
from crisis import templates
from crisis.activations.gestures import Prepared
from crisis.activations.kinds import VerifiedHow
from crisis.activations.wire import (
    ActivationBrief,
    ActivationLine,
    ActivationView,
    HelpView,
    OwnInstructionView,
    ParticipantView,
    TalkView,
)
from crisis.plans import areas
from crisis.plans.content import Audience, Choice, Words
from soc.people.serializers import Strict


class ActivationBriefSerializer(ViewSerializer):
    """An activation as lists name it."""

    view = ActivationBrief


class ActivationSerializer(ViewSerializer):
    """An activation with steps and counts."""

    view = ActivationView


class ParticipantSerializer(ViewSerializer):
    """A person of the plan."""

    view = ParticipantView


class ActivationLineSerializer(ViewSerializer):
    """A line of the log."""

    view = ActivationLine


class HelpSerializer(ViewSerializer):
    """A call for help."""

    view = HelpView


class OwnInstructionSerializer(ViewSerializer):
    """An instruction, for who it concerns."""

    view = OwnInstructionView


class TalkSerializer(ViewSerializer):
    """Who speaks live."""

    view = TalkView


class PreparedView(View):
    """What a first gesture shows: what is about to happen, to be confirmed within seconds by the same member."""

    intent: str
    plan: Named
    site: Named
    version: int
    drill: bool
    people: int
    at_once: int
    channels: list[Channel]
    devices: int
    services: int
    waits: bool = Field(description="Things and services wait for an agent's verification.")
    good_until: str
    digest: str


class PreparedSerializer(ViewSerializer):
    """A first gesture."""

    view = PreparedView

    def to_representation(self, instance: Prepared) -> Any:
        """What it shows."""
        plan, prospect = instance.intent.plan, instance.prospect
        return PreparedView(
            intent=str(instance.intent.pk),
            plan=Named(id=plan.pk, name=plan.name),
            site=Named(id=plan.site.pk, name=plan.site.name),
            version=instance.version.number,
            drill=instance.intent.drill,
            people=prospect.people,
            at_once=prospect.at_once,
            channels=list(prospect.channels),
            devices=prospect.devices,
            services=prospect.services,
            waits=prospect.waits,
            good_until=instance.good_until.isoformat(),
            digest=instance.intent.digest,
        ).model_dump(mode="json")


class PrepareInput(Strict):
    """A first gesture."""

    plan = serializers.UUIDField()
    drill = serializers.BooleanField(default=False)
    chosen = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=500)
    alert = serializers.UUIDField(allow_null=True, default=None)
    activation = serializers.UUIDField(allow_null=True, default=None, help_text="The one that asks.")


class ConfirmInput(Strict):
    """A second gesture."""

    intent = serializers.UUIDField()
    digest = serializers.CharField(max_length=64)


class VersionInput(Strict):
    """A decision about what was seen."""

    version = serializers.IntegerField()


class VerifyInput(Strict):
    """How it was made sure that it is real."""

    how = serializers.ChoiceField(choices=VerifiedHow.choices)


class CommandInput(Strict):
    """Who directs and who deputises."""

    director = serializers.UUIDField(allow_null=True)
    deputy = serializers.UUIDField(allow_null=True)


class FinishInput(Strict):
    """A line of the checklist is done."""

    note = serializers.CharField(max_length=255, allow_blank=True, default="")


class NoteInput(Strict):
    """An entry for the logbook."""

    text = serializers.CharField(max_length=2000)
    place = serializers.CharField(max_length=120, allow_blank=True, default="")


class HelpInput(Strict):
    """Who goes."""

    who = serializers.CharField(max_length=150)
    version = serializers.IntegerField()


class SayInput(Strict):
    """A further message."""

    words = serializers.DictField(child=serializers.DictField(), help_text="Language code to Words.")
    channels = serializers.ListField(child=serializers.ChoiceField(choices=Channel.choices), min_length=1)
    choices = serializers.ListField(child=serializers.DictField(), default=list)
    to = serializers.DictField(allow_null=True, default=None, help_text="An Audience; null: everybody of the plan.")

    def validate_words(self, value: dict[str, Any]) -> dict[str, Words]:
        """Texts whose places are known."""
        words = {language: _read(Words, one) for language, one in value.items()}
        for one in words.values():
            for text in (one.subject, one.text, one.short, one.spoken, one.plain):
                if problems := templates.check(text):
                    raise serializers.ValidationError([problem.sentence for problem in problems])
        return words

    def validate_choices(self, value: list[Any]) -> tuple[Choice, ...]:
        """Answers that can be given."""
        return tuple(_read(Choice, one) for one in value)

    def validate_to(self, value: dict[str, Any] | None) -> Audience | None:
        """To whom."""
        audience: Audience | None = None if value is None else _read(Audience, value)
        if audience is not None and (faults := dict(areas.faults(audience))):
            raise serializers.ValidationError([str(said) for said in faults.values()])
        return audience


class InstructInput(Strict):
    """An instruction to be spoken now."""

    words = serializers.DictField(child=serializers.CharField(max_length=1000), help_text="Language code to words.")
    recordings = serializers.DictField(
        child=serializers.UUIDField(), default=dict, help_text="Language code to the recording that says these words."
    )


def _read(model: type[Any], value: Any) -> Any:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise serializers.ValidationError(
            _("“%(where)s” is not valid: %(why)s.") % {"where": where, "why": first["msg"]}
        ) from None
