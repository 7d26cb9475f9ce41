"""What an activation knows, for the places of its texts."""

from __future__ import annotations

from dataclasses import replace

from django.utils import translation

from alerts.models import Alert, Severity
from alerts.rules.forms import why_text
from crisis.activations.models import Activation
from crisis.plans.models import Plan
from crisis.templates import Facts
from soc import clock
from soc.people.models import Member


def facts_of(plan: Plan, alert: Alert | None, *, reference: str, director: Member | None, drill: bool) -> Facts:
    """The facts of a plan that starts now, because of an alert or not."""
    organisation, site = plan.organisation, plan.site
    return Facts(
        organisation=organisation.name,
        timezone=organisation.timezone,
        at=alert.captured_at if alert else clock.now(),
        site=site.name,
        address=site.address,
        zone=alert.area_name if alert else "",
        camera=alert.camera.name if alert else "",
        alert=_what(alert, organisation.language) if alert else "",
        severity=Severity(alert.severity) if alert else None,
        reference=reference,
        plan=plan.name,
        director=director.display_name if director else "",
        latitude=site.latitude,
        longitude=site.longitude,
        exercise=drill,
    )


def facts_in(activation: Activation, language: str) -> Facts:
    """The facts of an activation as a text in this language tells them."""
    if activation.alert is None:
        return activation.facts
    return replace(activation.facts, alert=_what(activation.alert, language))


def _what(alert: Alert, language: str) -> str:
    """Why the alert was raised, in a language, or in English where the product does not speak it."""
    with translation.override(language if translation.check_for_language(language) else "en"):
        return why_text(alert.why["code"], alert.why["params"])
