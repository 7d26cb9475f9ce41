"""How duty and the logbook are written in the API, and what may be entered."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from alerts.logbook.models import Category, LogbookEntry, Shift
from alerts.logbook.wire import DutyView, LogbookCategory, LogbookEntryView, category_view, duty_view, entry_view
from alerts.logbook.words import LONGEST_MONTHS
from alerts.serializers import ViewSerializer
from alerts.services import MAX_TEXT
from soc.people.serializers import Strict


class DutySerializer(ViewSerializer):
    """A member who is on duty."""

    view = DutyView

    def to_representation(self, instance: Shift) -> Any:
        """As `alerts.logbook.wire` writes it."""
        return duty_view(instance).model_dump(mode="json")


class DutyInput(Strict):
    """Where duty is taken up."""

    site = serializers.UUIDField(allow_null=True, default=None, help_text="Null: all sites.")


class CategorySerializer(ViewSerializer):
    """What entries are about."""

    view = LogbookCategory

    def to_representation(self, instance: Category) -> Any:
        """As `alerts.logbook.wire` writes it."""
        return category_view(instance).model_dump(mode="json")


class CategoryInput(Strict):
    """A category that is added."""

    names = serializers.DictField(
        child=serializers.CharField(max_length=60, allow_blank=True), help_text="Language code to name."
    )

    def validate_names(self, names: dict[str, str]) -> dict[str, str]:
        """Languages that Vigie speaks."""
        if unknown := set(names) - {code for code, _name in settings.LANGUAGES}:
            raise serializers.ValidationError(
                {language: [_("Vigie does not speak this language.")] for language in unknown}
            )
        return names


class CategoryChange(CategoryInput):
    """What changes about a category, and the version that was seen. A name that is empty is taken away."""

    names = serializers.DictField(
        child=serializers.CharField(max_length=60, allow_blank=True),
        required=False,
        help_text="Language code to name; one that is missing stays.",
    )
    offered = serializers.BooleanField(required=False, help_text="Whether new entries may have it.")
    before = serializers.UUIDField(
        required=False, allow_null=True, help_text="Move it in front of this category; null: to the end."
    )
    version = serializers.IntegerField(min_value=1)


class LogbookEntrySerializer(ViewSerializer):
    """An entry of the logbook."""

    view = LogbookEntryView

    def to_representation(self, instance: LogbookEntry) -> Any:
        """As `alerts.logbook.wire` writes it."""
        return entry_view(instance).model_dump(mode="json")


_MOST_LINKS = 20


class LogbookInput(Strict):
    """What is to be written. `corrects` says that an entry was wrong, `adds_to` that it still holds; not both."""

    category = serializers.UUIDField()
    text = serializers.CharField(max_length=MAX_TEXT)
    site = serializers.UUIDField(allow_null=True, default=None, help_text="Null: no site in particular.")
    place = serializers.CharField(max_length=120, allow_blank=True, default="", help_text="Where there, in words.")
    happened_at = serializers.DateTimeField(allow_null=True, default=None, help_text="Null: now.")
    alerts = serializers.ListField(child=serializers.UUIDField(), max_length=_MOST_LINKS, required=False)
    cameras = serializers.ListField(child=serializers.UUIDField(), max_length=_MOST_LINKS, required=False)
    corrects = serializers.UUIDField(allow_null=True, default=None)
    adds_to = serializers.UUIDField(allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two at most."""
        if attrs.get("corrects") and attrs.get("adds_to"):
            raise serializers.ValidationError({"adds_to": [_("An entry corrects another or adds to it, not both.")]})
        return attrs


class LogbookPolicySerializer(Strict):
    """For how many months texts are kept before they are erased."""

    months = serializers.IntegerField(min_value=1, max_value=LONGEST_MONTHS)
