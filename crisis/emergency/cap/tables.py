"""What is said in CAP of our own risks and severities: the tables, and nothing else.

A risk is named by the code of the audits' catalogue. One that is not here, the organisation's own among them, is `Other`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from alerts.models import Severity as OwnSeverity
from crisis.emergency.cap.values import Category, MessageType, ResponseType, Severity, Urgency

CATEGORIES: Final[Mapping[str, tuple[Category, ...]]] = {
    # Malice
    "attack": (Category.SECURITY, Category.RESCUE),
    "bomb_threat": (Category.SECURITY, Category.CBRNE),
    "intrusion": (Category.SECURITY,),
    "assault": (Category.SECURITY, Category.RESCUE),
    "theft": (Category.SECURITY,),
    "damage": (Category.SECURITY,),
    "cyberattack": (Category.SECURITY, Category.INFRA),
    # Accidents
    "fire": (Category.FIRE, Category.RESCUE),
    "gas_leak": (Category.SAFETY, Category.FIRE),
    "industrial_accident": (Category.SAFETY, Category.ENV),
    "dangerous_goods": (Category.TRANSPORT, Category.ENV),
    "building_failure": (Category.INFRA, Category.RESCUE),
    "traffic_accident": (Category.TRANSPORT, Category.RESCUE),
    # People
    "medical_emergency": (Category.HEALTH, Category.RESCUE),
    "crowd_crush": (Category.SAFETY, Category.RESCUE),
    "missing_person": (Category.RESCUE,),
    "epidemic": (Category.HEALTH,),
    "food_or_water": (Category.HEALTH,),
    # Nature: CAP counts floods with the weather and landslides with the earth
    "flood": (Category.MET,),
    "storm": (Category.MET,),
    "heat_wave": (Category.MET, Category.HEALTH),
    "cold": (Category.MET, Category.HEALTH),
    "wildfire": (Category.FIRE, Category.ENV),
    "landslide": (Category.GEO,),
    "earthquake": (Category.GEO,),
    "dam_failure": (Category.INFRA, Category.MET),
    # Supply and networks
    "power_loss": (Category.INFRA,),
    "network_loss": (Category.INFRA,),
    "water_loss": (Category.INFRA,),
}

SEVERITIES: Final[Mapping[OwnSeverity, Severity]] = {
    OwnSeverity.CRITICAL: Severity.EXTREME,  # "extraordinary threat to life or property"
    OwnSeverity.HIGH: Severity.SEVERE,  # "significant threat"
    OwnSeverity.MEDIUM: Severity.MODERATE,  # "possible threat"
    OwnSeverity.LOW: Severity.MINOR,  # "minimal to no known threat"
}

URGENCIES: Final[Mapping[MessageType, Urgency]] = {
    MessageType.ALERT: Urgency.IMMEDIATE,  # a plan runs because something happens now
    MessageType.UPDATE: Urgency.IMMEDIATE,
    MessageType.CANCEL: Urgency.PAST,  # "responsive action is no longer required"
}

RESPONSES: Final[Mapping[MessageType, tuple[ResponseType, ...]]] = {
    MessageType.CANCEL: (ResponseType.ALL_CLEAR,),
}


def categories_of(kind: str) -> tuple[Category, ...]:
    """Of the risk with this code."""
    return CATEGORIES.get(kind, (Category.OTHER,))


def severity_of(own: OwnSeverity | None) -> Severity:
    """Of ours; `None`: not known."""
    return Severity.UNKNOWN if own is None else SEVERITIES[own]
