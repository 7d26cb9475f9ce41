"""What the law asks of a rule, from the rule's own fields."""

from __future__ import annotations

from alerts.models import Rule
from detection.lawful import LegalRefusal, rule_refusals


def refusals(rule: Rule) -> list[LegalRefusal]:
    """Why `rule` may not be on; empty when it may. Reads its camera and the camera's organisation."""
    return rule_refusals(
        rule.camera,
        purpose=rule.purpose,
        authorising_text=rule.authorising_text,
        authorised_from=rule.authorised_from,
        authorised_until=rule.authorised_until,
    )
