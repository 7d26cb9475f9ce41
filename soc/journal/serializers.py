"""How the journal is written in the API, in the reader's language."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from soc.journal import export, verifying, words
from soc.journal.actions import Action
from soc.journal.models import Entry, Personal, VerificationRun
from soc.journal.verification import FaultKind


class ActorSerializer(serializers.Serializer[Any]):
    """Who did it."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class SubjectSerializer(serializers.Serializer[Any]):
    """What it was done to: `word` says what kind of thing, `name` what it is called now, empty when it is gone."""

    kind = serializers.CharField()
    id = serializers.CharField()
    word = serializers.CharField()
    name = serializers.CharField()


class JournalChangeSerializer(serializers.Serializer[Any]):
    """A value that changed, in words; null where there was nothing."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Its fields; stated here because `label` means something else on the class."""
        return {
            "label": serializers.CharField(),
            "before": serializers.CharField(allow_null=True),
            "after": serializers.CharField(allow_null=True),
        }


class EntrySerializer(serializers.ModelSerializer[Entry]):
    """An entry. `text` says what was done; `personal` is null where there was no personal data or it was erased."""

    at = serializers.DateTimeField()
    actor = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()
    subject = serializers.SerializerMethodField()
    site = serializers.UUIDField(source="site_id", allow_null=True)
    site_name = serializers.SerializerMethodField()
    details = serializers.SerializerMethodField()
    personal = serializers.SerializerMethodField()
    personal_erased = serializers.SerializerMethodField()
    sealed = serializers.BooleanField()

    class Meta:
        model = Entry
        fields: tuple[str, ...] = (
            "id",
            "at",
            "actor",
            "action",
            "text",
            "subject",
            "subject_kind",
            "subject_id",
            "site",
            "site_name",
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

    @extend_schema_field(SubjectSerializer(allow_null=True))
    def get_subject(self, entry: Entry) -> dict[str, str] | None:
        """What it was done to; null when to nothing in particular."""
        if not entry.subject_id:
            return None
        key = (entry.subject_kind, entry.subject_id)
        named = {"word": words.kind_of(entry), "name": self._names().subjects.get(key, "")}
        return {"kind": entry.subject_kind, "id": entry.subject_id, **named}

    def get_site_name(self, entry: Entry) -> str:
        """Where; empty when at no site in particular."""
        return self._names().sites.get(str(entry.site_id), "") if entry.site_id else ""

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

    def _names(self) -> words.Names:
        names: words.Names = self.context["names"]
        return names

    def _name(self, entry: Entry) -> str:
        names = self._names().members
        return names.get(entry.actor_id, str(entry.actor_id)) if entry.actor_id else ""


class SealOfEntrySerializer(serializers.Serializer[Any]):
    """The seal that lists the entry."""

    number = serializers.IntegerField()
    sealed_at = serializers.DateTimeField()
    digest = serializers.CharField()


class EntryDetailSerializer(EntrySerializer):
    """An entry with what changed, in words, and the seal that holds it."""

    changes = serializers.SerializerMethodField()
    further = serializers.SerializerMethodField()
    seal = serializers.SerializerMethodField()

    class Meta(EntrySerializer.Meta):
        fields = (*EntrySerializer.Meta.fields, "changes", "further", "seal")

    @extend_schema_field(JournalChangeSerializer(many=True))
    def get_changes(self, entry: Entry) -> list[dict[str, Any]]:
        """The values that changed; without a before: added, without an after: removed. Erased personal values are absent."""
        return [JournalChangeSerializer(one).data for one in words.changes(entry, self._names())]

    @extend_schema_field(JournalChangeSerializer(many=True))
    def get_further(self, entry: Entry) -> list[dict[str, Any]]:
        """What else the entry says about it; in `after`."""
        return [JournalChangeSerializer(one).data for one in words.further(entry, self._names())]

    @extend_schema_field(SealOfEntrySerializer(allow_null=True))
    def get_seal(self, entry: Entry) -> dict[str, Any] | None:
        """Null while the entry waits for its seal."""
        seal = export.seal_of(entry)
        return None if seal is None else dict(SealOfEntrySerializer(seal).data)


class JournalActionSerializer(serializers.Serializer[Any]):
    """An action that the journal knows, in the reader's language."""

    key = serializers.CharField()
    text = serializers.CharField()


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
    head_number = serializers.IntegerField()
    head_at = serializers.DateTimeField(allow_null=True)
    faults = FaultSerializer(many=True)


class VerificationRunSerializer(serializers.ModelSerializer[VerificationRun]):
    """A verification: ask again until `finished_at` is set; `entries` of `total` says how far it is."""

    asked_by = serializers.SerializerMethodField()
    found = serializers.SerializerMethodField()

    class Meta:
        model = VerificationRun
        fields = ("id", "asked_by", "asked_at", "started_at", "finished_at", "entries", "total", "found")

    @extend_schema_field(ActorSerializer())
    def get_asked_by(self, run: VerificationRun) -> dict[str, str]:
        """Who asked for it."""
        return {"id": str(run.asked_by_id), "name": run.asked_by.display_name}

    @extend_schema_field(VerificationSerializer(allow_null=True))
    def get_found(self, run: VerificationRun) -> dict[str, Any] | None:
        """Null while it is under way."""
        found = verifying.found_in(run)
        return None if found is None else dict(VerificationSerializer(found).data)


def _kept(entry: Entry) -> Personal | None:
    return getattr(entry, "personal", None)
