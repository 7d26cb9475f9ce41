"""Tells drf-spectacular how a `ViewSerializer` looks: as the JSON schema of the pydantic view it writes."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.plumbing import ResolvedComponent
from typing_extensions import override


class ViewSerializerExtension(OpenApiSerializerExtension):
    """Maps `alerts.serializers.ViewSerializer` and its subclasses."""

    target_class = "alerts.serializers.ViewSerializer"
    match_subclasses = True

    @override
    def get_name(self, auto_schema: Any, direction: Any) -> str:
        return str(self.target.view.__name__)

    @override
    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema: dict[str, Any] = self.target.view.model_json_schema(
            ref_template="#/components/schemas/{model}", mode="serialization"
        )
        # A view inside a view may have a serializer of its own: both mean the same component.
        from alerts.serializers import ViewSerializer

        own = {one.view.__name__: one for one in ViewSerializer.__subclasses__()}
        for name, part in schema.pop("$defs", {}).items():
            component = ResolvedComponent(
                name=name, type=ResolvedComponent.SCHEMA, object=own.get(name, name), schema=part
            )
            auto_schema.registry.register_on_missing(component)
        return schema
