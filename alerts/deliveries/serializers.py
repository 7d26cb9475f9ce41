"""What may be entered about messages, answers, texts that came in, notices and limits, and how they are written."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from alerts.channels.base import AnswerKind, Channel
from alerts.deliveries import erasing, limits
from alerts.deliveries.answers import LONGEST_PLACE, LONGEST_TEXT
from alerts.deliveries.models import AlertNotice, Delivery, Keeping, Limits
from alerts.deliveries.notice_services import MOST_PEOPLE, MOST_WAYS
from alerts.deliveries.notice_wire import NoticeRunView, NoticeView, notice_view
from alerts.deliveries.notices import LONGEST_DELAY_S, NoticeWay
from alerts.deliveries.wire import (
    AnswerView,
    DeliveryView,
    IncomingView,
    MessageView,
    OwnMessage,
    ReadMessage,
    delivery_view,
)
from alerts.serializers import ViewSerializer
from soc.people.serializers import Strict

_LONGEST_TOKEN = 64


class ReadMessageSerializer(ViewSerializer):
    """A message as the one it was sent to reads it."""

    view = ReadMessage


class OwnMessageSerializer(ViewSerializer):
    """A message to the member who is signed in."""

    view = OwnMessage


class MessageSerializer(ViewSerializer):
    """A message as agents see it."""

    view = MessageView


class AnswerSerializer(ViewSerializer):
    """An answer as agents see it."""

    view = AnswerView


class IncomingSerializer(ViewSerializer):
    """A text that an agent reads."""

    view = IncomingView


class NoticeRunSerializer(ViewSerializer):
    """How the telling of an alert stands."""

    view = NoticeRunView


class DeliverySerializer(ViewSerializer):
    """What is owed to one person by one channel."""

    view = DeliveryView

    def to_representation(self, instance: Delivery) -> Any:
        """As `alerts.deliveries.wire` writes it."""
        return delivery_view(instance).model_dump(mode="json")


class NoticeSerializer(ViewSerializer):
    """Who is told of a rule's alerts."""

    view = NoticeView

    def to_representation(self, instance: AlertNotice) -> Any:
        """As `alerts.deliveries.wire` writes it."""
        return notice_view(instance).model_dump(mode="json")


class GivenInput(Strict):
    """An answer that somebody gives."""

    kind = serializers.ChoiceField(choices=AnswerKind.choices)
    text = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, default="")
    place = serializers.CharField(
        max_length=LONGEST_PLACE, allow_blank=True, default="", help_text="Where help is needed."
    )
    once = serializers.UUIDField(
        allow_null=True, default=None, help_text="A number of the page's own: sent again, it is the same answer."
    )


class LinkToken(Strict):
    """The end of a link in a message."""

    token = serializers.CharField(max_length=_LONGEST_TOKEN)


class LinkAnswer(GivenInput):
    """An answer by a link."""

    token = serializers.CharField(max_length=_LONGEST_TOKEN)


class HeardInput(Strict):
    """What of a message is heard."""

    language = serializers.CharField(max_length=16, help_text="One of the languages of its texts.")
    plain = serializers.BooleanField(default=False, help_text="Its plain words, said more slowly.")


class LinkHeard(HeardInput):
    """What is heard of the message that a link opens."""

    token = serializers.CharField(max_length=_LONGEST_TOKEN)


class TakenDownInput(Strict):
    """What somebody said on the telephone."""

    person = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=AnswerKind.choices)
    text = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, default="")
    place = serializers.CharField(max_length=LONGEST_PLACE, allow_blank=True, default="")


class BindInput(Strict):
    """Who wrote a text, what it answers and what it says."""

    person = serializers.UUIDField()
    message = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=AnswerKind.choices)
    place = serializers.CharField(max_length=LONGEST_PLACE, allow_blank=True, default="")


class DismissInput(Strict):
    """What was done about a text that becomes no answer."""

    text = serializers.CharField(max_length=255, allow_blank=True, default="")


class NoticeWayInput(Strict):
    """A channel, and how long after the alert it is used for who has not answered."""

    channel = serializers.ChoiceField(choices=Channel.choices)
    after_s = serializers.IntegerField(min_value=0, max_value=LONGEST_DELAY_S, default=0)

    def to_internal_value(self, data: Any) -> NoticeWay:
        """As the services take it."""
        return NoticeWay.model_validate(super().to_internal_value(data))


class NoticeInput(Strict):
    """Who is told of a rule's alerts, and how."""

    rule = serializers.UUIDField()
    name = serializers.CharField(max_length=80)
    schedule = serializers.UUIDField(allow_null=True, default=None)
    profile = serializers.UUIDField(allow_null=True, default=None)
    person_list = serializers.UUIDField(allow_null=True, default=None)
    people = serializers.ListField(child=serializers.UUIDField(), max_length=MOST_PEOPLE, default=list)
    ways = serializers.ListField(child=NoticeWayInput(), min_length=1, max_length=MOST_WAYS)
    enabled = serializers.BooleanField(default=True)


class NoticeChange(Strict):
    """What changes about it, and the version that was seen."""

    version = serializers.IntegerField(min_value=1)
    name = serializers.CharField(max_length=80, required=False)
    schedule = serializers.UUIDField(allow_null=True, required=False)
    profile = serializers.UUIDField(allow_null=True, required=False)
    person_list = serializers.UUIDField(allow_null=True, required=False)
    people = serializers.ListField(child=serializers.UUIDField(), max_length=MOST_PEOPLE, required=False)
    ways = serializers.ListField(child=NoticeWayInput(), min_length=1, max_length=MOST_WAYS, required=False)
    enabled = serializers.BooleanField(required=False)


class LimitsSerializer(serializers.ModelSerializer[Limits]):
    """How much of plain alerts may leave in a minute."""

    class Meta:
        model = Limits
        fields = ("alarms", "deliveries", "version")


class KeepingSerializer(serializers.ModelSerializer[Keeping]):
    """For how many days words, numbers and names of messages and of plans that are over are kept."""

    class Meta:
        model = Keeping
        fields = ("days", "version")


class KeepingInput(Strict):
    """For how long, and the version that was seen."""

    days = serializers.IntegerField(min_value=erasing.SHORTEST_DAYS, max_value=erasing.LONGEST_DAYS)
    version = serializers.IntegerField(min_value=1)


class LimitsInput(Strict):
    """What changes about the limits, and the version that was seen."""

    alarms = serializers.IntegerField(min_value=limits.LOWEST, max_value=limits.MOST_ALARMS, required=False)
    deliveries = serializers.IntegerField(min_value=limits.LOWEST, max_value=limits.MOST_DELIVERIES, required=False)
    version = serializers.IntegerField(min_value=1)
