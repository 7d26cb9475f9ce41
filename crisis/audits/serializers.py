"""How audits are written in the API, and what may be entered."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from alerts.serializers import ViewSerializer
from crisis.audits import presenting, wire
from crisis.audits.models import ContradictionKind, MeasureState, ProtectionKind, RiskAudit
from crisis.audits.risks import MOST_PARTS
from crisis.audits.scale import Harm, Likelihood
from crisis.audits.services import Origin
from soc.people.serializers import Strict

LONGEST = 4000


class RiskCatalogueSerializer(ViewSerializer):
    """All that an audit's form offers."""

    view = wire.RiskCatalogue


class AuditBriefSerializer(ViewSerializer):
    """An audit as lists show it."""

    view = wire.AuditBrief

    def to_representation(self, instance: RiskAudit) -> Any:
        """As `crisis.audits.presenting` writes it."""
        return presenting.brief(instance).model_dump(mode="json")


class AuditDetailSerializer(ViewSerializer):
    """An audit with all that it found."""

    view = wire.AuditDetail


class AuditChoicesSerializer(ViewSerializer):
    """What a risk's protections and rules can be."""

    view = wire.AuditChoices


class AuditChangesSerializer(ViewSerializer):
    """What is different from the version before."""

    view = wire.AuditChanges


class HistoryEntrySerializer(ViewSerializer):
    """Something that was done with an audit."""

    view = wire.HistoryEntry


class AuditHistory(serializers.Serializer[Any]):
    """All that was done with an audit, the newest first."""

    results = HistoryEntrySerializer(many=True)


class NeededSerializer(ViewSerializer):
    """Something about audits that needs somebody."""

    view = wire.Needed


class NeededList(serializers.Serializer[Any]):
    """All that needs somebody, most urgent first."""

    results = NeededSerializer(many=True)


class AuditInput(Strict):
    """A new version of a site's audit."""

    site = serializers.UUIDField()
    origin = serializers.ChoiceField(choices=[(one.value, one.value) for one in Origin])
    template = serializers.CharField(max_length=32, allow_blank=True, default="", help_text="Key of the catalogue's.")


class SeenVersion(Strict):
    """The version of the audit that was seen."""

    version = serializers.IntegerField(min_value=1)


class AuditChange(SeenVersion):
    """What changes about an audit."""

    scope = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)
    review_on = serializers.DateField(allow_null=True, required=False, help_text="The last day on which it holds.")


class SignInput(SeenVersion):
    """A signature, and what is remarked with it."""

    comment = serializers.CharField(max_length=LONGEST, allow_blank=True, default="")


class ReasonInput(Strict):
    """Why an audit is sent back or withdrawn."""

    comment = serializers.CharField(max_length=LONGEST)


class _ResponsibleInput(Strict):
    responsible_member = serializers.UUIDField(allow_null=True, required=False)
    responsible_person = serializers.UUIDField(allow_null=True, required=False, help_text="Of the directory.")
    due_on = serializers.DateField(allow_null=True, required=False)


class MeasureInput(_ResponsibleInput):
    """A measure of a risk's list."""

    key = serializers.UUIDField(allow_null=True, required=False, help_text="Of one that is there already.")
    what = serializers.CharField(max_length=255)
    state = serializers.ChoiceField(choices=MeasureState.choices, required=False)


class ProtectionInput(Strict):
    """A protection of a risk's list."""

    key = serializers.UUIDField(allow_null=True, required=False, help_text="Of one that is there already.")
    kind = serializers.ChoiceField(choices=ProtectionKind.choices)
    of = serializers.UUIDField(allow_null=True, required=False, help_text="The camera, device or schedule.")
    name = serializers.CharField(max_length=120, allow_blank=True, required=False, help_text="Of something else.")
    last_tested = serializers.DateField(allow_null=True, required=False)


class RiskInput(_ResponsibleInput):
    """A risk: of the catalogue by its `code`, or with an `own_name`. Lists are replaced as a whole."""

    code = serializers.CharField(max_length=32, allow_blank=True, required=False)
    own_name = serializers.CharField(max_length=120, allow_blank=True, required=False)
    likelihood = serializers.ChoiceField(choices=Likelihood.choices, allow_null=True, required=False)
    severity = serializers.ChoiceField(choices=Harm.choices, allow_null=True, required=False)
    exposed = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)
    missing = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)
    notes = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)
    measures = serializers.ListField(child=MeasureInput(), max_length=MOST_PARTS, required=False)
    protections = serializers.ListField(child=ProtectionInput(), max_length=MOST_PARTS, required=False)


class RiskChange(RiskInput):
    """What changes about a risk, and the version of the risk that was seen."""

    version = serializers.IntegerField(min_value=1)


class RulesInput(Strict):
    """Whose alerts are incidents of a risk: all of them."""

    rules = serializers.ListField(child=serializers.UUIDField(), max_length=100)


class KeepInput(Strict):
    """Why a risk stays as it was judged."""

    kind = serializers.ChoiceField(choices=ContradictionKind.choices)
    key = serializers.UUIDField(allow_null=True, default=None, help_text="The protection's; null: incidents.")
    why = serializers.CharField(max_length=LONGEST)


class ProgressInput(Strict):
    """How far a measure is."""

    state = serializers.ChoiceField(choices=MeasureState.choices)
    note = serializers.CharField(max_length=255, allow_blank=True, default="")


class TestInput(Strict):
    """That a protection was tested and works."""

    __test__ = False  # for pytest: no test
    tested_on = serializers.DateField(allow_null=True, default=None, help_text="Null: today.")
    note = serializers.CharField(max_length=255, allow_blank=True, default="")
