"""How rules, alerts and recordings are written in the API, and what may be entered."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from pydantic import BaseModel
from rest_framework import serializers

from alerts import lawful
from alerts.models import Alert, Rule, RuleState, RuleTrial, Severity, TrialFailure
from alerts.rules.base import Need
from alerts.schema import ViewSerializerExtension
from alerts.services import MAX_TEXT
from alerts.trials import ASKED_FOR
from alerts.wire import AlertDetail, AlertView, alert_detail, alert_view
from soc import clock
from soc.people.serializers import Strict

__all__ = ["ViewSerializerExtension"]  # drf-spectacular finds it by its having been imported


class ViewSerializer(serializers.BaseSerializer[Any]):
    """Writes a row as a pydantic view, which is also what events carry."""

    view: ClassVar[type[BaseModel]]


class AlertSerializer(ViewSerializer):
    """An alert as lists show it."""

    view = AlertView

    def to_representation(self, instance: Alert) -> Any:
        """As `alerts.wire` writes it."""
        return alert_view(instance).model_dump(mode="json")


class AlertDetailSerializer(ViewSerializer):
    """An alert with its log."""

    view = AlertDetail

    def to_representation(self, instance: Alert) -> Any:
        """As `alerts.wire` writes it."""
        return alert_detail(instance).model_dump(mode="json")


class AnswerInput(Strict):
    """An answer to an alert as it was when the reader looked."""

    version = serializers.IntegerField(min_value=1, help_text="The alert's version when the reader looked.")


class AssignInput(AnswerInput):
    """To whom."""

    member = serializers.UUIDField()


class CommentInput(Strict):
    """What is remarked."""

    text = serializers.CharField(max_length=MAX_TEXT)
    version = serializers.IntegerField(min_value=1, required=False, help_text="Accepted and not compared.")


class ResolveInput(AnswerInput):
    """What was done."""

    text = serializers.CharField(max_length=MAX_TEXT, allow_blank=True, default="")


class FalseAlarmInput(AnswerInput):
    """Why it was none."""

    reason = serializers.CharField(max_length=MAX_TEXT)


class HoursSerializer(Strict):
    """Some hours of some days, on the organisation's wall clock."""

    days = serializers.ListField(child=serializers.IntegerField(), help_text="0 is Monday, 6 is Sunday.")
    start = serializers.CharField(help_text="HH:MM")
    end = serializers.CharField(help_text="HH:MM; not after the start: on the next day.")


class LegalRefusalSerializer(serializers.Serializer[Any]):
    """A fact that is missing before the rule may be on."""

    field = serializers.CharField()
    sentence = serializers.CharField()


class RuleSerializer(serializers.ModelSerializer[Rule]):
    """A rule. `settings` follow the JSON schema of its kind (`rule-kinds/`)."""

    settings = serializers.DictField()
    schedule = HoursSerializer(many=True)
    severity = serializers.IntegerField(min_value=1, max_value=4)
    missing = serializers.SerializerMethodField(help_text="What the law asks for before the rule may be on.")

    class Meta:
        model = Rule
        fields = (
            "id",
            "camera",
            "name",
            "kind",
            "settings",
            "zone",
            "line",
            "schedule",
            "severity",
            "quiet_s",
            "purpose",
            "state",
            "authorising_text",
            "authorised_from",
            "authorised_until",
            "expires_at",
            "created_at",
            "version",
            "missing",
        )

    @extend_schema_field(LegalRefusalSerializer(many=True))
    def get_missing(self, rule: Rule) -> list[dict[str, str]]:
        """In the reader's language."""
        return [{"field": one.field.value, "sentence": str(one.sentence)} for one in lawful.refusals(rule)]


class LookoutInput(Strict):
    """What is looked for, and when."""

    kind = serializers.CharField(max_length=32)
    settings = serializers.DictField()
    zone = serializers.UUIDField(allow_null=True, required=False)
    line = serializers.UUIDField(allow_null=True, required=False)
    schedule = HoursSerializer(many=True, required=False)
    quiet_s = serializers.IntegerField(min_value=0, max_value=86_400, required=False)


class RuleFields(LookoutInput):
    """What may be entered about a rule."""

    name = serializers.CharField(max_length=120)
    severity = serializers.ChoiceField(choices=Severity.choices, required=False)
    purpose = serializers.CharField(max_length=255)
    state = serializers.ChoiceField(choices=RuleState.choices, required=False)
    authorising_text = serializers.CharField(max_length=255, allow_blank=True, required=False)
    authorised_from = serializers.DateField(allow_null=True, required=False)
    authorised_until = serializers.DateField(allow_null=True, required=False)


class NewRule(RuleFields):
    """A new rule: it runs silently until it is switched on."""

    camera = serializers.UUIDField()


class RuleChange(RuleFields):
    """Changes to a rule as it was when the reader looked; `renew` lets it run for six more months."""

    version = serializers.IntegerField(min_value=1)
    renew = serializers.BooleanField(default=False)


class TrialInput(LookoutInput):
    """A rule that is not saved yet."""

    camera = serializers.UUIDField()


class SilentRun(serializers.Serializer[Any]):
    """When a rule would have raised since it was last changed, newest first."""

    hits = serializers.ListField(child=serializers.DateTimeField())


_TRIAL_STATES = ["asked", "answered", "failed", "unanswered"]
_NOT_WATCHED = _("The camera's watcher did not answer: the camera is not being watched. Try again when it is.")


class TrialSerializer(serializers.ModelSerializer[RuleTrial]):
    """A trial: ask again until `state` is not ``asked``. `hits` is when the rule would have raised since `since`."""

    state = serializers.SerializerMethodField()
    message = serializers.SerializerMethodField(help_text="Why there is no answer.")
    hits = serializers.ListField(child=serializers.DateTimeField())

    class Meta:
        model = RuleTrial
        fields = ("id", "camera", "asked_at", "state", "message", "since", "hits")

    @extend_schema_field({"type": "string", "enum": _TRIAL_STATES})
    def get_state(self, trial: RuleTrial) -> str:
        """asked, answered, failed or unanswered."""
        if trial.answered_at is None:
            return "asked" if clock.now() - trial.asked_at < ASKED_FOR else "unanswered"
        return "failed" if trial.failed else "answered"

    def get_message(self, trial: RuleTrial) -> str:
        """In the reader's language."""
        if trial.failed:
            return str(TrialFailure(trial.failed).label)
        if self.get_state(trial) == "unanswered":
            return str(_NOT_WATCHED)
        return ""


class RuleKindSerializer(serializers.Serializer[Any]):
    """A kind of rule, in the reader's language."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Its fields; stated here because `label` and `help` mean something else on the class."""
        return {
            "key": serializers.CharField(),
            "label": serializers.CharField(),
            "help": serializers.CharField(),
            "needs": serializers.ChoiceField(choices=[(need.value, need.value) for need in Need]),
            "settings": serializers.DictField(help_text="JSON schema."),
        }


class LabelSerializer(serializers.Serializer[Any]):
    """A class that the model knows, in the reader's language."""

    key = serializers.CharField()
    name = serializers.CharField()
