"""How rules, alerts and recordings are written in the API, and what may be entered."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from pydantic import BaseModel
from rest_framework import serializers

from alerts import bulk, lawful, take_times
from alerts.models import (
    Alert,
    AlertState,
    FalseAlarmReason,
    Rule,
    RuleState,
    RuleTrial,
    Severity,
    TakeTimes,
    TrialFailure,
)
from alerts.rule_figures import Figures, figures, too_often
from alerts.rules.base import Need
from alerts.schema import ViewSerializerExtension
from alerts.services import MAX_TEXT
from alerts.states import Answer
from alerts.trials import ASKED_FOR
from alerts.wire import AlertDetail, AlertView, SimilarBefore, alert_detail, alert_view
from alerts.wording import sentence
from soc import clock
from soc.people.serializers import Strict

__all__ = ["ViewSerializerExtension"]  # drf-spectacular finds it by its having been imported


class ViewSerializer(serializers.BaseSerializer[Any]):
    """Writes a pydantic view, which is also what events carry; who gives it rows overrides how a row becomes one."""

    view: ClassVar[type[BaseModel]]

    def to_representation(self, instance: Any) -> Any:
        """As the wire modules write it."""
        return instance.model_dump(mode="json")


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
    """Why it was none: a reason of the list, and words if there is more to say (or none of them fits)."""

    reason = serializers.ChoiceField(choices=FalseAlarmReason.choices)
    text = serializers.CharField(max_length=MAX_TEXT, allow_blank=True, default="")


class SeenAs(Strict):
    """An alert as the reader saw it."""

    id = serializers.UUIDField()
    version = serializers.IntegerField(min_value=1)


class BulkInput(Strict):
    """One answer to many alerts."""

    answer = serializers.ChoiceField(choices=[(one.value, one.value) for one in Answer])
    alerts = serializers.ListField(child=SeenAs(), allow_empty=False, max_length=bulk.MOST)
    member = serializers.UUIDField(required=False, help_text="To whom they are assigned.")
    reason = serializers.ChoiceField(choices=FalseAlarmReason.choices, required=False)
    text = serializers.CharField(max_length=MAX_TEXT, allow_blank=True, default="")


class BulkOutcome(serializers.Serializer[Any]):
    """What became of the answer to one alert."""

    id = serializers.UUIDField()
    done = serializers.BooleanField()
    code = serializers.CharField(help_text="Of the refusal; empty when it was done.")
    message = serializers.CharField(help_text="The refusal as a sentence; empty when it was done.")
    alert = AlertSerializer(allow_null=True, help_text="As it is now; null when it is out of reach.")


class BulkOutcomes(serializers.Serializer[Any]):
    """One outcome an alert, in the order they were sent."""

    results = BulkOutcome(many=True)


class AlertCountRow(serializers.Serializer[Any]):
    """How many alerts of one state and severity."""

    state = serializers.ChoiceField(choices=AlertState.choices)
    severity = serializers.IntegerField()
    count = serializers.IntegerField()


class AlertCounts(serializers.Serializer[Any]):
    """How many alerts a filter finds."""

    total = serializers.IntegerField()
    results = AlertCountRow(many=True)


class SimilarSerializer(ViewSerializer):
    """What like an alert came before it."""

    view = SimilarBefore


class TakeTimesSerializer(serializers.ModelSerializer[TakeTimes]):
    """Within how many seconds an alert must be taken, by severity; null: it never goes to the supervisor."""

    class Meta:
        model = TakeTimes
        fields = (*take_times.FIELDS.values(), "version")


class TakeTimesInput(Strict):
    """Times to change."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """One a severity, and the version that was seen."""
        return {
            **{
                field: serializers.IntegerField(
                    min_value=take_times.SHORTEST_S, max_value=take_times.LONGEST_S, allow_null=True, required=False
                )
                for field in take_times.FIELDS.values()
            },
            "version": serializers.IntegerField(min_value=1),
        }


class HoursSerializer(Strict):
    """Some hours of some days, on the organisation's wall clock."""

    days = serializers.ListField(child=serializers.IntegerField(), help_text="0 is Monday, 6 is Sunday.")
    start = serializers.CharField(help_text="HH:MM")
    end = serializers.CharField(help_text="HH:MM; not after the start: on the next day.")


class LegalRefusalSerializer(serializers.Serializer[Any]):
    """A fact that is missing before the rule may be on."""

    field = serializers.CharField()
    sentence = serializers.CharField()


class TooOftenSerializer(serializers.Serializer[Any]):
    """Why a rule fires too often."""

    code = serializers.CharField()
    sentence = serializers.CharField()


class BriefFiguresSerializer(serializers.Serializer[Any]):
    """A rule's last seven days, as a list shows them."""

    week = serializers.IntegerField(help_text="Alerts of the last seven days.")
    week_false = serializers.IntegerField(help_text="Of these, false alarms.")
    too_often = TooOftenSerializer(many=True, help_text="Why it fires too often; empty when it does not.")


