"""Tells drf-spectacular how a plan's document looks: each of its types is a component named `Plan…`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.plumbing import ResolvedComponent
from typing_extensions import override

from alerts.schema import ViewSerializerExtension
from crisis.plans.content import PlanContent

_REF = "#/components/schemas/"


def document_reference(auto_schema: Any, mode: Literal["validation", "serialization"]) -> dict[str, Any]:
    """A reference to the document's component; it and its parts are described once.

    They are named apart from the API's other components (a plan's `Named` are people, elsewhere it is a thing with a name), and
    apart as they are sent, where what has a default may be left out.
    """
    end = "Request" if mode == "validation" else ""
    schema: dict[str, Any] = PlanContent.model_json_schema(ref_template=f"{_REF}Plan{{model}}{end}", mode=mode)
    described = {f"Plan{name}{end}": part for name, part in schema.pop("$defs", {}).items()}
    described[f"PlanContent{end}"] = schema
    for name, part in described.items():
        component = ResolvedComponent(
            name=name, type=ResolvedComponent.SCHEMA, object=name, schema=_with_plain_maps(part)
        )
        auto_schema.registry.register_on_missing(component)
    return {"$ref": f"{_REF}PlanContent{end}"}


def _with_plain_maps(schema: Any) -> Any:
    """Maps by language, as generators of types understand them: what a key must look like is checked, not typed."""
    if isinstance(schema, list):
        return [_with_plain_maps(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    plain = {name: _with_plain_maps(part) for name, part in schema.items() if name != "propertyNames"}
    by_pattern = plain.pop("patternProperties", None)
    if by_pattern is not None:
        (plain["additionalProperties"],) = by_pattern.values()
    return plain


class PlanVersionExtension(ViewSerializerExtension):
    """Maps `crisis.plans.serializers.PlanVersionSerializer`, whose document is a component of its own."""

    target_class = "crisis.plans.serializers.PlanVersionSerializer"
    match_subclasses = False
    priority = 1

    @override
    def get_name(self, auto_schema: Any, direction: Any) -> str:
        return "PlanVersionView"

    @override
    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema = super().map_serializer(auto_schema, direction)
        reference = document_reference(auto_schema, "serialization")
        required = [*schema["required"], "document"]
        return schema | {"properties": {**schema["properties"], "document": reference}, "required": required}


class DocumentExtension(OpenApiSerializerFieldExtension):
    """Maps `crisis.plans.serializers.DocumentField`."""

    target_class = "crisis.plans.serializers.DocumentField"

    @override
    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return document_reference(auto_schema, "validation")
