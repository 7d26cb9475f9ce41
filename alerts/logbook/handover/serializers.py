"""How handovers are written in the API, and what is sent to sign one."""

from __future__ import annotations

from rest_framework import serializers

from alerts.logbook.handover.wire import HandoverBrief, HandoverDraft, HandoverView
from alerts.serializers import ViewSerializer
from alerts.services import MAX_TEXT
from soc.people.serializers import Strict


class HandoverBriefSerializer(ViewSerializer):
    """A handover that waits for its second signature."""

    view = HandoverBrief


class HandoverDraftSerializer(ViewSerializer):
    """What stands open now."""

    view = HandoverDraft


class HandoverSerializer(ViewSerializer):
    """A handover."""

    view = HandoverView


class GiveInput(Strict):
    """The first signature."""

    text = serializers.CharField(max_length=MAX_TEXT, allow_blank=True, help_text="What the next one must know.")
    seal = serializers.CharField(max_length=200_000, help_text="Of the draft that was read.")


class TakeInput(Strict):
    """The second signature, on one's own screen."""

    digest = serializers.CharField(max_length=64, help_text="Of the handover that was read.")


class TakeHereInput(TakeInput):
    """The second signature, on the screen of who leaves."""

    name = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)
