"""How the journal is written in the API, in the reader's language."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from soc.journal.actions import Action
from soc.journal.models import Entry, Personal
from soc.journal.verification import FaultKind


class ActorSerializer(serializers.Serializer[Any]):
    """Who did it."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class EntrySerializer(serializers.ModelSerializer[Entry]):
    """An entry. `text` says what was done; `personal` is null where there was no personal data or it was erased."""

    actor = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()
    site = serializers.UUIDField(source="site_id", allow_null=True)
    details = serializers.SerializerMethodField()
    personal = serializers.SerializerMethodField()
    personal_erased = serializers.SerializerMethodField()
    sealed = serializers.BooleanField()

    class Meta:
        model = Entry
        fields = (
            "id",
            "at",
            "actor",
            "action",
            "text",
            "subject_kind",
            "subject_id",
            "site",
            "details",
            "personal",
            "personal_erased",
            "sealed",
        )

    @extend_schema_field(ActorSerializer(allow_null=True))
    def get_actor(self, entry: Entry) -> dict[str, str] | None:
        """The member who did it; null when the system did."""
        if entry.actor_id is None:
            return None
        return {"id": str(entry.actor_id), "name": self._name(entry)}

    def get_text(self, entry: Entry) -> str:
        """A sentence in the reader's language."""
        who = _("The system") if entry.actor_id is None else self._name(entry)
        what = Action(entry.action).label if entry.action in Action.values else entry.action
        return _("%(who)s %(what)s") % {"who": who, "what": what}

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_details(self, entry: Entry) -> dict[str, Any]:
        """Parameters of the action, free of personal data."""
        return dict(entry.details)

    @extend_schema_field({"type": "object", "additionalProperties": True, "nullable": True})
    def get_personal(self, entry: Entry) -> dict[str, Any] | None:
        """Personal data of the entry, as long as it is not erased."""
        kept = _kept(entry)
        return dict(json.loads(kept.text)) if kept else None

    def get_personal_erased(self, entry: Entry) -> bool:
        """Whether there was personal data that has been erased."""
        return bool(entry.personal_digest) and _kept(entry) is None

    def _name(self, entry: Entry) -> str:
        return str(self.context["names"].get(entry.actor_id, entry.actor_id))


class FaultSerializer(serializers.Serializer[Any]):
    """One thing that is wrong."""

    kind = serializers.ChoiceField(choices=[(kind.value, kind.value) for kind in FaultKind])
    message = serializers.CharField(source="sentence")
    seal = serializers.IntegerField(allow_null=True)
    entry = serializers.IntegerField(allow_null=True)


class VerificationSerializer(serializers.Serializer[Any]):
    """What a verification found; the first fault is the first in the chain."""

    holds = serializers.BooleanField()
    entries = serializers.IntegerField()
    seals = serializers.IntegerField()
    erased = serializers.IntegerField()
    unsealed = serializers.IntegerField()
    unsealed_since = serializers.DateTimeField(allow_null=True)
    head = serializers.CharField()
    faults = FaultSerializer(many=True)


def _kept(entry: Entry) -> Personal | None:
    return getattr(entry, "personal", None)
