"""The audits app: it says what protects, and what needs attention."""

from __future__ import annotations

from django.apps import AppConfig
from typing_extensions import override


class AuditsConfig(AppConfig):
    name = "crisis.audits"
    label = "crisis_audits"

    @override
    def ready(self) -> None:
        """Register what the audits know themselves."""
        from alerts.overview.attention import register_attention
        from crisis.audits import sources
        from crisis.audits.attention import overview_source
        from crisis.audits.models import ProtectionKind
        from crisis.audits.wording import name_codes

        sources.register_protection_source(ProtectionKind.CAMERA, sources.Cameras())
        sources.register_protection_source(ProtectionKind.TEAM, sources.Teams())
        register_attention(overview_source)
        name_codes()