class RuleSerializer(serializers.ModelSerializer[Rule]):
    """A rule. `settings` follow the JSON schema of its kind (`rule-kinds/`)."""

    settings = serializers.DictField()
    schedule = HoursSerializer(many=True)
    severity = serializers.IntegerField(min_value=1, max_value=4)
    missing = serializers.SerializerMethodField(help_text="What the law asks for before the rule may be on.")
    sentence = serializers.SerializerMethodField(help_text="The whole rule, in the reader's language.")
    area_name = serializers.SerializerMethodField(help_text="Its zone or line; empty: the whole picture.")
    over = serializers.SerializerMethodField(help_text="Whether its six months are over.")
    figures = serializers.SerializerMethodField(help_text="Its alerts of the last seven days.")

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
            "sentence",
            "area_name",
            "over",
            "figures",
        )

    @extend_schema_field(LegalRefusalSerializer(many=True))
    def get_missing(self, rule: Rule) -> list[dict[str, str]]:
        """In the reader's language."""
        return [{"field": one.field.value, "sentence": str(one.sentence)} for one in lawful.refusals(rule)]

    def get_sentence(self, rule: Rule) -> str:
        """As every place of the product says it."""
        return sentence(rule)

    def get_area_name(self, rule: Rule) -> str:
        """Its zone's or line's."""
        area = rule.zone or rule.line
        return area.name if area else ""

    def get_over(self, rule: Rule) -> bool:
        """A rule that is over does nothing until it is renewed."""
        return rule.expires_at <= clock.now()

    @extend_schema_field(BriefFiguresSerializer)
    def get_figures(self, rule: Rule) -> dict[str, Any]:
        """Those of a whole page of rules are in the context; a single rule's are read here."""
        known: dict[UUID, Figures] | None = self.context.get("figures")
        of = figures([rule.pk])[rule.pk] if known is None else known[rule.pk]
        return dict(
            BriefFiguresSerializer({"week": of.week, "week_false": of.week_false, "too_often": too_often(of)}).data
        )


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

    # Empty ones are refused by the service, in its words.
    name = serializers.CharField(max_length=120, allow_blank=True)
    severity = serializers.ChoiceField(choices=Severity.choices, required=False)
    purpose = serializers.CharField(max_length=255, allow_blank=True)
    state = serializers.ChoiceField(choices=RuleState.choices, required=False)
    authorising_text = serializers.CharField(max_length=255, allow_blank=True, required=False)
    authorised_from = serializers.DateField(allow_null=True, required=False)
    authorised_until = serializers.DateField(allow_null=True, required=False)


class NewRule(RuleFields):
    """A new rule: it runs silently until it is switched on."""

    camera = serializers.UUIDField()
    comment = serializers.CharField(max_length=255, allow_blank=True, required=False, help_text="Why, for its history.")


class RuleChange(RuleFields):
    """Changes to a rule as it was when the reader looked; `renew` lets it run for six more months."""

    version = serializers.IntegerField(min_value=1)
    renew = serializers.BooleanField(default=False)
    comment = serializers.CharField(max_length=255, allow_blank=True, required=False, help_text="Why, for its history.")


class GoBackInput(Strict):
    """Going back to an earlier version, from the rule as it was when the reader looked."""

    to = serializers.IntegerField(min_value=1)
    version = serializers.IntegerField(min_value=1)
    comment = serializers.CharField(max_length=255, allow_blank=True, required=False)


class TrialInput(LookoutInput):
    """A rule that is not saved yet."""

    camera = serializers.UUIDField()


class SilentRun(serializers.Serializer[Any]):
    """What a rule would have raised since what it looks for was last changed."""

    since = serializers.DateTimeField(allow_null=True)
    count = serializers.IntegerField()
    hits = serializers.ListField(child=serializers.DateTimeField(), help_text="The last few, newest first.")


_TRIAL_STATES = ["asked", "answered", "failed", "unanswered"]
_NOT_WATCHED = _("The camera's watcher did not answer: the camera is not being watched. Try again when it is.")


class TrialSerializer(serializers.ModelSerializer[RuleTrial]):
    """A trial: ask again until `state` is not ``asked``. `hits` is when the rule would have raised since `since`."""

    state = serializers.SerializerMethodField()
    message = serializers.SerializerMethodField(help_text="Why there is no answer.")
    hits = serializers.ListField(child=serializers.DateTimeField())
    outside = serializers.ListField(
        child=serializers.DateTimeField(), help_text="When it would have raised but for its hours."
    )

    class Meta:
        model = RuleTrial
        fields = ("id", "camera", "asked_at", "answered_at", "state", "message", "since", "hits", "outside")

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
            "sentence": serializers.CharField(
                help_text="The rule as a sentence with slots: `{setting}`, `{labels:form=setting}`, `{zone}`, `{hours}`…"
            ),
            "settings": serializers.DictField(help_text="JSON schema."),
        }


class LabelSerializer(serializers.Serializer[Any]):
    """A class that the model knows, in the reader's language."""

    key = serializers.CharField()
    name = serializers.CharField()
    one = serializers.CharField(help_text="With its article: a person.")
    bare = serializers.CharField(help_text="After the number 1: person.")
    several = serializers.CharField(help_text="After another number: people.")
    none = serializers.CharField(help_text="no person")
