"""How a rule's history, figures and advice are written in the API."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from alerts import rule_versions
from alerts.models import RuleVersion
from alerts.serializers import TooOftenSerializer


class ChangeSerializer(serializers.Serializer[Any]):
    """One value that a version changed, in words."""

    field = serializers.CharField()
    title = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class RuleVersionSerializer(serializers.ModelSerializer[RuleVersion]):
    """A version of a rule: who wrote it, when and why, what it says, and what it changed."""

    by = serializers.SerializerMethodField(help_text="Display name; null: the system.")
    reason = serializers.SerializerMethodField(help_text="Why the system did it, in words.")
    sentence = serializers.SerializerMethodField(help_text="What the rule said, in the reader's language.")
    changes = serializers.SerializerMethodField(help_text="Against the version before.")

    class Meta:
        model = RuleVersion
        fields: ClassVar = (
            "version", "at", "by", "reason", "comment", "renewed", "restored", "expires_at", "sentence", "changes",
        )  # fmt: skip

    @extend_schema_field({"type": "string", "nullable": True})
    def get_by(self, version: RuleVersion) -> str | None:
        """Who wrote it."""
        return version.member.display_name if version.member else None

    def get_reason(self, version: RuleVersion) -> str:
        """In the reader's language."""
        return rule_versions.reason_text(version)

    def get_sentence(self, version: RuleVersion) -> str:
        """With the names of then."""
        return rule_versions.sentence(version)

    @extend_schema_field(ChangeSerializer(many=True))
    def get_changes(self, version: RuleVersion) -> Any:
        """The versions before are in the context."""
        before: dict[int, RuleVersion] = self.context["before"]
        return ChangeSerializer(rule_versions.changes(before.get(version.version), version), many=True).data


class WeekSerializer(serializers.Serializer[Any]):
    """One week of a rule's life."""

    start = serializers.DateField()
    alerts = serializers.IntegerField()
    false_alarms = serializers.IntegerField()


class ReasonSerializer(serializers.Serializer[Any]):
    """Why alerts were false, and how often it was said."""

    text = serializers.CharField()
    count = serializers.IntegerField()


class AdviceSerializer(serializers.Serializer[Any]):
    """What would make a rule fire less; `change` holds fields of the rule as a PATCH takes them."""

    code = serializers.CharField()
    sentence = serializers.CharField()
    remaining = serializers.IntegerField()
    change = serializers.DictField()


class FiguresSerializer(serializers.Serializer[Any]):
    """What became of a rule's alerts."""

    alerts = serializers.IntegerField()
    taken = serializers.IntegerField()
    closed = serializers.IntegerField()
    false_alarms = serializers.IntegerField()
    false_share = serializers.FloatField(allow_null=True, help_text="Of what was closed, 0 to 1.")
    median_taken_s = serializers.FloatField(allow_null=True, help_text="From firing to being taken.")
    week = serializers.IntegerField()
    week_false = serializers.IntegerField()
    last_at = serializers.DateTimeField(allow_null=True)
    weeks = WeekSerializer(many=True)
    reasons = ReasonSerializer(many=True)
    too_often = TooOftenSerializer(many=True)
    advice = AdviceSerializer(many=True)
