"""Rules in words: the sentence of one, and what a value of one says, in the reader's language or in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from alerts.models import Rule
from alerts.rules import sentences
from alerts.rules.registry import KINDS
from alerts.rules.sentences import Said


def sentence(rule: Rule, language: str | None = None) -> str:
    """The rule as one sentence, in `language` or the active one. Reads its zone and line: select them with many rules."""
    area = rule.zone or rule.line
    return sentence_of(
        rule.kind,
        rule.settings,
        area=area.name if area else None,
        schedule=rule.schedule,
        severity=rule.severity,
        quiet_s=rule.quiet_s,
        language=language,
    )


def sentence_of(
    kind: str,
    own: Mapping[str, object],
    *,
    area: str | None,
    schedule: Sequence[Mapping[str, Any]],
    severity: int,
    quiet_s: int,
    language: str | None = None,
) -> str:
    """The sentence of what is not, or no longer, a row."""
    with translation.override(language or translation.get_language()):
        known = KINDS.get(kind)
        if known is None:
            return gettext("A kind of rule that is no longer there.")
        return sentences.text(Said(known, own, area, schedule, severity, quiet_s))


def in_each_language(rule: Rule) -> dict[str, str]:
    """The sentence in every language of the installation, for what many readers share."""
    return {code: sentence(rule, code) for code, _name in settings.LANGUAGES}
