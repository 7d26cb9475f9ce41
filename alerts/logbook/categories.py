"""An organisation's list of categories. It begins with the usual ones, as rows: from then on it is the organisation's own."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import translation

from alerts.logbook.models import Category

HANDOVER = "handover"
USUAL: dict[str, dict[str, str]] = {
    "patrol": {"en": "Patrol", "fr": "Ronde"},
    "incident": {"en": "Incident", "fr": "Incident"},
    "visitor": {"en": "Visitor or delivery", "fr": "Visiteur ou livraison"},
    "damage": {"en": "Damage", "fr": "Dégradation"},
    "technical": {"en": "Technical fault", "fr": "Panne technique"},
    "keys": {"en": "Keys and badges", "fr": "Clés et badges"},
    "weather": {"en": "Weather", "fr": "Météo"},
    "help": {"en": "Emergency services", "fr": "Secours et forces de l’ordre"},
    "instruction": {"en": "Instruction", "fr": "Consigne"},
    HANDOVER: {"en": "Shift handover", "fr": "Relève de poste"},
    "other": {"en": "Other", "fr": "Divers"},
}

CAN_BE_CHOSEN = Q(offered=True) | Q(key=HANDOVER)
"""What new entries may be about. Shifts are handed over whatever else is offered."""


def of(organisation: UUID) -> QuerySet[Category]:
    """The organisation's categories in their order; the usual ones are written down the first time."""
    rows = Category.objects.filter(organisation=organisation)
    if not rows.exists():
        usual = [
            Category(organisation_id=organisation, key=key, names=names, position=position)
            for position, (key, names) in enumerate(USUAL.items())
        ]
        Category.objects.bulk_create(usual, ignore_conflicts=True)  # two first readers at once
    return rows.all()


def of_handovers(organisation: UUID) -> Category:
    """The category of what a shift is handed over with."""
    of(organisation)
    usual = {"names": USUAL[HANDOVER], "position": len(USUAL)}
    return Category.objects.get_or_create(organisation_id=organisation, key=HANDOVER, defaults=usual)[0]


def name(category: Category) -> str:
    """Its name in the active language, or else in any."""
    names: dict[str, str] = category.names
    language = (translation.get_language() or "en").split("-")[0]
    return names.get(language) or names.get("en") or next(iter(names.values()), category.key)
